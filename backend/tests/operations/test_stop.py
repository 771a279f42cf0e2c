"""A service that is told to stop answers what it has begun, and turns away what comes (T31)."""

import contextlib
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg
import pytest

from app.postgres import ServerFiles
from tests.contracts.trackers import TRACKERS
from tests.folders import PATIENCE, reachable_folder
from tests.operations.servers import await_that, readiness, serving, signed_in, superuser

REQUESTS = 4
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
NUTRITION = TRACKERS[0]


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


class Busy(NamedTuple):
    """A server with requests in flight, which end when `holding` lets go."""

    server: subprocess.Popen[bytes]
    address: str
    headers: dict[str, str]
    holding: psycopg.Connection
    answers: list[Future[int]]

    def store(self) -> int:
        return write(self.address, self.headers).status_code


def write(address: str, headers: dict[str, str]) -> httpx.Response:
    url, body = f"{address}{NUTRITION.path}", NUTRITION.example()
    return httpx.post(url, json=body, headers=headers, timeout=PATIENCE)


@contextlib.contextmanager
def busy(home: Path, **settings: str) -> Iterator[Busy]:
    files = ServerFiles(home / "data" / "postgres")
    with (
        serving(home, **settings) as (server, address),
        ThreadPoolExecutor(REQUESTS) as pool,
    ):
        headers = signed_in(address)
        with superuser(files) as holding:
            holding.execute("LOCK TABLE food_entries")
            answers = [
                pool.submit(lambda: write(address, headers).status_code) for _ in range(REQUESTS)
            ]
            await_that(lambda: holding.execute(WAITING).fetchone() == (REQUESTS,))
            yield Busy(server, address, headers, holding, answers)


def assert_turned_away(ask: Callable[[], httpx.Response]) -> None:
    answer = ask()
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["connection"] == "close"
    assert "stopping" in answer.json()["detail"]


def test_t31_a_stop_lets_requests_finish_and_takes_the_server_along(home: Path) -> None:
    with busy(home) as it:
        with httpx.Client(base_url=it.address, headers=it.headers) as kept:
            assert kept.get("/healthz").status_code == 200
            it.server.send_signal(signal.SIGTERM)
            assert_turned_away(lambda: kept.get("/readyz"))
        await_that(lambda: httpx.get(f"{it.address}{NUTRITION.path}").status_code == 503)
        assert_turned_away(lambda: write(it.address, it.headers))
        assert httpx.get(f"{it.address}/healthz").status_code == 200
        assert it.server.poll() is None
        assert it.holding.execute(WAITING).fetchone() == (REQUESTS,)
        it.holding.rollback()
        assert [answer.result(PATIENCE) for answer in it.answers] == [201] * REQUESTS
        stored = it.holding.execute("SELECT count(*) FROM food_entries").fetchone()
        assert stored == (REQUESTS,)
        it.holding.commit()
        assert it.server.wait(PATIENCE) == 0
        assert readiness(it.address) is None
    files = ServerFiles(home / "data" / "postgres")
    await_that(lambda: files.cluster.exists() and not files.pid_file.exists())


def test_t31_with_a_delay_it_serves_on_while_it_is_no_longer_ready(home: Path) -> None:
    with busy(home, STOP_DELAY_SECONDS=str(PATIENCE)) as it:
        it.holding.rollback()
        assert [answer.result(PATIENCE) for answer in it.answers] == [201] * REQUESTS
        it.server.send_signal(signal.SIGTERM)
        assert_turned_away(lambda: httpx.get(f"{it.address}/readyz"))
        assert it.store() == 201
        it.server.send_signal(signal.SIGINT)  # who is in a hurry says so a second time
        assert it.server.wait(PATIENCE) == 0
