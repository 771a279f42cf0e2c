"""The doctor finds what is wrong and says what to do, without telling secrets."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from app import cli, doctor
from app.config import Address, Settings
from app.doctor import State
from app.migrations import upgrade
from app.postgres import DatabaseUrls, EmbeddedPostgres
from tests.conftest import FAST
from tests.folders import reachable_folder
from tests.operations.command import run

KEY = "mD3vQ8-rZ0xKp7TfWc1LbY5nUeHs2AgJ"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def urls(home: Path) -> Iterator[DatabaseUrls]:
    """A safe server of its own."""
    with EmbeddedPostgres(home / "data") as urls:
        upgrade(urls.owner)
        yield urls


@pytest.fixture
def settings(home: Path, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(home)
    return Settings(_env_file=None, data_dir=home / "data")


def told(settings: Settings, state: State) -> list[str]:
    return [str(finding) for finding in doctor.examine(settings) if finding.state is state]


def changed(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


def test_t32_all_is_well_with_an_embedded_server(home: Path, settings: Settings) -> None:
    assert told(settings, State.PROBLEM) == []
    assert told(settings, State.WARNING) == []
    said = run(home, "doctor")
    assert said.returncode == 0, said.stdout
    assert all(line.startswith("ok ") for line in said.stdout.splitlines())
    for name in ("fsync", "full_page_writes", "synchronous_commit", "checksums", "row-level"):
        assert name in said.stdout


@pytest.mark.parametrize(
    ("values", "state", "said"),
    [
        ({"openai_base_url": "https://models.example/v1"}, State.WARNING, "OPENAI_MODEL"),
        (
            {"openai_base_url": "http://models.example/v1", "openai_model": "m"},
            State.PROBLEM,
            "https",
        ),
        ({"mock_data_enabled": True}, State.WARNING, "MOCK_DATA_ENABLED"),
        ({"metrics_listen": Address("0.0.0.0", 9464)}, State.WARNING, "METRICS_LISTEN"),  # noqa: S104  (that is the fault)
    ],
)
def test_settings_that_do_not_fit(
    values: dict[str, object], state: State, said: str, settings: Settings
) -> None:
    (found,) = told(changed(settings, **values), state)
    assert said in found


@pytest.mark.parametrize("name", ["secret_key", "postgres/passwords.json"])
def test_a_secret_that_others_can_read(name: str, settings: Settings) -> None:
    path = settings.data_dir / name
    path.touch(mode=0o600)
    path.chmod(0o644)
    (found,) = told(settings, State.PROBLEM)
    assert "chmod" in found
    path.chmod(0o600)


def test_a_disk_that_is_nearly_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NO_SPACE", 1 << 60)
    (found,) = told(settings, State.PROBLEM)
    assert "make room" in found


def test_a_table_without_forced_row_security(settings: Settings, urls: DatabaseUrls) -> None:
    for word, tables in (("NO FORCE", ["sleep_entries"]), ("FORCE", [])):
        with psycopg.connect(urls.owner) as connection:
            connection.execute(f"ALTER TABLE sleep_entries {word} ROW LEVEL SECURITY".encode())
        found = told(settings, State.PROBLEM)
        assert ["sleep_entries" for line in found if "sleep_entries" in line] == tables


def test_a_transaction_that_does_not_end(
    settings: Settings, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LONG_TRANSACTION", dt.timedelta())
    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT FROM users")
        (found,) = told(settings, State.WARNING)
    assert "pg_stat_activity" in found


def test_a_clock_that_is_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "GREAT_SKEW", doctor.SKEW - doctor.SKEW * 2)
    (found,) = told(settings, State.PROBLEM)
    assert "NTP" in found


def test_a_database_of_an_older_version(
    settings: Settings, make_database: Callable[[], DatabaseUrls]
) -> None:
    other = make_database()
    upgrade(other.owner, "0001")
    found = told(
        changed(
            settings,
            database_url=SecretStr(other.app),
            database_owner_url=SecretStr(other.owner),
        ),
        State.PROBLEM,
    )
    assert any("vitaliq migrate" in line for line in found)


def test_a_database_that_is_away_and_no_secret_is_told(settings: Settings) -> None:
    away = changed(
        settings,
        database_url=SecretStr("postgresql://someone:canary-7f3a@127.0.0.1:1/nothing"),
        openai_api_key=SecretStr("canary-9c1b"),
        secret_key=SecretStr(KEY),
    )
    lines = [str(finding) for finding in doctor.examine(away)]
    assert any(line.startswith("problem  database") for line in lines)
    assert not any(secret in line for secret in ("canary", KEY) for line in lines)


def test_t32_settings_that_lose_entries_are_told_at_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cli, "serve_app", lambda *_: None)
    with reachable_folder() as folder, EmbeddedPostgres(folder, settings=FAST) as urls:
        places = {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
        done = CliRunner().invoke(cli.main, ["serve"], env={**places, "DATA_DIR": str(folder)})
        assert done.exit_code == 0
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert any(message.startswith(f"{name} is off") for message in warned)
