"""What a format is, and what it yields. A reader is a pure function of a file: it neither converts
nor stores, and says what it cannot read instead of leaving it out.

Adding a format is one module with a `FORMAT`, and its tests.
"""

import datetime as dt
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, NamedTuple, Protocol


class Reading(NamedTuple):
    """One thing that was measured, as the file says it.

    `kind` is a key of `KINDS`; `value` is in `unit` (UCUM), None for an interval whose length is
    what it says (a sleep stage). `start` and `end` are aware; `end` is None for an instant.
    `censor` is "<" or ">" where the device only says that the value lies beyond (`Low`, `High`).
    `group` ties what was measured at once (two pressures, the stages of a night). `origin` is the
    file's own name of the record, if it has one. `where` finds it again: a line, or a path.
    """

    kind: str
    start: dt.datetime
    end: dt.datetime | None
    value: float | None
    unit: str
    source: str
    where: str
    origin: str | None = None
    group: str | None = None
    censor: str | None = None


class Strip(NamedTuple):
    """Many readings of one kind, unit and source, for formats of millions of records: `cells` holds
    start, end and value of each, one after the other, the times in seconds since 1970. An end that
    is the start is an instant; the value of an interval kind is not looked at."""

    kind: str
    unit: str
    source: str
    cells: "array[float]"  # in quotes: Python 3.11 cannot evaluate it


class Logged(NamedTuple):
    """One thing that a person did or ate: an entry of a tracker. `fields` maps columns of the
    tracker to numbers with their units (UCUM), and `words` to texts and enum values."""

    tracker: str
    start: dt.datetime
    end: dt.datetime | None
    fields: Mapping[str, tuple[float, str]]
    words: Mapping[str, str]
    source: str
    where: str
    origin: str | None = None


class Problem(NamedTuple):
    """A record that cannot be read, and why in words that quote nothing of it."""

    where: str
    reason: str


class Question(NamedTuple):
    """Something that the file leaves open: what was assumed, and which field of `Options` to set to
    one of `choices` where that is wrong; `units.NAME` and `mapping.NAME` are one entry of those."""

    option: str
    assumed: str
    choices: tuple[str, ...]
    reason: str


Item = Reading | Strip | Logged | Problem | Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person may say about a file. `zone` is for local times without one (their own zone by
    default); None elsewhere means: find out, and ask with a `Question` where that is unsure."""

    zone: dt.tzinfo
    day_first: bool | None = None
    decimal_comma: bool | None = None
    delimiter: str | None = None
    encoding: str | None = None
    units: Mapping[str, str] | None = None
    mapping: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file at hand: `content` can be sought in, `name` is what its owner calls it (never trusted
    to say what it is), `head` its first 64 kB."""

    content: IO[bytes]
    name: str
    head: bytes


class Format(Protocol):
    """One format of files."""

    key: str
    title: str

    def sniff(self, file: File) -> bool:
        """Whether the file is of this format, by its content; cheap, and raises nothing."""

    def read(self, file: File, options: Options) -> Iterator[Item]:
        """All there is in the file, in its order, in bounded memory. Raises UnreadableFileError
        where the file as a whole cannot be read; a bad record is a Problem."""


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message says what to do, and quotes nothing."""
