"""Text files that people bring, read within bounds whatever they hold."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from app.errors import InvalidInputError

# A line for each day of two centuries is 73,000 lines.
MOST_LINES = 100_000
LONGEST_LINE = 64 * 1024
MOST_CHARACTERS = 50_000_000
# What a terminal or a text column would choke on; tabs and line ends are text.
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def read_lines(file: Path) -> list[str]:
    """The lines of a UTF-8 file, with or without a byte order mark, without their ends.

    Raises InvalidInputError for what is no such text or is too large, as soon as that is seen: no
    more than one line over the limit is ever held.
    """
    with file.open(encoding="utf-8-sig") as text:
        return _read(text)


def lines_of(text: str) -> list[str]:
    """The same of a text that is at hand."""
    return _read(io.StringIO(text.removeprefix("\ufeff"), newline=None))


def _read(text: TextIO) -> list[str]:
    lines: list[str] = []
    room = MOST_CHARACTERS
    for line in _bounded(text, lines):
        room -= len(line)
        if len(lines) == MOST_LINES or room < 0:
            raise InvalidInputError(
                f"The file is too large: {MOST_LINES} lines and {MOST_CHARACTERS} characters"
                " are the most."
            )
        lines.append(line)
    return lines


def _bounded(text: TextIO, before: list[str]) -> Iterator[str]:
    """Line by line; `before` are the lines read so far, for saying where something is wrong."""
    try:
        while line := text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise _wrong(before, f"is longer than {LONGEST_LINE} characters")
            if _CONTROL.search(line):
                raise _wrong(before, "holds control characters: this is not a text file")
            yield line.removesuffix("\n")
    except UnicodeDecodeError:
        # Text is decoded in blocks, so the line may be one of those that follow.
        raise InvalidInputError(
            f"After line {len(before)} the file is not UTF-8: save it as UTF-8."
        ) from None


def _wrong(before: list[str], what: str) -> InvalidInputError:
    return InvalidInputError(f"Line {len(before) + 1} {what}.")
