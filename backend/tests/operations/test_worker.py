"""`vitaliq worker` and the worker beside `vitaliq serve`, as an operator runs them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import httpx
import psycopg
import pytest

from app.postgres import EmbeddedPostgres, ServerFiles
from crash.fleet import add_people
from tests.folders import PATIENCE, reachable_folder
from tests.operations.command import VITALIQ, environment, run
from tests.operations.servers import await_that, serving, superuser

BACKEND = Path(__file__).resolve().parents[2]
DONE = "SELECT count(*) FROM users WHERE nightly_on IS NOT NULL"
WORKERS = "SELECT count(*) FROM queue.procrastinate_workers"


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


def number(connection: psycopg.Connection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    connection.commit()
    return int(row[0]) if row else -1


def assert_no_worker_is_left(home: Path) -> None:
    """PostgreSQL has ended with the last that used it: it is started once more."""
    with (
        EmbeddedPostgres(home / "data"),
        superuser(ServerFiles(home / "data" / "postgres")) as once,
    ):
        assert number(once, WORKERS) == 0


def test_the_queue_is_the_one_that_procrastinate_ships() -> None:
    """After an update of procrastinate: a migration of ours that does what its migrations do."""
    ours = BACKEND / "alembic" / "procrastinate" / "schema_3_10_0.sql"
    theirs = resources.files("procrastinate") / "sql" / "schema.sql"
    assert ours.read_text() == theirs.read_text()


def test_a_server_does_not_import_the_queue() -> None:
    """It takes time and memory that only a worker needs."""
    look = "import sys, app.cli, app.main; print('procrastinate' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_serve_alone_tests_everybodys_night_and_takes_its_worker_along(home: Path) -> None:
    assert run(home, "migrate").returncode == 0
    files = ServerFiles(home / "data" / "postgres")
    beat = {"SERVE_WITH_WORKER": "true", "WORKER_HEARTBEAT_SECONDS": "0.5"}
    with serving(home, SERVE_WITH_WORKER="false"), superuser(files) as connection:
        add_people(connection, 3)
        connection.commit()
    with serving(home, **beat) as (server, address), superuser(files) as connection:
        await_that(lambda: number(connection, DONE) == 3)
        assert number(connection, WORKERS) == 1
        assert httpx.get(f"{address}/readyz").status_code == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert_no_worker_is_left(home)


def test_a_worker_beside_a_server_that_is_killed_ends(home: Path) -> None:
    files = ServerFiles(home / "data" / "postgres")
    with serving(home, SERVE_WITH_WORKER="true") as (server, _), superuser(files) as connection:
        await_that(lambda: number(connection, WORKERS) == 1)
        server.kill()
        await_that(lambda: number(connection, WORKERS) == 0)


def test_a_worker_that_is_told_to_stop_stops(home: Path) -> None:
    assert run(home, "migrate").returncode == 0
    files = ServerFiles(home / "data" / "postgres")
    with (home / "log").open("w") as log:
        worker = subprocess.Popen(
            [VITALIQ, "worker"], cwd=home, env=environment(home), stdout=log, stderr=log
        )
        try:
            await_that(lambda: files.pid_file.exists() and "ready" in (home / "log").read_text())
            with superuser(files) as connection:
                await_that(lambda: number(connection, WORKERS) == 1)
                os.kill(worker.pid, signal.SIGTERM)
                assert worker.wait(PATIENCE) == 0
            assert_no_worker_is_left(home)
        finally:
            worker.kill()
            worker.wait()
