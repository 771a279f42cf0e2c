"""A disk that is soon full: a small file system of our own that other processes do not see.

It is mounted in a mount namespace, so it is gone with its last process, however that ends. An
ordinary user becomes root in a user namespace for that moment, and is itself again afterwards.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

MEGABYTES = 320
MOUNT = 'mount -t tmpfs -o "size=$1m,mode=0711" vitaliq-test "$2" && shift 2 && exec "$@"'


class NoSmallDiskError(RuntimeError):
    """This machine lets nobody mount; the message says what is needed."""


def run_on(folder: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the command with a small disk at `folder`. Raises NoSmallDiskError."""
    prefix = _as_root(folder) if os.geteuid() == 0 else _as_oneself(folder)
    tried = _run([*prefix, "true"])
    if tried.returncode:
        raise NoSmallDiskError(
            "a small file system must be mounted, as root (in a container with CAP_SYS_ADMIN) or "
            f"as a user who may make user namespaces; unshare says: {tried.stderr}"
        )
    return _run([*prefix, *command])


def _as_root(folder: Path) -> list[str]:
    return ["unshare", "--mount", *_mount(folder)]


def _as_oneself(folder: Path) -> list[str]:
    back = [f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
    root = ["unshare", "--user", "--map-root-user", "--mount"]
    return [*root, *_mount(folder), "unshare", "--user", *back]


def _mount(folder: Path) -> list[str]:
    return ["sh", "-c", MOUNT, "sh", str(MEGABYTES), str(folder)]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


class Ballast:
    """A file that takes all the room there is."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"

    def fill(self) -> None:
        with self._file.open("ab") as file:
            size = 1 << 20
            while size:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
                except OSError:
                    size //= 2

    def remove(self) -> None:
        self._file.unlink(missing_ok=True)
