"""`vitaliq serve` in a process of its own, as an operator runs it."""

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg

from app.postgres import DATABASE, HOST, SUPERUSER, ServerFiles
from tests.folders import PATIENCE
from tests.operations.command import VITALIQ, environment
from tests.people import PASSWORD

PERSON = {"email": "ada@example.com", "password": PASSWORD}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(home: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and its address, once it answers; killed at the end if it still runs."""
    port = str(free_port())
    server = subprocess.Popen(
        [VITALIQ, "serve", "--port", port],
        cwd=home,
        env=environment(home, STATEMENT_TIMEOUT_SECONDS=str(PATIENCE), **settings),
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


def signed_in(address: str) -> dict[str, str]:
    """Headers of a new person."""
    made = httpx.post(f"{address}/api/auth/register", json=PERSON, timeout=30)
    assert made.status_code == 201, made.text
    tokens = httpx.post(f"{address}/api/auth/login", json=PERSON, timeout=30).json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


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
