"""What detection remembers of a person, so that a new day costs a day and not its whole past.

Nothing here can be out of date: every remembered figure is kept with marks of the rows that it
rests on, and counts only as far as those rows are the same today.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.catalog import Catalogue
from app.ml import rating
from app.ml.priors import Priors
from app.ml.rating import Learned
from app.ml.types import Accepted, DailyValues, Finding, FloatArray, Wishes

Marks = NDArray[np.uint64]

KEPT_DAYS = 900
"""Older days are forgotten."""

SCORING = ("app.ml", "app.ml.detectors", "app.catalog")
"""All that a score rests on: whatever changes there voids all memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What was found so far, up to the day `last`.

    `marks` stand for the rows of the last days. `scores` are those of the last days, as far back as
    they are known, and `learned` is what the newest of them rests on. `findings` are all of the
    days from `judged` on. `model` stands for the code, the catalogue and the priors; `told_by` for
    the wishes that decide which days are told, `set_aside` and `accepted` are the rest of them.
    """

    model: str
    last: date
    marks: Marks
    scores: FloatArray
    learned: Learned | None
    told_by: str
    set_aside: frozenset[date]
    accepted: tuple[Accepted, ...]
    judged: date
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What of a memory still holds for some rows.

    The `scores` of the first of those that are needed, and the `findings` of the first `judged` of
    those that are asked for; `continues` where those before them hold too. `marks` are those of all
    rows.
    """

    marks: Marks
    scores: FloatArray
    judged: int
    continues: bool
    findings: tuple[Finding, ...]
    learned: Learned | None

    @classmethod
    def nothing(cls, marks: Marks) -> Self:
        return cls(
            marks=marks,
            scores=np.empty(0),
            judged=0,
            continues=False,
            findings=(),
            learned=None,
        )


class _Place:
    """Where a memory's days lie among the rows of some values; days before the first have negative
    indices. The rows from `start` up to, not including, `stop` are as they were."""

    def __init__(self, memory: Memory, values: DailyValues, marks: Marks, wishes: Wishes) -> None:
        self._first_day = values.days[0].toordinal()
        self.end = self.of(memory.last) + 1
        first = self.end - len(memory.marks)
        self.start = max(0, first)
        self.whole = first == 0
        kept = memory.marks[self.start - first :]
        now = marks[self.start : self.end]
        size = min(len(kept), len(now))
        changed = np.flatnonzero(kept[:size] != now[:size])
        self.stop = self.start + (int(changed[0]) if len(changed) else size)
        then, today = _answers(memory), _answers(wishes)
        for day, _ in (then - today) + (today - then):
            # An answer speaks of its own day, and counts from the next one on.
            self.stop = min(self.stop, self.of(day) + 1)

    def of(self, day: date) -> int:
        return day.toordinal() - self._first_day

    def holds(self, row: int, reach: int) -> bool:
        """Whether what rests on the row and the `reach` rows before it still does."""
        return row < self.stop and (self.whole or row - reach >= self.start)


def _answers(said: Memory | Wishes) -> Counter[tuple[date, str]]:
    aside = Counter((day, "") for day in said.set_aside)
    return aside + Counter((a.day, f"{a.metric} {a.direction}") for a in said.accepted)


def recall(
    memory: Memory | None,
    values: DailyValues,
    *,
    needed: range,
    asked: range,
    wishes: Wishes,
    lookback: int,
    model: str,
) -> Recalled:
    """What is remembered of the scores of the rows `needed` and of the findings, which rest on
    `lookback` days, of the rows `asked`.

    What does not hold from the first row on is not recalled.
    """
    marks = marks_of(values)
    if memory is None or memory.model != model:
        return Recalled.nothing(marks)
    place = _Place(memory, values, marks, wishes)
    scores, judged = np.empty(0), 0
    begin = place.end - len(memory.scores)
    if begin <= needed.start and place.holds(needed.start, rating.REACH):
        scores = memory.scores[needed.start - begin :][
            : min(place.stop, needed.stop) - needed.start
        ]
    alike = told_alike(memory, wishes)
    stop = min(place.stop, place.of(alike) + 1) if alike else 0
    continues = place.of(memory.judged) <= asked.start <= stop and place.holds(
        asked.start - 1, lookback - 1
    )
    if continues:
        judged = min(stop, asked.stop) - asked.start
    first, end = values.days[asked.start], asked.start + judged
    return Recalled(
        marks=marks,
        scores=scores,
        judged=judged,
        continues=continues,
        findings=tuple(f for f in memory.findings if first <= f.day and place.of(f.day) < end),
        learned=_learned(memory, place),
    )


def _learned(memory: Memory, place: _Place) -> Learned | None:
    """What was learned holds where the score of its block's first day does."""
    if memory.learned is None:
        return None
    first = place.of(memory.learned.block)
    if not place.holds(first, rating.LEARNED_REACH + 1):
        return None
    return memory.learned if place.stop == place.end else replace(memory.learned, middles=None)


def remembered(
    memory: Memory | None,
    recalled: Recalled,
    values: DailyValues,
    *,
    needed: range,
    asked: range,
    wishes: Wishes,
    scores: FloatArray,
    findings: Sequence[Finding],
    learned: Learned | None,
    model: str,
) -> Memory:
    """The memory after a run that found these `scores` of the rows `needed` and all `findings` of
    the rows `asked`. A run over days before the remembered ones changes nothing."""
    last = values.days[asked.stop - 1]
    if memory is not None and memory.model == model and memory.last > last:
        return memory
    marks, judged = recalled.marks[: asked.stop], values.days[asked.start]
    found = tuple(findings)
    if memory is not None and memory.model == model:
        ahead = (values.days[0] - memory.last).days - 1 + len(memory.marks)
        if 0 < ahead <= len(memory.marks):
            marks = np.concatenate([memory.marks[:ahead], marks])
        begin = (memory.last - values.days[needed.start]).days + 1 - len(memory.scores)
        if len(recalled.scores):
            scores = np.concatenate([memory.scores[: max(0, -begin)], scores])
        if recalled.continues:
            judged = memory.judged
            found = (*(f for f in memory.findings if f.day < values.days[asked.start]), *found)
    forgotten = last - timedelta(KEPT_DAYS - 1)
    return Memory(
        model=model,
        last=last,
        marks=marks[-KEPT_DAYS:],
        scores=scores[-KEPT_DAYS:],
        learned=learned,
        told_by=told_by(wishes, last),
        set_aside=wishes.set_aside,
        accepted=wishes.accepted,
        judged=max(judged, forgotten),
        findings=tuple(f for f in found if f.day >= forgotten),
    )


_MULTIPLIERS = np.random.default_rng(7).integers(1, 2**63, (2, 1024), dtype=np.uint64) * 2 + 1


def marks_of(values: DailyValues) -> Marks:
    """A 64-bit mark of each row: equal rows have equal marks, others but by a freak of chance."""
    return marks_of_rows(values.values)


def marks_of_rows(rows: FloatArray) -> Marks:
    """Of rows of the shape (..., metrics)."""
    first, second = _MULTIPLIERS[:, : rows.shape[-1]]
    plain = rows + 0.0  # one zero
    mixed = plain.view(np.uint64)
    mixed |= np.negative(np.isnan(plain), dtype=np.int64).view(np.uint64)  # and one NaN, all ones
    mixed *= first
    mixed ^= mixed >> np.uint64(32)  # decimal numbers differ in their high bits only
    return np.asarray(mixed @ second)


def told_by(wishes: Wishes, last: date) -> str:
    """A mark of the wishes that decide which days up to the last are told."""
    on_file = sorted((name, since) for name, since in wishes.conditions.items() if since <= last)
    said = (wishes.alarms_per_month, sorted(wishes.thresholds.items()), on_file)
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def told_alike(memory: Memory, wishes: Wishes) -> date | None:
    """Up to which of its days the same wishes decide as when they were judged, if there is any: a
    condition that has come on file since changes only the days that it was on file."""
    ends = {memory.last, *(since - timedelta(1) for since in wishes.conditions.values())}
    alike = (day for day in ends if day <= memory.last and memory.told_by == told_by(wishes, day))
    return max(alike, default=None)


@cache
def mark_of_source(*packages: str) -> bytes:
    """Another one as soon as anything in these packages is written otherwise."""
    digest = blake2b(digest_size=16)
    for package in packages:
        for file in sorted(resources.files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
    return digest.digest()


@cache
def model_of(catalogue: Catalogue, priors: Priors) -> str:
    """A mark of what scores: the code, the metrics and what is known of people in general."""
    said = [*catalogue.keys, priors.written()]
    code = mark_of_source(*SCORING)
    return blake2b(code + "\n".join(said).encode(), digest_size=16).hexdigest()
