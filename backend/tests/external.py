"""Runs the tests against a PostgreSQL server that VitalIQ did not start.

`python -m tests.external [pytest's arguments]`. Where DATABASE_URL is set, that server is used: its
user must be a superuser. Otherwise one is started in a folder of its own, with PostgreSQL's own
defaults, from the package's programs or from those in POSTGRES_BINARIES.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg

from app.postgres import HOST, SUPERUSER, find_binaries
from app.postgres_cluster import SERVER_USER, find_closed_folder, stop_with_parent
from tests.folders import PATIENCE, reachable_folder
from tests.operations.servers import free_port

# What makes the tests quick, and a clock that is not the one VitalIQ wants.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "Asia/Kathmandu",
}


class Server:
    """A PostgreSQL as somebody else would run it: no supervisor, no roles of ours."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._folder = folder
        self._binaries = binaries
        self._user = SERVER_USER if os.geteuid() == 0 else None

    def make(self, password: str) -> None:
        """An empty cluster whose superuser has the password."""
        if self._user and find_closed_folder(self._binaries / "bin"):
            shutil.copytree(self._binaries.parent, self._folder / "package")
            self._binaries = self._folder / "package" / self._binaries.name
        cluster, secret = self._folder / "cluster", self._folder / "password"
        cluster.mkdir()
        secret.write_text(password)
        if self._user:
            shutil.chown(cluster, self._user)
            shutil.chown(secret, self._user)
        who = [f"--username={SUPERUSER}", f"--pwfile={secret}", "--auth=scram-sha-256"]
        made = self._spawn("initdb", f"--pgdata={cluster}", *who, "--encoding=UTF8", "--no-sync")
        if made.wait() != 0:
            raise SystemExit("initdb failed: see above")

    @contextlib.contextmanager
    def running(self, port: int) -> Iterator[None]:
        options = [part for item in SETTINGS.items() for part in ("-c", "=".join(item))]
        cluster = self._folder / "cluster"
        server = self._spawn("postgres", "-D", str(cluster), "-p", str(port), *options)
        try:
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE)

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                [self._binaries / "bin" / program, *arguments],
                stdout=log,
                stderr=sys.stderr if program == "initdb" else log,
                cwd="/",
                user=self._user,
                preexec_fn=partial(stop_with_parent, os.getpid()),  # noqa: PLW1509 - no threads here
            )


def await_server(url: str) -> str:
    """The server's version, once it takes connections."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(url) as connection:
                return f"{connection.info.parameter_status('server_version')}"
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextlib.contextmanager
def given_or_started() -> Iterator[str]:
    """The address of a server that is not ours."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    binaries = Path(os.environ.get("POSTGRES_BINARIES") or find_binaries() / "bin").parent
    password, port = secrets.token_urlsafe(), free_port()
    with reachable_folder() as folder:
        server = Server(folder, binaries)
        server.make(password)
        with server.running(port):
            yield f"postgresql://{SUPERUSER}:{password}@{HOST}:{port}/postgres"


def main() -> int:
    with given_or_started() as url:
        print(f"PostgreSQL {await_server(url)}, not started by VitalIQ", flush=True)
        tests = [sys.executable, "-m", "pytest", *sys.argv[1:]]
        return subprocess.run(tests, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
