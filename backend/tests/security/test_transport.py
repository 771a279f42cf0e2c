"""The way to the database is encrypted wherever it leaves the machine (T52)."""

import pytest
from pydantic import SecretStr

from app.config import Settings
from app.migrations import UnusableDatabaseError
from app.startup import running_database
from app.utils.database_address import goes_in_the_clear

REMOTE = "postgresql://vitaliq:canary7f3a9c@db.example.com/vitaliq"


@pytest.fixture(autouse=True)
def _no_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "url",
    [
        REMOTE,
        f"{REMOTE}?sslmode=prefer",
        f"{REMOTE}?sslmode=allow",
        f"{REMOTE}?sslmode=disable",
        "postgresql://u@192.0.2.1/v",
        "postgresql://u@[2001:db8::1]/v",
        "postgresql://u@localhost.evil.example/v",
        "postgresql:///v?host=db.example.com",
        "postgresql://u@/v?host=127.0.0.1,db.example.com",
        "postgresql://u@localhost/v?hostaddr=192.0.2.1",
    ],
)
def test_t52_remote_and_perhaps_unencrypted_is_refused(url: str) -> None:
    assert goes_in_the_clear(url)


@pytest.mark.parametrize(
    "url",
    [
        f"{REMOTE}?sslmode=require",
        f"{REMOTE}?sslmode=verify-ca",
        f"{REMOTE}?sslmode=verify-full",
        "postgresql://u@127.0.0.1:54329/v",
        "postgresql://u@[::1]/v",
        "postgresql://u@localhost/v",
        "postgresql:///v",
        "postgresql:///v?host=/var/run/postgresql",
        "postgresql+psycopg://u@localhost/v",
    ],
)
def test_t52_local_or_encrypted_is_taken(url: str) -> None:
    assert not goes_in_the_clear(url)


def test_t52_the_environment_of_libpq_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert not goes_in_the_clear(REMOTE)
    monkeypatch.setenv("PGSSLMODE", "prefer")
    monkeypatch.setenv("PGHOST", "db.example.com")
    assert goes_in_the_clear("postgresql:///v")


@pytest.mark.parametrize("name", ["database_url", "database_owner_url"])
def test_t52_the_server_does_not_start_on_it(name: str) -> None:
    urls = {"database_url": SecretStr("postgresql://u@127.0.0.1:1/v"), name: SecretStr(REMOTE)}
    settings = Settings(_env_file=None, **urls)  # type: ignore[arg-type]  # by name
    with (
        pytest.raises(UnusableDatabaseError, match="sslmode") as refused,
        running_database(settings),
    ):
        pass
    assert "canary" not in str(refused.value)
