"""Settings: read from the environment, no secret by default, none that is weak."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.config import Settings

GOOD_KEY = "mD3vQ8-rZ0xKp7TfWc1LbY5nUeHs2AgJ"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_no_secret_has_a_default() -> None:
    settings = Settings(_env_file=None)
    assert settings.secret_key is None
    assert settings.openai_api_key is None
    assert settings.database_url is None


def test_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESS_TOKEN_MINUTES", "5")
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    settings = Settings(_env_file=None)
    assert settings.access_token_minutes == 5
    assert settings.cors_origins == ("https://a.example", "https://b.example")


def test_reads_an_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"SECRET_KEY={GOOD_KEY}\nDATABASE_URL=\n")
    settings = Settings(_env_file=file)
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == GOOD_KEY
    assert settings.database_url is None


@pytest.mark.parametrize(
    "key",
    ["changethis", "short", "a" * 64, "changeme-changeme-changeme-changeme", "0101010101" * 5],
)
def test_refuses_a_weak_secret(key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, secret_key=key)
    assert key not in str(caught.value)


def test_refuses_a_wildcard_origin() -> None:
    with pytest.raises(ValidationError, match="wildcard"):
        Settings(_env_file=None, cors_origins=("*",))


def test_shows_no_secret() -> None:
    settings = Settings(_env_file=None, secret_key=GOOD_KEY)
    assert GOOD_KEY not in repr(settings)
