"""A server as an operator runs it: the API's process, the embedded PostgreSQL, their ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import psycopg

from app.postgres import DATABASE, HOST, ServerFiles
from crash.ledger import ROWS, Row
from crash.served import start_served

PROGRAMS = Path(sys.executable).parent
PATIENCE = 300.0
POLL_SECONDS = 0.02


class Api:
    """One process that serves the API over a data folder; `plant` names a fault to build in."""

    def __init__(self, data_dir: Path, *, plant: str | None = None) -> None:
        self.data_dir = data_dir
        self.plant = plant
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = data_dir.parent / f"api-{self.port}.log"
        self._process: BaseProcess | None = None

    @property
    def pid(self) -> int:
        if self._process is None or self._process.pid is None:
            raise RuntimeError("the API was not started")
        return self._process.pid

    def start(self) -> None:
        self._process = start_served(self.data_dir, self.port, self.log, self.plant)

    def is_running(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
        return False

    def await_ready(self) -> None:
        eventually(self.is_ready, "the API did not become ready")

    def bury(self) -> None:
        """Take note of its end, so that the kernel forgets it."""
        if self._process is not None:
            self._process.join(PATIENCE)

    def stop(self) -> None:
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)
        self.bury()


class Postgres:
    """The embedded server of a data folder, seen from outside."""

    def __init__(self, data_dir: Path) -> None:
        self._files = ServerFiles(data_dir.resolve() / "postgres")

    @property
    def supervisor(self) -> int:
        return self._files.read_status()["supervisor"]

    def has_supervisor_given_up(self, supervisor: int) -> bool:
        """Whether this one no longer tries; another may already."""
        status = self._files.read_status()
        return status["state"] == "failed" or status["supervisor"] != supervisor

    @property
    def postmaster(self) -> int:
        """0 while there is none."""
        with suppress(FileNotFoundError, IndexError, ValueError):
            return int(self._files.pid_file.read_text(encoding="utf-8").splitlines()[0])
        return 0

    def family(self) -> list[int]:
        """The postmaster and its children."""
        return [self.postmaster, *children_of(self.postmaster)]

    def is_accepting(self) -> bool:
        try:
            self.connect().close()
        except (OSError, psycopg.OperationalError):
            return False
        return True

    def rows(self) -> list[Row]:
        """Every entry in the tables that are written to."""
        eventually(self.is_accepting, "PostgreSQL does not accept connections")
        return [row for statement in ROWS for (row,) in self.query(statement)]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def connect(self) -> psycopg.Connection:
        """As the superuser, whom row-level security does not bind."""
        passwords = json.loads(self._files.passwords.read_text(encoding="utf-8"))
        return psycopg.connect(
            host=HOST,
            port=self._files.read_status()["port"],
            dbname=DATABASE,
            user="postgres",
            password=passwords["postgres"],
            connect_timeout=5,
            autocommit=True,
        )


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder for a server's data, which the server's own user can enter; removed at the end,
    once PostgreSQL is done with it."""
    with tempfile.TemporaryDirectory(prefix="vitaliq-crash-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder / "data"
        files = ServerFiles(folder / "data" / "postgres")
        eventually(lambda: not files.pid_file.exists(), "PostgreSQL did not stop")


def kill(pids: Iterable[int]) -> None:
    """At once, without a last word."""
    for pid in pids:
        with suppress(ProcessLookupError):
            if pid > 1:
                os.kill(pid, signal.SIGKILL)


def victims_of(kind: str, api: Api, postgres: Postgres) -> list[int]:
    victims: dict[str, Callable[[], list[int]]] = {
        "api": lambda: [api.pid],
        "postgres": postgres.family,
        "supervisor": lambda: [postgres.supervisor],
        "all": lambda: [postgres.supervisor, api.pid, *postgres.family()],
    }
    return victims[kind]()


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(  # noqa: S603
        ["ps", "-o", "pid=", "--ppid", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(word) for word in listed.stdout.split()]


def eventually(check: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{complaint} within {PATIENCE:.0f} s")
        time.sleep(POLL_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
