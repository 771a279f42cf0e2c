"""The process that owns the embedded PostgreSQL server, from its start to its clean stop.

It is the postmaster's parent: it restarts a killed server with its data, and stops one that nobody
shares. Should it be killed itself, the kernel tells the postmaster to stop.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from app.postgres import HOST, EmbeddedPostgresError, ServerFiles, Status, try_lock
from app.postgres_cluster import Cluster

TICK_SECONDS = 0.2
POLL_SECONDS = 0.01
UNSHARED_SECONDS = 1.0
STOP_SECONDS = 120.0
START_ATTEMPTS = 3
LOG_BYTES = 4 * 1024 * 1024
# Below the ports that systems give to outgoing connections, so that the remembered one stays free.
PORTS = range(20_000, 32_000)


class Supervisor:
    """The life of one server on one data folder."""

    def __init__(self, files: ServerFiles, cluster: Cluster) -> None:
        self._files = files
        self._cluster = cluster
        self._server: subprocess.Popen[bytes] | None = None
        self._asked_to_stop = False
        self._unshared_since: float | None = None

    def run(self) -> None:
        """Serve until nobody shares the server, or a signal asks to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        try:
            lock = self._wait_for_server_lock()
            self._cluster.prepare(lock, self.report)
            os.close(lock)
            self._start()
            while not self._asked_to_stop and not self._is_unshared():
                time.sleep(TICK_SECONDS)
                if self._server is None or self._server.poll() is not None:
                    self._start()
                self._bound_log()
        finally:
            self._stop()

    def report(self, state: str, port: int = 0, message: str = "") -> None:
        """Tell the clients, who poll."""
        status = Status(state=state, supervisor=os.getpid(), port=port, message=message)
        temporary = self._files.status.with_name("status.json.new")
        temporary.write_text(json.dumps(status), encoding="utf-8")
        temporary.replace(self._files.status)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _start(self) -> None:
        for _ in range(START_ATTEMPTS):
            lock = self._wait_for_server_lock()
            self.report("recovering" if self._cluster.disown_pid_file() else "starting")
            port = self._choose_port()
            self._server = self._cluster.spawn(port, lock)
            os.close(lock)
            if self._becomes_ready(self._server):
                if self._remembered_port() != port:  # a full disk may lose what is written anew
                    self._files.port.write_text(str(port), encoding="utf-8")
                self.report("ready", port)
                return
            if self._asked_to_stop:
                return
        raise EmbeddedPostgresError(
            "PostgreSQL does not start: put right what it says below, then start again. "
            + self._files.log_tail()
        )

    def _wait_for_server_lock(self) -> int:
        """Wait until no process of an earlier server is left; the lock keeps it so."""
        while (lock := try_lock(self._files.server_lock)) is None:
            if self._asked_to_stop:
                raise SystemExit
            if sys.platform != "linux" and self._server is None:
                self._interrupt_orphan()
            time.sleep(POLL_SECONDS)
        return lock

    def _interrupt_orphan(self) -> None:
        """Stop the server of a killed supervisor where the kernel does not."""
        if lines := self._cluster.read_pid_file():
            with suppress(OSError, ValueError):
                os.kill(int(lines[0]), signal.SIGINT)

    def _choose_port(self) -> int:
        """The port of last time, so that connection pools find their server again, or another."""
        remembered = self._remembered_port()
        for port in (remembered, *random.sample(PORTS, 100)):
            if port is not None and is_free(port):
                return port
        raise EmbeddedPostgresError(f"No port of {HOST} is free: end some servers, start again.")

    def _remembered_port(self) -> int | None:
        with suppress(FileNotFoundError, ValueError):
            return int(self._files.port.read_text(encoding="utf-8"))
        return None

    def _becomes_ready(self, server: subprocess.Popen[bytes]) -> bool:
        """Wait, through a recovery of any length, until the server takes connections or ends."""
        while server.poll() is None and not self._asked_to_stop:
            lines = [line.strip() for line in self._cluster.read_pid_file() or ()]
            if lines and lines[0] == str(server.pid).encode() and b"ready" in lines:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _is_unshared(self) -> bool:
        """Whether nobody has shared the server for a moment; then newcomers queue until we end."""
        lock = try_lock(self._files.clients_lock)
        if lock is None:
            self._unshared_since = None
            return False
        now = time.monotonic()
        self._unshared_since = self._unshared_since or now
        if now - self._unshared_since >= UNSHARED_SECONDS:
            return True
        os.close(lock)
        return False

    def _bound_log(self) -> None:
        """Keep the log and the one before; the server appends to it, so it can be emptied."""
        with suppress(FileNotFoundError):
            if self._files.log.stat().st_size > LOG_BYTES:
                shutil.copyfile(self._files.log, self._files.log.with_name("server.log.1"))
                os.truncate(self._files.log, 0)

    def _stop(self) -> None:
        if self._server is None or self._server.poll() is not None:
            return
        self._files.status.unlink(missing_ok=True)
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL does: connections of an earlier server may linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def main() -> None:
    """Leave the client that launched us, then supervise."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.umask(0o077)
    os.chdir("/")
    folder, binaries, settings = sys.argv[2:]
    files = ServerFiles(Path(folder))
    supervisor = Supervisor(files, Cluster(files, Path(binaries), json.loads(settings)))
    try:
        supervisor.run()
    except EmbeddedPostgresError as error:
        supervisor.report("failed", message=str(error))
    except (OSError, subprocess.SubprocessError) as error:
        advice = "put that right and start again, or set DATABASE_URL to a PostgreSQL server"
        supervisor.report("failed", message=f"PostgreSQL cannot run here ({error}): {advice}.")
