"""What every detector is: it learns from earlier days, then scores and decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Protocol, Self

import numpy as np

from app.ml.types import BoolArray, DailyValues, FloatArray, IntArray
from app.utils.enums import DetectorType


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How strange each day is. Arrays have the shape (days, metrics), `joint_p` (days,).

    `z` is signed and calibrated: 2.5 is as rare with ten days of history as with a hundred.
    `baseline` and the usual range, which holds about 95 days in 100, are in the metric's own
    unit. `history` counts the earlier days with a value, `history_from` is the ordinal of the
    first of them, 0 without any. A detector of whole days gives `joint_p`, and in `contribution`
    the share of each metric; one of single metrics gives `p_value` and `z`. The rest is NaN.
    """

    p_value: FloatArray
    z: FloatArray
    baseline: FloatArray
    usual_low: FloatArray
    usual_high: FloatArray
    contribution: FloatArray
    joint_p: FloatArray
    history: IntArray
    history_from: IntArray

    @classmethod
    def unknown(cls, days: int, metrics: int) -> Self:
        """Scores that say nothing, to be filled in."""
        names = ("p_value", "z", "baseline", "usual_low", "usual_high", "contribution")
        unknown = np.full((len(names), days, metrics), np.nan)
        return cls(
            **dict(zip(names, unknown, strict=True)),
            joint_p=np.full(days, np.nan),
            history=np.zeros((days, metrics), np.int64),
            history_from=np.zeros((days, metrics), np.int64),
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The scores of consecutive days, one after another."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            **{
                f.name: np.concatenate([getattr(part, f.name) for part in parts])
                for f in fields(cls)
            }
        )


class Detector(Protocol):
    """A way to find strange days.

    Constructors only store; `fit` learns from days that all lie before the scored ones, keeps
    what it learned under names that end in `_`, and returns self; higher scores are stranger.
    A day's scores depend on what was learned and on that day alone. `window` is how many days
    before a block of `refit_every` days `fit` gets to see.
    """

    detector_type: DetectorType
    version: str
    window: int
    refit_every: int

    def fit(self, past: DailyValues) -> Self: ...

    def score(self, days: DailyValues) -> Scores: ...

    def decide(self, scores: Scores) -> BoolArray:
        """Which metrics are strange on which day, shape (days, metrics)."""
        ...


def walk_forward(detector: Detector, values: DailyValues, tested: range) -> Scores:
    """Scores of the days at the indices `tested`, each from strictly earlier days.

    Days fall into blocks by their place in the calendar, never by what was asked, and a block's
    days are scored with what was learned before the block: a day's answer is the same whichever
    days were asked with it, whenever it is asked again. Days before the first row count as days
    on which nothing was logged.
    """
    parts = []
    for first, start, stop in _blocks(values, tested, detector.refit_every):
        past = values.rows(max(0, first - detector.window), max(0, first))
        parts.append(detector.fit(past).score(values.rows(start, stop)))
    return Scores.joined(parts or [Scores.unknown(0, len(values.keys))])


def _blocks(values: DailyValues, tested: range, length: int) -> Iterator[tuple[int, int, int]]:
    """The index of each block's first day, and the tested indices in it as start and stop."""
    for _, block in groupby(tested, lambda index: values.days[index].toordinal() // length):
        indices = list(block)
        first = indices[0] - values.days[indices[0]].toordinal() % length
        yield first, indices[0], indices[-1] + 1


def history(past: DailyValues) -> tuple[IntArray, IntArray]:
    """For each metric, the number of days with a value and the ordinal of the first, or 0."""
    known = np.isfinite(past.values)
    if not past.days:
        return known.sum(axis=0), np.zeros(known.shape[1], np.int64)
    first = past.days[0].toordinal() + known.argmax(axis=0)
    return known.sum(axis=0), np.where(known.any(axis=0), first, 0)
