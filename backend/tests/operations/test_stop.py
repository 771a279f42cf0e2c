"""A service that is told to stop answers what it has begun, and nothing new (T31)."""

import contextlib
import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from app.postgres import DATABASE, HOST, SUPERUSER, ServerFiles
from tests.contracts.trackers import TRACKERS
from tests.folders import PATIENCE, reachable_folder
from tests.operations.command import VITALIQ, environment
from tests.people import PASSWORD

REQUESTS = 4
PERSON = {"email": "ada@example.com", "password": PASSWORD}
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
NUTRITION = TRACKERS[0]


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@contextlib.contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and its address, once it answers; killed at the end if it still runs."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = str(probe.getsockname()[1])
    server = subprocess.Popen(
        [VITALIQ, "serve", "--port", port],
        cwd=home,
        env=environment(home, STATEMENT_TIMEOUT_SECONDS=str(PATIENCE)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://{HOST}:{port}"
        await_that(lambda: readiness(address) == 200)
        yield server, address
    finally:
        server.kill()
        server.wait()


def readiness(address: str) -> int | None:
    """The status of /readyz; None where no connection is taken."""
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code
    except httpx.TransportError:
        return None


def await_that(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextlib.contextmanager
def superuser(files: ServerFiles) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host=HOST,
        port=files.read_status()["port"],
        dbname=DATABASE,
        user=SUPERUSER,
        password=json.loads(files.passwords.read_text())[SUPERUSER],
    ) as connection:
        yield connection


def test_t31_a_stop_lets_requests_finish_and_takes_the_server_along(home: Path) -> None:
    files = ServerFiles(home / "data" / "postgres")
    with serving(home) as (server, address), ThreadPoolExecutor(REQUESTS) as pool:
        httpx.post(f"{address}/api/auth/register", json=PERSON, timeout=30)
        signed_in = httpx.post(f"{address}/api/auth/login", json=PERSON, timeout=30).json()
        headers = {"Authorization": f"Bearer {signed_in['access_token']}"}

        def store(_: int) -> int:
            url, body = f"{address}{NUTRITION.path}", NUTRITION.example()
            return httpx.post(url, json=body, headers=headers, timeout=PATIENCE).status_code

        with superuser(files) as holding:
            holding.execute("LOCK TABLE food_entries")
            answers = pool.map(store, range(REQUESTS))
            await_that(lambda: holding.execute(WAITING).fetchone() == (REQUESTS,))
            server.send_signal(signal.SIGTERM)
            await_that(lambda: readiness(address) in (503, None))
            assert server.poll() is None
            assert holding.execute(WAITING).fetchone() == (REQUESTS,)
            holding.rollback()
            assert list(answers) == [201] * REQUESTS
            stored = holding.execute("SELECT count(*) FROM food_entries").fetchone()
        assert stored == (REQUESTS,)
        assert server.wait(PATIENCE) in (0, -signal.SIGTERM)
    await_that(lambda: files.cluster.exists() and not files.pid_file.exists())
