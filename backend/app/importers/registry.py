"""Finds the format of a file by what is in it, whatever it is called."""

import pkgutil
from functools import cache
from importlib import import_module
from typing import IO

from app import importers
from app.importers.protocol import File, Format, UnreadableFileError

HEAD_BYTES = 64 * 1024


@cache
def formats() -> tuple[Format, ...]:
    """Every module here that has a `FORMAT`. One that says `is_general = True` takes what others
    know better, and is asked after them."""
    names = (module.name for module in pkgutil.iter_modules(importers.__path__))
    modules = [import_module(f"{importers.__name__}.{name}") for name in names]
    found: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return tuple(sorted(found, key=lambda one: (getattr(one, "is_general", False), one.key)))


def opened(content: IO[bytes], name: str) -> File:
    """The file, at its beginning."""
    content.seek(0)
    head = content.read(HEAD_BYTES)
    content.seek(0)
    return File(content=content, name=name, head=head)


def format_of(file: File) -> Format:
    """Raises UnreadableFileError where no format knows it."""
    for one in formats():
        file.content.seek(0)
        if one.sniff(file):
            file.content.seek(0)
            return one
    known = ", ".join(one.title for one in formats())
    raise UnreadableFileError(f"This is not a file that is known here: {known}.")
