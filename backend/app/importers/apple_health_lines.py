"""Records that stand on a line of their own, written as Apple has always written them.

Nearly all of a file are such lines. They are picked out many at once, since a file has millions;
what is left, and whatever is written in any other way, goes through expat. A line is known by what
stands before its dates, which thousands of records share; the dates have a fixed width.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from app.importers.apple_health_strands import Floats, Numbers, Strands
from app.importers.apple_health_words import QUANTITIES, QUANTITY
from app.importers.protocol import UnreadableFileError

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

MOST_HEADS = 20_000
LONGEST_HEAD = 1_000
TAKEN = "taken"
"""The one attribute that is left of a record whose children are left."""
_OTHER = -1
# No attribute may hold what XML would read in another way.
_HEAD = re.compile(
    rb'\s*<Record type="([^"<&]+)" sourceName="([^"<]*)"(?: sourceVersion="[^"<]*")?'
    rb'(?: device="[^"<]*")?(?: unit="([^"<]*)")?'
)
_DATES = b' creationDate="'
_TIME = b"0000-00-00 00:00:00 +0000"
_FORM = np.frombuffer(
    _TIME + b'" startDate="' + _TIME + b'" endDate="' + _TIME + b'" value="', dtype=np.uint8
)
_WIDTH = len(_FORM)
_START = len(_TIME + b'" startDate="')
_END = _START + len(_TIME + b'" endDate="')
_IS_DIGIT, _IS_SIGN = (np.equal(_FORM, ord(sign)) for sign in "0+")
_IS_WORD = ~_IS_DIGIT & ~_IS_SIGN
_ENDINGS: Mapping[bytes, bytes] = MappingProxyType(
    {b"/>": b"", b">": b'<Record %s="">' % TAKEN.encode()}
)
# Where the tens of a time stand: of century, year, month, day, hour, minute, second, and zone.
_TENS = np.array([0, 2, 5, 8, 11, 14, 17, 21, 23])
_SIGN = 20
# What may hold things that look like records and are none.
_OTHER_MARKUP = (b"<!", b"<?")


class PlainLines:
    """Takes plain records out of a document, piece by piece, until there is any markup in which
    that could go wrong."""

    def __init__(self, strands: Strands) -> None:
        self._strands = strands
        self._known = _Heads(self._strand_of)
        self._is_plain = True
        self._last = b""

    def take(self, piece: bytes) -> bytes:
        """What is left of the piece, wherever it was cut: as many lines, those that were taken
        empty."""
        if not self._is_plain:
            return piece
        lines = piece.split(b"\n")
        taken = self._picked(lines)
        left = b"\n".join(lines)
        seam = self._last + piece[:1]
        self._last = piece[-1:]
        if any(mark in where for mark in _OTHER_MARKUP for where in (left, seam)):
            self._is_plain = False
            return piece
        self._strands.add_many(*taken)
        return left

    def _picked(self, lines: list[bytes]) -> tuple[Numbers, Floats]:
        """The strands and the cells of plain records, each of whose lines becomes what is left of
        it."""
        parted = [line.partition(_DATES) for line in lines]
        known = self._known
        found = [known[head] if dates else _OTHER for head, dates, _ in parted]
        places = [place for place, number in enumerate(found) if number != _OTHER]
        cells, good, endings = _read([parted[place][2] for place in places])
        for place, ending, is_good in zip(places, endings, good.tolist(), strict=True):
            if is_good:
                lines[place] = ending
        return np.array([found[place] for place in places], dtype=np.int64)[good], cells[good]

    def _strand_of(self, head: bytes) -> int:
        found = _HEAD.fullmatch(head)
        if found is None:
            return _OTHER
        name, source, unit = (told or b"" for told in found.groups())
        kind = QUANTITIES.get(name.decode(errors="replace").removeprefix(QUANTITY))
        if kind is None or not name.startswith(QUANTITY.encode()):
            return _OTHER
        try:
            return self._strands.number(kind, _attribute(unit), _attribute(source))
        except UnreadableFileError:
            raise
        except (ValueError, expat.ExpatError):
            return _OTHER


class _Heads(dict[bytes, int]):
    """The number of a strand by what stands before the dates of its records."""

    def __init__(self, find: Callable[[bytes], int]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, head: bytes) -> int:
        number = self._find(head)
        if len(head) <= LONGEST_HEAD:
            if len(self) >= MOST_HEADS:
                self.clear()
            self[head] = number
        return number


def _read(tails: Sequence[bytes]) -> tuple[Floats, Flags, list[bytes]]:
    """Start, end and value of each; whether it can be read so; and what is left of its line."""
    rows = np.array(tails, dtype=f"S{_WIDTH}").view(np.uint8).reshape(-1, _WIDTH)
    columns = np.ascontiguousarray(rows.T)
    start, is_start = _seconds(columns[_START : _START + len(_TIME)])
    end, is_end = _seconds(columns[_END : _END + len(_TIME)])
    closed = [tail[_WIDTH:].partition(b'"') for tail in tails]
    value, is_number = _numbers([told for told, _, _ in closed])
    endings = [_ENDINGS.get(rest) for _, _, rest in closed]
    is_closed = np.array([ending is not None for ending in endings], dtype=np.bool_)
    good = _has_form(columns) & is_start & is_end & is_number & is_closed
    return np.stack((start, end, value), axis=1), good, [ending or b"" for ending in endings]


def _numbers(told: Sequence[bytes]) -> tuple[Floats, Flags]:
    """The numbers, and whether each is one."""
    try:
        return np.array([float(one) for one in told]), np.ones(len(told), dtype=np.bool_)
    except ValueError:
        read = np.array([_number(one) for one in told], dtype=np.float64)
        return read, np.array([_number(one) is not None for one in told], dtype=np.bool_)


def _number(told: bytes) -> float | None:
    try:
        return float(told)
    except ValueError:
        return None


def _has_form(columns: Bytes) -> Flags:
    words = (columns[_IS_WORD] == _FORM[_IS_WORD, None]).all(axis=0)
    digits = (columns[_IS_DIGIT] - np.uint8(ord("0")) <= 9).all(axis=0)  # below zero wraps around
    told = columns[_IS_SIGN]
    signs = ((told == ord("+")) | (told == ord("-"))).all(axis=0)
    good: Flags = words & digits & signs
    return good


def _seconds(columns: Bytes) -> tuple[Floats, Flags]:
    """Since 1970, of times like 2026-03-12 08:00:00 +0100; whether there is such a time."""
    digits = columns.astype(np.int32) - ord("0")
    two = digits[_TENS] * 10 + digits[_TENS + 1]
    century, year, month, day, hour, minute, second, zone_hour, zone_minute = two
    months = (century * 100 + year - 1970) * 12 + month - 1
    begin, follow = (_days(months + n) for n in (0, 1))
    offset = np.where(columns[_SIGN] == ord("-"), -60, 60) * (zone_hour * 60 + zone_minute)
    local = (begin + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    good = (century > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= follow - begin)
    good &= (hour < 24) & (minute < 60) & (second < 60) & (zone_hour < 24) & (zone_minute < 60)
    return (local - offset).astype(np.float64), good


def _days(months: NDArray[np.int32]) -> NDArray[np.int64]:
    """From 1970 to the first of the month."""
    return months.astype(np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _attribute(told: bytes) -> str:
    """What an attribute says, as expat reads it."""
    read: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _, given: read.append(given["a"])
    parser.Parse(b'<e a="' + told + b'"/>', True)
    return read[0]
