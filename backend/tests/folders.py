"""Folders for data of an embedded server."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A new folder that the server's own user can enter too, should the tests run as root. Removed
    at the end, once the server, which outlives its last client by a moment, is done with it."""
    folder = Path(tempfile.mkdtemp(prefix="vitaliq-test-"))
    folder.chmod(0o711)
    yield folder
    deadline = time.monotonic() + PATIENCE
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.1)
    assert not folder.exists()
