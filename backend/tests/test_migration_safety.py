"""Migrations only add, and never hold up those who are being served for long (T33)."""

import io
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory

from app import migrations
from app.config import Settings
from app.migrations import LOCK_MILLISECONDS, UnusableDatabaseError, alembic_config, head, upgrade
from app.postgres import DatabaseUrls
from tests.test_migrations import FIRST, connected, version, wait_for_a_lock

SQUAWK = Path(sys.executable).parent / "squawk"
REVISIONS = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
# Rules of squawk that say nothing here, each with the reason.
NOT_FOR_US = {
    "prefer-text-field": "lengths are limits that the API tells, and are never changed",
    "prefer-bigint-over-int": "no integer here counts rows; each has a plausible range",
    "prefer-bigint-over-smallint": "likewise: -1, 0 and 1",
    "require-statement-timeout": "an upgrade on a slow disk must be allowed to end",
}
# What a migration may do nevertheless. A constraint's scan holds a lock for as long as it takes:
# only on tables of few rows a person. The queue is as procrastinate makes it,
# and empty.
ACCEPTED = {
    "0006": {"constraint-missing-not-valid"},
    "0010": {"prefer-identity", "require-concurrent-index-creation"},
}


def written(revision: Script) -> str:
    """What it does, as SQL."""
    config, sql = alembic_config(), io.StringIO()
    config.output_buffer = sql
    steps = f"{revision.down_revision}:{revision.revision}"
    command.upgrade(config, steps if revision.down_revision else revision.revision, sql=True)
    return sql.getvalue()


def squawk(sql: str, *, without: set[str]) -> subprocess.CompletedProcess[str]:
    options = ["--pg-version", "18", "--reporter", "gcc", "--exclude", ",".join(sorted(without))]
    return subprocess.run(
        [SQUAWK, *options], input=sql, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda revision: revision.revision)
def test_t33_a_migration_locks_nobody_out(revision: Script) -> None:
    sql = written(revision)
    assert f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}" in sql
    said = squawk(sql, without=NOT_FOR_US.keys() | ACCEPTED.get(revision.revision, set()))
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE users DROP COLUMN name;",
        "ALTER TABLE users RENAME COLUMN name TO label;",
        "ALTER TABLE users ALTER COLUMN sex SET NOT NULL;",
        "CREATE INDEX slow ON vital_signs (notes);",
        "DROP TABLE tags;",
    ],
)
def test_t33_what_breaks_or_stops_old_code_is_noticed(sql: str) -> None:
    guarded = f"SET lock_timeout = 1; {sql}"
    assert squawk(guarded, without=set(NOT_FOR_US)).returncode == 1


def test_t33_it_waits_less_than_a_request_may_take() -> None:
    assert Settings(_env_file=None).statement_timeout_seconds / 2 > LOCK_MILLISECONDS / 1_000


def test_t33_an_upgrade_lets_others_pass_and_tries_again(
    make_database: Callable[[], DatabaseUrls], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(migrations, "ATTEMPTS", 1_000_000)
    urls = make_database()
    upgrade(urls.owner, FIRST)
    with ThreadPoolExecutor(2) as pool:
        with connected(urls) as reading:
            reading.exec_driver_sql("SELECT FROM users")
            upgrading = pool.submit(upgrade, urls.owner)
            wait_for_a_lock(urls, urls)
            # Who comes now queues behind the upgrade, but not until the long reader is done.
            late = pool.submit(read_users, urls)
            assert late.result() == 0
            assert not upgrading.done()
        upgrading.result()
    assert version(urls) == head()


def read_users(urls: DatabaseUrls) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute("SELECT count(*) FROM users").fetchone()
    return row[0] if row else -1


def test_t33_a_reader_without_end_stops_the_upgrade_and_is_named(
    make_database: Callable[[], DatabaseUrls], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(migrations, "ATTEMPTS", 2)
    urls = make_database()
    upgrade(urls.owner, FIRST)
    with connected(urls) as reading:
        reading.exec_driver_sql("SELECT FROM users")
        with pytest.raises(UnusableDatabaseError, match="pg_stat_activity"):
            upgrade(urls.owner)
    assert version(urls) == FIRST
