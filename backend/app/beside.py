"""A worker beside the server: a process of its own, so that work does not slow answers."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger("vitaliq.worker")

COMMAND = (sys.executable, "-c", "from app.program import main; main()", "worker", "--beside")
PAUSE_SECONDS = 10.0
PATIENCE_SECONDS = 30.0


class Beside:
    """Keeps one worker running. It ends when this process does, however that ends: its standard
    input is a pipe that only this process holds open."""

    def __init__(self, data_dir: Path) -> None:
        self._environment = os.environ | {"DATA_DIR": str(data_dir)}
        self._stopped = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="worker beside", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """Let the worker finish what it has begun."""
        self._stopped.set()
        worker = self._worker
        if worker is None:
            return
        if worker.stdin is not None:
            worker.stdin.close()
        try:
            worker.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()  # what it had begun is begun anew
        self._keeper.join(PATIENCE_SECONDS)

    def _keep(self) -> None:
        while not self._stopped.is_set():
            self._worker = subprocess.Popen(  # noqa: S603 - our own
                COMMAND, stdin=subprocess.PIPE, env=self._environment
            )
            status = self._worker.wait()
            if not self._stopped.is_set():
                logger.warning("the worker has ended (%s): another one starts soon", status)
                self._stopped.wait(PAUSE_SECONDS)


@contextlib.contextmanager
def worker_beside(data_dir: Path, *, wanted: bool) -> Iterator[None]:
    """A worker over the same data folder for as long as the block lasts, if it is wanted."""
    if not wanted:
        yield
        return
    beside = Beside(data_dir)
    beside.start()
    try:
        yield
    finally:
        beside.stop()
