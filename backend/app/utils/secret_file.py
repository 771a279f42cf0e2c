"""Secrets that are made at first start and kept in a file that only their owner can read."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def read_or_create_secret(path: Path) -> str:
    """The secret in the file; where there is no file, a new one of 256 bits.

    Safe when several processes start at once: the file appears whole or not at all, and the first
    one wins. Raises PermissionError where others could read an existing file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        if not path.exists():
            _publish(path, secrets.token_urlsafe(32))
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others: run chmod 600 on it")
    return path.read_text(encoding="ascii").strip()


def _publish(path: Path, secret: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        Path(temporary).unlink()
