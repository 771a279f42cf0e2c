"""A file of each format, from its writer: a new format gets the contract by having one."""

import functools
import io
import zipfile
from collections.abc import Callable
from importlib import import_module

from app.importers.protocol import Format
from app.importers.registry import formats
from tests.importers.writers.archives import packed

FORMATS: tuple[Format, ...] = formats()


@functools.cache
def example(key: str) -> bytes:
    """The same at each call: that of `writers/<key>.py`."""
    write: Callable[[], bytes] = import_module(f"tests.importers.writers.{key}").example
    return write()


def inside(content: bytes) -> dict[str, bytes]:
    """What an archive holds; a file that is none holds itself under an empty name."""
    if not content.startswith(b"PK\x03\x04"):
        return {"": content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def outside(files: dict[str, bytes]) -> bytes:
    """The inverse."""
    return files[""] if "" in files else packed(files)
