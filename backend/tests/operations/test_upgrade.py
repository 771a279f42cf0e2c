"""Data survives the way from every version to the newest, also an interrupted one (T33)."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from app.migrations import alembic_config, head, upgrade
from app.postgres import DatabaseUrls, EmbeddedPostgres
from tests.conftest import FAST
from tests.folders import PATIENCE, reachable_folder
from tests.operations.command import VITALIQ, environment, run
from tests.operations.rows import fill, read, sees_everything

SCRIPTS = ScriptDirectory.from_config(alembic_config())
EARLIER = sorted(r.revision for r in SCRIPTS.walk_revisions() if r.revision != head())
FIRST = "0001"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
ALONE = "SELECT count(*) = 1 FROM pg_stat_activity WHERE usename = current_user"
VERSION = "SELECT version_num FROM alembic_version"


def plain(url: str) -> str:
    """As libpq takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.mark.parametrize("version", EARLIER)
def test_t33_an_upgrade_keeps_what_was_stored(
    version: str, make_database: Callable[[], DatabaseUrls]
) -> None:
    assert_kept(plain(make_database().owner), version, days=20, at_least=300)


def test_t33_an_upgrade_keeps_a_hundred_thousand_rows(
    make_database: Callable[[], DatabaseUrls],
) -> None:
    assert_kept(plain(make_database().owner), FIRST, days=5_600, at_least=100_000)


def assert_kept(url: str, version: str, *, days: int, at_least: int) -> None:
    upgrade(url, version)
    fill(url, days=days)
    columns, before = read(url)
    assert {table for table, rows in before.items() if not rows} == set(), "add rows to rows.py"
    assert sum(map(len, before.values())) > at_least
    upgrade(url)
    assert read(url, columns)[1] == before


def test_t33_an_upgrade_sees_the_rows_that_row_security_hides(
    make_database: Callable[[], DatabaseUrls],
) -> None:
    """The owner's own statements are bound by it too, and would silently change nothing."""
    url = plain(make_database().owner)
    upgrade(url, "0005")
    fill(url)
    change(url, "UPDATE anomalies SET is_acknowledged = true WHERE metric_value > 0")
    upgrade(url)
    feedback = read(url, {"anomalies": ["feedback"]})[1]["anomalies"]
    assert feedback
    assert set(feedback) == {'{"feedback": "seen"}'}


def change(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection, sees_everything(connection):
        connection.execute(statement.encode())


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


def test_t33_a_killed_upgrade_ends_at_the_newest_version_when_run_again(home: Path) -> None:
    with EmbeddedPostgres(home / "data", settings=FAST) as urls:
        upgrade(urls.owner, FIRST)
        fill(urls.owner)
        columns, before = read(urls.owner)
        for table in ("users", "vital_signs"):
            with psycopg.connect(urls.owner) as holding:
                holding.execute(f"LOCK TABLE {table}".encode())
                _kill_while_it_waits(home, holding)
            _await(urls.owner, ALONE)
            assert _asked(urls.owner, VERSION) == FIRST
            assert read(urls.owner) == (columns, before)
        again = run(home, "migrate")
        assert again.returncode == 0, again.stderr
        assert _asked(urls.owner, VERSION) == head()
        assert read(urls.owner, columns)[1] == before


def _kill_while_it_waits(home: Path, holding: psycopg.Connection) -> None:
    migrating = subprocess.Popen(
        [VITALIQ, "migrate"],
        cwd=home,
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while holding.execute(WAITING).fetchone() == (0,):
            assert migrating.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.kill(migrating.pid, signal.SIGKILL)
        migrating.wait()


def _asked(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def _await(url: str, statement: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _asked(url, statement):
        assert time.monotonic() < deadline
        time.sleep(0.05)
