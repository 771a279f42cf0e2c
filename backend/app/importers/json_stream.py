"""Long JSON documents, an item at a time, in bounded memory whatever they hold."""

import contextlib
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import IO, Any

import ijson

from app.importers.protocol import UnreadableFileError

DEEPEST = 40
# What the parser may have to hold at once: a text or number, or an item of a list.
LARGEST_ITEM = 4 * 1024 * 1024
MOST_FIELDS = 1_000
LONGEST_RUN = 1_000
"""Of longer runs of letters and digits the rest is left out: such is an attachment, a picture or a
document within a record."""
_TOO_LARGE = (
    f"A record of the document is too large: one may take {LARGEST_ITEM // 1_000_000} MB. Export a"
    " shorter time, or without texts."
)
_SCALARS = frozenset({"string", "number", "boolean"})
_BUFFER = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_STRUCTURE = b'[]{}"\\'
_FILLING = bytes(set(range(256)) - set(_STRUCTURE))
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_RUNS = bytes(1 if chr(n).isalnum() or chr(n) in "+/=-_" else 32 for n in range(128)) + b" " * 128
_STEPS = [0] * 256
for _opening, _closing in (b"[]", b"{}"):
    _STEPS[_opening], _STEPS[_closing] = 1, -1


def items(content: IO[bytes], path: str) -> Iterator[Any]:
    """Each value at the path, such as `entry.item`, where `item` is any place in an array. Raises
    UnreadableFileError for what is no JSON, or is nested or long beyond any that apps write."""
    content.seek(0)
    stream = _Guarded(content, depth=path.count(".") + 1 if path else 0)
    with _readable():
        for item in ijson.items(stream, path, buf_size=_BUFFER, use_float=True):
            stream.renew()
            yield item


def flat_items(content: IO[bytes], path: str) -> Iterator[dict[str, Any]]:
    """Each object at the path, without the lists in it, however long those are: its numbers and
    texts by their own paths, such as `distance.qty`."""
    inside = f"{path}."
    item: dict[str, Any] = {}
    for place, event, value in events(content):
        if place == path and event == "start_map":
            item = {}
        elif place == path and event == "end_map":
            yield item
        elif event in _SCALARS and place.startswith(inside) and len(item) < MOST_FIELDS:
            name = place.removeprefix(inside)
            if f".{name}.".find(".item.") < 0:
                item[name] = value


def events(content: IO[bytes]) -> Iterator[tuple[str, str, Any]]:
    """Each event of the parser with the path that it is at, in the same bounds."""
    content.seek(0)
    stream = _Guarded(content, depth=DEEPEST)
    with _readable():
        yield from ijson.parse(stream, buf_size=_BUFFER, use_float=True)


def field(value: object, *names: str) -> Any:
    """What an object holds under the name, and under the next in that; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def elements(value: object) -> list[Any]:
    """The elements of a list; none where it is no list."""
    return value if isinstance(value, list) else []


class _Guarded:
    """A stream that looks at the brackets passing through, since the parser's memory grows with
    the square of the depth, and with what it has begun and not finished."""

    def __init__(self, content: IO[bytes], *, depth: int) -> None:
        self._content = content
        self._item_depth = depth
        self._depth = 0
        self._left = LARGEST_ITEM
        self._unfinished = b""
        self._begun = False

    def renew(self) -> None:
        self._left = LARGEST_ITEM

    def read(self, size: int) -> bytes:
        piece = self._content.read(size)
        if piece and not self._begun:
            self._begun = True
            piece = piece.removeprefix(_BOM) or self._content.read(size)
        piece = _without_attachments(piece)
        self._left -= len(piece)
        self._look_at(piece)
        if self._left < 0:
            raise UnreadableFileError(_TOO_LARGE)
        return piece

    def _look_at(self, piece: bytes) -> None:
        structure = self._unfinished + piece.translate(None, _FILLING)
        if not piece or not structure:
            return
        brackets = self._outside_strings(structure)
        depths = list(accumulate(map(_STEPS.__getitem__, brackets), initial=self._depth))
        self._depth = depths[-1]
        if max(depths) > DEEPEST:
            raise UnreadableFileError("The document is nested too deeply.")
        if len(depths) > 1 and min(depths) <= self._item_depth:
            self.renew()

    def _outside_strings(self, structure: bytes) -> bytes:
        """The brackets that are no text; what of a string goes on in the next piece is kept."""
        outside, quote, inside = _STRING.sub(b"", structure).partition(b'"')
        trailing = len(inside) - len(inside.rstrip(b"\\"))
        self._unfinished = quote + b"\\" * (trailing % 2)
        return outside


def _without_attachments(piece: bytes) -> bytes:
    runs = piece.translate(_RUNS).split(b" ")
    if max(map(len, runs)) <= LONGEST_RUN:
        return piece
    kept, place = [], 0
    for run in runs:
        end = place + len(run)
        kept.append(piece[place : min(end, place + LONGEST_RUN)] + piece[end : end + 1])
        place = end + 1
    return b"".join(kept)


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except ijson.JSONError:
        raise UnreadableFileError("This is not whole JSON: export it again.") from None
    except UnicodeError:
        raise UnreadableFileError("A text of the document cannot be read.") from None
