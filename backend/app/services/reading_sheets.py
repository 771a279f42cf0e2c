"""Readings of a file in columns: converted, looked at for what cannot be, and packed for COPY.

Everything is done for many at once: a file has millions.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from app.importers.kinds import KINDS
from app.importers.protocol import Problem, Reading, Strip, UnreadableFileError
from app.importers.units import Linear, alternatives, conversion

READINGS_A_SHEET = 50_000
MOST_STRANDS = 10_000
MOST_SHOWN_HELD = 1_000
MOST_SHOWN_PROBLEMS = 50
ACCEPT, LEAVE = "accept", "leave"
_EARLIEST, _LATEST = -2_208_902_400.0, 4_133_894_400.0  # 1900-01-02 and 2100-12-30
_LONGEST_SECONDS = 7 * 86_400.0
_EPOCH = 946_684_800  # PostgreSQL counts from 2000
EPOCH_MICROSECONDS = _EPOCH * 1_000_000
_CENSORS = {"<": -1, ">": 1}
_MIXERS = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))

Floats = NDArray[np.float64]
Cells = NDArray[Any]
CELLS = np.dtype(
    [
        ("at", "i8"),
        ("until", "i8"),
        ("value", "f8"),
        ("original", "f8"),
        ("identity", "i4"),
        ("censor", "i2"),
    ]
)
"""A reading: times in microseconds since 2000, `until` being `at` for an instant."""


class Strand(NamedTuple):
    """What many readings share."""

    kind: str
    source: str
    unit: str

    @property
    def group(self) -> str:
        return f"{self.kind}|{self.unit}|{self.source}"


class Sheet(NamedTuple):
    """Readings that are good to be stored, in order of their times and identities."""

    strand: Strand
    cells: Cells


class Withheld(NamedTuple):
    """Readings that cannot be what they say, with their values as they stand."""

    strand: Strand
    cells: Cells


@dataclass(slots=True, kw_only=True)
class HeldGroup:
    """Readings of a strand that cannot be what they say; `guesses` counts for how many which unit
    would make sense. `examples` are (seconds since 1970, value)."""

    reason: str
    count: int = 0
    guesses: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[float, float]] = field(default_factory=list)

    @property
    def guess(self) -> str | None:
        """The unit that most of them may have been in, if it is the most."""
        ranked = self.guesses.most_common(1)
        return ranked[0][0] if ranked and 2 * ranked[0][1] > self.count else None


class _Row(NamedTuple):
    start: float
    end: float
    value: float
    censor: int
    origin: int


@dataclass(slots=True)
class Gathering:
    """Takes what a reader yields, and gives sheets.

    `answers` says what to do with readings of a group that cannot be what they say: to take them
    as they stand, or in which unit to read them. Of groups in `suspects` all readings are meant:
    most of them make no sense in the unit that they name. With `keeps_held` those that wait for an
    answer are given, too.
    """

    latest: float
    keeps_held: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    suspects: frozenset[str] = frozenset()
    counts: Counter[Strand] = field(default_factory=Counter)
    held: dict[Strand, HeldGroup] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    _rows: dict[Strand, list[_Row]] = field(default_factory=dict)
    _shown_held: int = 0

    def take(self, item: Reading | Strip) -> Iterator[Sheet | Withheld]:
        """The sheets that have become full."""
        kind = KINDS[item.kind]
        unit = kind.unit if kind.is_interval else clean(item.unit)[:40]
        strand = Strand(item.kind, clean(item.source), unit)
        if isinstance(item, Strip):
            cells = np.array(item.cells, dtype=np.float64).reshape(-1, 3)
            nothing = np.zeros(len(cells), dtype=np.int64)
            start, end, value = cells.T
            yield from self._sheets(strand, start, end, value, nothing, nothing)
            return
        rows = self._rows.setdefault(strand, [])
        rows.append(_row(item))
        if len(self._rows) > MOST_STRANDS or len(self.counts) > MOST_STRANDS:
            raise UnreadableFileError("The file names more sources than are taken.")
        if len(rows) >= READINGS_A_SHEET:
            yield from self._flush(strand)

    def rest(self) -> Iterator[Sheet | Withheld]:
        for strand in list(self._rows):
            yield from self._flush(strand)

    def note(self, problem: Problem, count: int = 1) -> None:
        self.problem_count += count
        if len(self.problems) < MOST_SHOWN_PROBLEMS:
            self.problems.append(problem)

    def suspicious(self) -> frozenset[str]:
        """The groups of which most readings make no sense, but would in another unit."""
        return frozenset(
            strand.group
            for strand, held in self.held.items()
            if held.guess is not None and 2 * held.count > self.counts[strand]
        )

    def _flush(self, strand: Strand) -> Iterator[Sheet | Withheld]:
        rows = self._rows.pop(strand)
        start, end, value = np.array([row[:3] for row in rows], dtype=np.float64).T
        censor, origin = np.array([row[3:] for row in rows], dtype=np.int64).T
        yield from self._sheets(strand, start, end, value, censor, origin)

    def _sheets(
        self,
        strand: Strand,
        start: Floats,
        end: Floats,
        value: Floats,
        censor: NDArray[np.int64],
        origin: NDArray[np.int64],
    ) -> Iterator[Sheet | Withheld]:
        if KINDS[strand.kind].is_interval:
            value = (end - start) / 60
        possible = self._possible(strand, start, end, value)
        if not possible.all():
            start, end, value = start[possible], end[possible], value[possible]
            censor, origin = censor[possible], origin[possible]
        self.counts[strand] += len(start)
        left = np.ones(len(start), dtype=np.bool_)
        for unit, way, chosen in self._ways(strand, value):
            if chosen.any():
                left &= ~chosen
                cells = _cells(start, end, value, way, censor, origin)[chosen]
                yield Sheet(strand._replace(unit=unit), _in_order(cells))
        if left.any():
            self._hold(strand, start[left], value[left])
            if self.keeps_held and self.answers.get(strand.group) != LEAVE:
                cells = _cells(start, end, value, Linear(1.0), censor, origin)[left]
                yield Withheld(strand, cells)

    def _possible(
        self, strand: Strand, start: Floats, end: Floats, value: Floats
    ) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore"):
            known = (start > _EARLIEST) & (end < _LATEST) & np.isfinite(value)
            length = end - start
            checks = (
                (known, "it has no time or no finite value"),
                (start <= self.latest, "it lies in the future"),
                (length >= 0, "it ends before it begins"),
                (length <= _LONGEST_SECONDS, "it is longer than a week"),
            )
        possible = np.ones(len(start), dtype=np.bool_)
        for passed, reason in checks:
            failed = possible & ~passed
            if failed.any():
                self.note(Problem(strand.kind, reason), int(failed.sum()))
            possible &= passed
        return possible

    def _ways(
        self, strand: Strand, value: Floats
    ) -> Iterator[tuple[str, Linear, NDArray[np.bool_]]]:
        """How the values are read: the unit, its conversion, and which of them."""
        own, answer = conversion(strand.kind, strand.unit), self.answers.get(strand.group)
        other = None if answer in (None, ACCEPT, LEAVE) else conversion(strand.kind, answer or "")
        fits = _fits(strand.kind, value, own)
        if strand.group in self.suspects and answer != ACCEPT:
            fits = np.zeros(len(value), dtype=np.bool_)
        if own is not None:
            yield strand.unit, own, fits | (answer == ACCEPT)
        if other is not None:
            yield answer or "", other, ~fits & _fits(strand.kind, value, other)

    def _hold(self, strand: Strand, start: Floats, value: Floats) -> None:
        known = conversion(strand.kind, strand.unit) is not None
        held = self.held.setdefault(
            strand, HeldGroup(reason="implausible" if known else "unknown unit")
        )
        held.count += len(value)
        held.guesses.update(_guesses(strand, value))
        room = max(0, min(20 - len(held.examples), MOST_SHOWN_HELD - self._shown_held))
        self._shown_held += min(room, len(value))
        held.examples += zip(start[:room].tolist(), value[:room].tolist(), strict=True)


def clean(name: str) -> str:
    """A name as it can be stored and shown."""
    plain = "".join(" " if c.isspace() else c for c in name if c.isprintable() or c.isspace())
    return plain.strip()[:200] or "unknown"


def _in_order(cells: Cells) -> Cells:
    at = cells["at"]
    if (at[1:] > at[:-1]).all():
        return cells
    ordered: Cells = cells[np.lexsort((cells["identity"], at))]
    return ordered


def each_once(cells: Cells) -> Cells:
    """Without those that say what the one before them says."""
    at, identity = cells["at"], cells["identity"]
    again = (at[1:] == at[:-1]) & (identity[1:] == identity[:-1])
    return cells[np.r_[True, ~again]] if again.any() else cells


def packed(cells: Cells, series: int) -> bytes:
    """The rows as COPY takes them in binary: each column after its length."""
    columns = [("series", "i4"), *((name, CELLS[name].str[1:]) for name in CELLS.names or ())]
    fields: list[tuple[str, str]] = [("width", ">i2")]
    for name, kind in columns:
        fields += [(f"{name}_bytes", ">i4"), (name, f">{kind}")]
    rows = np.zeros(len(cells), dtype=fields)
    rows["width"], rows["series"] = len(columns), series
    for name, kind in columns:
        rows[f"{name}_bytes"] = int(kind[1:])
        if name != "series":
            rows[name] = cells[name]
    return rows.tobytes()


def _row(item: Reading) -> _Row:
    start = _seconds(item.start)
    value = math.nan if item.value is None else float(item.value)
    return _Row(
        start,
        start if item.end is None else _seconds(item.end),
        value,
        _CENSORS.get(item.censor or "", 0),
        0 if item.origin is None else crc32(item.origin.encode(errors="replace")) + 1,
    )


def _seconds(instant: Any) -> float:
    try:
        return float(instant.timestamp())
    except (OverflowError, ValueError, OSError):
        return math.nan


def _fits(kind: str, value: Floats, way: Linear | None) -> NDArray[np.bool_]:
    if way is None:
        return np.zeros(len(value), dtype=np.bool_)
    low_high = KINDS[kind].plausible
    with np.errstate(over="ignore"):
        converted = value * way.factor + way.offset
    slack = 1e-9 * max(1.0, abs(low_high.high))
    return (converted >= low_high.low - slack) & (converted <= low_high.high + slack)


def _guesses(strand: Strand, value: Floats) -> Mapping[str, int]:
    """For each value the unit that brings it nearest to the middle of what is plausible."""
    low_high = KINDS[strand.kind].plausible
    middle = math.log(math.sqrt(max(low_high.low, 0.01 * low_high.high) * low_high.high))
    best = np.full(len(value), math.inf)
    chosen = np.full(len(value), -1)
    units = alternatives(strand.kind, strand.unit)
    for place, unit in enumerate(units):
        way = conversion(strand.kind, unit)
        if way is None:
            continue
        with np.errstate(all="ignore"):
            distance = np.abs(np.log(value * way.factor + way.offset) - middle)
        better = _fits(strand.kind, value, way) & (distance < best)
        best[better], chosen[better] = distance[better], place
    return {units[p]: int(n) for p, n in Counter(chosen.tolist()).items() if p >= 0}


def _cells(
    start: Floats,
    end: Floats,
    value: Floats,
    way: Linear,
    censor: NDArray[np.int64],
    origin: NDArray[np.int64],
) -> Cells:
    cells = np.empty(len(start), dtype=CELLS)
    cells["at"], cells["until"] = _microseconds(start), _microseconds(end)
    with np.errstate(over="ignore"):
        cells["value"] = value * way.factor + way.offset
    cells["original"], cells["censor"] = value, censor
    content = _mixed(cells["until"].astype(np.int64), value)
    cells["identity"] = np.where(origin > 0, origin - 1, content).astype(np.uint32).view(np.int32)
    return cells


def _microseconds(seconds: Floats) -> NDArray[np.int64]:
    return np.rint((seconds - _EPOCH) * 1e6).astype(np.int64)


def _mixed(until: NDArray[np.int64], value: Floats) -> NDArray[np.int64]:
    """32 bits of an end and a value, well mixed (the finalizer of SplitMix64). Two records of one
    series and instant that differ are told apart by them; it must never change."""
    first, second, third = _MIXERS
    with np.errstate(over="ignore"):
        bits = np.ascontiguousarray(value + 0.0).view(np.uint64)  # -0.0 becomes 0.0
        state = until.view(np.uint64) * first ^ bits
        state = (state ^ (state >> np.uint64(30))) * second
        state = (state ^ (state >> np.uint64(27))) * third
    mixed: NDArray[np.int64] = ((state ^ (state >> np.uint64(31))) >> np.uint64(32)).astype(
        np.int64
    )
    return mixed
