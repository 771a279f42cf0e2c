"""A backup holds what was there at one moment, and a restore brings back just that (T34)."""

import asyncio
import json
import resource
import shutil
import stat
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from app.backup import BackupError, Manifest, back_up, connected, contents, program
from app.config import Settings
from app.database import Database
from app.migrations import downgrade, head, upgrade
from app.postgres import SUPERUSER, DatabaseUrls, EmbeddedPostgres, ServerFiles
from app.restore import restore
from tests.conftest import FAST, client_of
from tests.contracts.trackers import TRACKERS
from tests.folders import PATIENCE, reachable_folder
from tests.operations.command import run
from tests.operations.rows import USER_IDS, fill
from tests.people import register
from tests.test_migrations import OBJECTS

SECRET = "mD3vQ8-rZ0xKp7TfWc1LbY5nUeHs2AgJ"
ONE_MORE = """
    INSERT INTO vital_signs (user_id, id, date, time_of_day, resting_heart_rate)
    VALUES (%s, gen_random_uuid(), '2024-05-01', 'evening', 60)
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Of a person whose VitalIQ has a database of its own."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def urls(home: Path) -> Iterator[DatabaseUrls]:
    with EmbeddedPostgres(home / "data", settings=FAST) as urls:
        upgrade(urls.owner)
        fill(urls.owner)
        yield urls


@pytest.fixture
def settings(home: Path, urls: DatabaseUrls) -> Settings:
    return Settings(_env_file=None, data_dir=home / "data", database_url=None)


@pytest.fixture(autouse=True)
def _no_server_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def superuser_of(home: Path, urls: DatabaseUrls) -> str:
    passwords = json.loads(ServerFiles(home / "data" / "postgres").passwords.read_text())
    url = make_url(urls.owner).set(username=SUPERUSER, password=passwords[SUPERUSER])
    return url.render_as_string(hide_password=False)


@pytest.fixture
def superuser(home: Path, urls: DatabaseUrls) -> str:
    return superuser_of(home, urls)


def state(superuser: str) -> tuple[object, ...]:
    """All that a failed restore must leave as it was."""
    with connected(superuser) as connection:
        databases = connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
        return databases, contents(connection), made_of(superuser)


def execute(url: str, statement: str, *values: object) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode(), values or None)


def count(url: str, table: str) -> int:
    with connected(url) as connection:
        return contents(connection)[f"public.{table}"].rows


@contextmanager
def writing(url: str) -> Iterator[None]:
    """Somebody who adds row after row, each committed."""
    done, begun = threading.Event(), threading.Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not done.is_set():
                connection.execute(ONE_MORE, [USER_IDS[0]])
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(PATIENCE)
    yield
    done.set()
    writer.join()


def test_t34_a_backup_made_while_others_write_restores_to_an_empty_machine(
    home: Path, urls: DatabaseUrls, superuser: str
) -> None:
    file = home / "backup.zip"
    before = count(superuser, "vital_signs")
    with writing(superuser):
        made = run(home, "backup", str(file))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(home.glob(".backup*"))
    with zipfile.ZipFile(file) as archive:
        manifest = Manifest.model_validate_json(archive.read("manifest.json"))
    assert before < manifest.tables["public.vital_signs"].rows < count(superuser, "vital_signs")
    with (
        reachable_folder() as elsewhere,
        EmbeddedPostgres(elsewhere / "data", settings=FAST) as new,
    ):
        done = run(elsewhere, "restore", str(file))
        assert done.returncode == 0, done.stderr
        with connected(superuser_of(elsewhere, new)) as connection:
            assert contents(connection) == manifest.tables
        assert made_of(superuser_of(elsewhere, new)) == made_of(superuser)
        check_indexes(superuser_of(elsewhere, new))
        asyncio.run(smoke(new))


def made_of(superuser: str) -> object:
    """Objects, rights, policies and constraints, whose text PostgreSQL rewrites in a dump."""
    rights = """
        SELECT 'database', pg_get_userbyid(datdba), (SELECT string_agg(given::text, ',' ORDER BY
            given::text) FROM unnest(datacl) given), NULL, NULL, NULL
        FROM pg_database WHERE datname = current_database()
    """
    constraints = """
        SELECT 'constraint', conrelid::regclass::text, conname, convalidated::text, contype::text,
            NULL
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """
    with connected(superuser) as connection:
        statement = f"{OBJECTS} UNION ALL {rights} UNION ALL {constraints}"
        return sorted(connection.execute(statement.encode()).fetchall(), key=repr)


def check_indexes(superuser: str) -> None:
    command, environment = program("pg_amcheck", superuser, "--heapallindexed", "--install-missing")
    place = command[2].removeprefix("--dbname=")
    checked = subprocess.run(
        [command[0], *command[3:], place], env=environment, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout == b""


async def smoke(urls: DatabaseUrls) -> None:
    """The service goes on with what was restored."""
    database = Database(urls.app, pool_size=2, statement_timeout=30)
    async with client_of(database, Settings(_env_file=None)) as client:
        assert (await client.get("/readyz")).status_code == 200
        ada = await register(client, "ada@example.com")
        for tracker in TRACKERS:
            stored = await ada.post(tracker.path, json=tracker.example())
            assert stored.status_code == 201
            assert (await ada.get(tracker.path)).json()["items"] == [stored.json()]
    await database.close()


def test_t34_accounts_deleted_since_the_backup_stay_deleted(
    settings: Settings, urls: DatabaseUrls, superuser: str, tmp_path: Path
) -> None:
    made = back_up(settings, tmp_path / "backup")
    gone = USER_IDS[2]
    execute(superuser, "DELETE FROM users WHERE id = %s", gone)
    execute(superuser, "INSERT INTO deleted_accounts (id) VALUES (%s)", gone)
    execute(superuser, ONE_MORE, USER_IDS[0])
    with pytest.raises(BackupError, match="--replace"):
        restore(settings, tmp_path / "backup", replace=False)
    restore(settings, tmp_path / "backup", replace=True)
    with psycopg.connect(superuser) as connection:
        users = connection.execute("SELECT id FROM users").fetchall()
        left = connection.execute("SELECT FROM vital_signs WHERE user_id = %s", [gone]).rowcount
        known = connection.execute("SELECT FROM deleted_accounts WHERE id = %s", [gone]).rowcount
        newest = connection.execute(
            "SELECT FROM vital_signs WHERE user_id = %s", [USER_IDS[0]]
        ).rowcount
        databases = connection.execute("SELECT FROM pg_database").rowcount
    assert set(users) == {(USER_IDS[0],), (USER_IDS[1],)}
    assert (left, known) == (0, 1)
    assert newest <= made.tables["public.vital_signs"].rows - 40
    assert databases == 4
    execute(superuser, "DELETE FROM deleted_accounts WHERE id = %s", gone)


def test_t34_a_backup_of_the_first_version_is_brought_up_to_date(
    settings: Settings, urls: DatabaseUrls, superuser: str, tmp_path: Path
) -> None:
    """It knows no tombstones, and those of the database that it replaces count all the same."""
    downgrade(urls.owner, "0001")
    made = back_up(settings, tmp_path / "backup")
    upgrade(urls.owner)
    gone = USER_IDS[1]
    execute(superuser, "DELETE FROM users WHERE id = %s", gone)
    execute(superuser, "INSERT INTO deleted_accounts (id) VALUES (%s)", gone)
    restore(settings, tmp_path / "backup", replace=True)
    with psycopg.connect(superuser) as connection:
        assert connection.execute("SELECT id FROM users").fetchall() == [(USER_IDS[0],)]
        assert connection.execute("SELECT * FROM alembic_version").fetchone() == (head(),)
    assert made.schema_version == "0001"


@pytest.fixture(scope="module")
def whole(home: Path, urls: DatabaseUrls) -> Path:
    """A good backup."""
    file = home / "whole.zip"
    back_up(Settings(_env_file=None, data_dir=home / "data", database_url=None), file)
    return file


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2_000])


def flip_a_bit(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


def rewrite(file: Path, dump: Callable[[bytes], bytes], text: Callable[[str], str]) -> None:
    with zipfile.ZipFile(file) as archive:
        old, manifest = archive.read("database.dump"), archive.read("manifest.json").decode()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("database.dump", dump(old))
        archive.writestr("manifest.json", text(manifest))


def claim_another_row(file: Path) -> None:
    rewrite(file, lambda dump: dump, lambda text: text.replace('"rows": 1,', '"rows": 2,'))


def cut_the_dump(file: Path) -> None:
    rewrite(file, lambda dump: dump[: len(dump) * 3 // 4], lambda text: text)


def claim_a_newer_version(file: Path) -> None:
    rewrite(file, lambda dump: dump, lambda text: text.replace(f'"{head()}"', '"9999"'))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (truncate, "not a whole backup"),
        (flip_a_bit, "damaged|not a whole backup"),
        (claim_another_row, "not what was backed up"),
        (cut_the_dump, "cannot be restored|not what was backed up"),
        (claim_a_newer_version, "newer VitalIQ"),
    ],
)
def test_t34_a_spoilt_backup_leaves_the_database_as_it_was(
    spoil: Callable[[Path], None],
    said: str,
    whole: Path,
    settings: Settings,
    superuser: str,
    tmp_path: Path,
) -> None:
    file = Path(shutil.copy(whole, tmp_path))
    spoil(file)
    before = state(superuser)
    with pytest.raises(BackupError, match=said):
        restore(settings, file, replace=True)
    assert state(superuser) == before


def test_t34_a_database_in_use_is_not_replaced(
    settings: Settings, urls: DatabaseUrls, superuser: str, whole: Path
) -> None:
    before = state(superuser)
    with psycopg.connect(urls.app), pytest.raises(BackupError, match="stop `vitaliq serve`"):
        restore(settings, whole, replace=True)
    assert state(superuser) == before


def test_t34_what_a_killed_restore_left_is_removed(
    settings: Settings, urls: DatabaseUrls, superuser: str, whole: Path
) -> None:
    restore(settings, whole, replace=True)
    before = state(superuser)
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute("CREATE DATABASE vitaliq_restore_0123abcd_new")
    restore(settings, whole, replace=True)
    assert state(superuser) == before


def test_t34_a_role_bound_by_row_security_makes_no_partial_backup(
    home: Path, urls: DatabaseUrls, superuser: str, tmp_path: Path
) -> None:
    bound = Settings(_env_file=None, data_dir=home / "none", database_url=urls.owner)
    with pytest.raises(BackupError, match="BACKUP_DATABASE_URL"):
        back_up(bound, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []
    execute(superuser, "CREATE ROLE a_backup LOGIN BYPASSRLS PASSWORD 'x-1'")
    execute(superuser, "GRANT pg_read_all_data TO a_backup")
    execute(superuser, "GRANT CONNECT ON DATABASE vitaliq TO a_backup")
    reader = make_url(urls.owner).set(username="a_backup", password="x-1")
    given = SecretStr(reader.render_as_string(hide_password=False))
    free = bound.model_copy(update={"backup_database_url": given})
    manifest = back_up(free, tmp_path / "backup")
    with connected(superuser) as connection:
        assert manifest.tables == contents(connection)


def test_t34_no_password_stands_in_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    command, environment = program(
        "pg_dump", "postgresql+psycopg://someone:canary-7f3a@localhost:1/x?sslmode=require"
    )
    assert not any("canary" in part for part in command)
    assert any("sslmode=require" in part for part in command)
    assert environment["PGPASSWORD"] == "canary-7f3a"
    assert SECRET not in environment.values()


def test_t30_a_full_disk_leaves_the_backup_before(home: Path, urls: DatabaseUrls) -> None:
    file = home / "kept.zip"
    file.write_text("the backup of yesterday")
    made = run(
        home,
        "backup",
        str(file),
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192)),
    )
    assert made.returncode == 1
    assert "cannot be written" in made.stderr
    assert "Traceback" not in made.stderr
    assert file.read_text() == "the backup of yesterday"
    assert not list(home.glob(".kept*"))
