"""The document of an export, read row by row: however large it is, little of it is held."""

import codecs
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from app.errors import InvalidInputError
from app.services.export import DOCUMENT, FORMAT, VERSION

MOST_RATIO = 200
MOST_FILES = 200
MOST_AT_ONCE = 1_000_000
LONGEST_ROW = 4_000_000
CHARACTERS_AT_ONCE = 500_000
PIECE_BYTES = 256 * 1024
_TOO_MUCH = (
    "the archive unpacks to more than is taken this way; `vitaliq import account` on the server"
    " takes larger ones"
)
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FAULTS = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError,
)  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class Portion(NamedTuple):
    """Some rows of a table, each as its JSON, and all names that they give to columns. A table
    without rows has one portion without any."""

    table: str
    rows: list[str]
    columns: frozenset[str]


def not_an_export() -> InvalidInputError:
    return InvalidInputError.at(("body",), "not an export of VitalIQ")


def portions(archive: IO[bytes], most_bytes: int) -> Iterator[Portion]:
    """All rows of all tables in the archive's document, in its order. Raises InvalidInputError for
    what is no export, or unpacks to more: what counts is what comes out, whatever it says of
    itself. That it is one at all is known with the last of them."""
    try:
        with zipfile.ZipFile(_Frugal(archive)) as packed, packed.open(_document(packed)) as file:
            member = packed.getinfo(DOCUMENT)
            most = min(most_bytes, member.compress_size * MOST_RATIO)
            yield from _Document(_Json(_counted(file, most))).portions()
    except InvalidInputError:
        raise
    except _FAULTS as error:
        # RuntimeError: zipfile's answer to what is encrypted or packed in a way it does not know,
        # and Python's to what is nested too deeply.
        raise not_an_export() from error


class _Frugal:
    """An archive of which no more than a little is read at once, whatever size it says that its
    list of members has: the list of a million members takes a gigabyte once it is read."""

    def __init__(self, archive: IO[bytes]) -> None:
        self._archive = archive
        self.tell = archive.tell
        self.seek = archive.seek
        self.seekable = archive.seekable

    def read(self, size: int = -1) -> bytes:
        read = self._archive.read(min(size, MOST_AT_ONCE + 1) if size >= 0 else MOST_AT_ONCE + 1)
        if len(read) > MOST_AT_ONCE:
            raise zipfile.BadZipFile
        return read


def _document(packed: zipfile.ZipFile) -> str:
    members = packed.infolist()
    names = [member.filename for member in members]
    if len(names) > MOST_FILES or len(set(names)) < len(names) or DOCUMENT not in names:
        raise not_an_export()
    if any(set(name) & set("/\\:") or name.startswith(".") for name in names):
        raise InvalidInputError.at(("body",), "the archive holds paths; an export has plain names")
    if packed.getinfo(DOCUMENT).compress_type not in _PLAIN_METHODS:
        raise not_an_export()
    return DOCUMENT


def _counted(file: IO[bytes], most: int) -> Iterator[str]:
    """The text in pieces."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    while piece := file.read(PIECE_BYTES):
        most -= len(piece)
        if most < 0:
            raise InvalidInputError.at(("body",), _TOO_MUCH)
        yield decode(piece)
    yield decode(b"", final=True)


class _Json:
    """JSON from a stream, one value at a time. Raises ValueError for what is none."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._place = 0

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            self._place = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]  # it always matches
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def take(self, *expected: str) -> str:
        """The next character that is no space, if it is one of those."""
        found = self.peek()
        if found not in expected:
            raise ValueError
        self._place += 1
        return found

    def value(self) -> tuple[Any, str]:
        """The next value, and as it stands there."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except json.JSONDecodeError:
                end = len(self._text)
            else:
                if end < len(self._text):  # a number may go on
                    told, self._place = self._text[self._place : end], end
                    return value, told
            if end - self._place > LONGEST_ROW:
                raise InvalidInputError.at(("body",), "a row of the export is too long")
            if not self._more():
                raise ValueError

    def _more(self) -> bool:
        """At the end of a document nothing is left to read, and no value ends there."""
        piece = next((piece for piece in self._pieces if piece), "")
        self._text, self._place = self._text[self._place :] + piece, 0
        return bool(piece)


class _Document:
    """What an export says of itself, and its tables."""

    def __init__(self, content: _Json) -> None:
        self._json = content
        self._said: dict[str, Any] = {}
        self._has_tables = False

    def portions(self) -> Iterator[Portion]:
        for key in self._keys():
            if key == "tables":
                self._has_tables = True
                for table in self._keys():
                    yield from self._table(table)
            else:
                self._said[key], _ = self._json.value()
        told = (self._said.get("format"), self._said.get("version"))
        if told != (FORMAT, VERSION) or not self._has_tables or self._json.peek():
            raise not_an_export()

    def _keys(self) -> Iterator[str]:
        """Of the object that comes next, each once; whoever takes one reads its value."""
        seen: set[str] = set()
        self._json.take("{")
        while self._json.peek() != "}":
            if seen:
                self._json.take(",")
            key, _ = self._json.value()
            if not isinstance(key, str) or key in seen:
                raise not_an_export()
            self._json.take(":")
            seen.add(key)
            yield key
        self._json.take("}")

    def _table(self, table: str) -> Iterator[Portion]:
        rows: list[str] = []
        columns: set[str] = set()
        count = length = 0
        self._json.take("[")
        while self._json.peek() != "]":
            if count:
                self._json.take(",")
            row, told = self._json.value()
            if not isinstance(row, dict):
                raise not_an_export()
            rows.append(told)
            columns.update(row)
            count, length = count + 1, length + len(told)
            if length >= CHARACTERS_AT_ONCE:
                yield Portion(table, rows, frozenset(columns))
                rows, length = [], 0
        self._json.take("]")
        if rows or not count:
            yield Portion(table, rows, frozenset(columns))
