"""The values that the stages of detection hand to one another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.utils.enums import DetectorType, Direction, Severity

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Conditions = Mapping[str, date]
"""Since when each of a person's conditions is on file, by the names of the catalogue's limits. A
day is judged by those that were on file then."""


@dataclass(frozen=True, slots=True)
class DailyValues:
    """One person's metrics by day.

    `values` has the shape (days, keys); `days` are consecutive; NaN means that nothing was logged.
    """

    days: tuple[date, ...]
    keys: tuple[str, ...]
    values: FloatArray

    def column(self, key: str) -> FloatArray:
        """The metric's values, shape (days,)."""
        return self.values[:, self.keys.index(key)]

    def rows(self, start: int, stop: int) -> "DailyValues":
        """The days from index `start` up to, not including, `stop`."""
        return DailyValues(self.days[start:stop], self.keys, self.values[start:stop])


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A metric's part in a finding; shares of one finding sum to 1. Findings of before ranges were
    kept have none."""

    metric: str
    share: float
    value: float
    baseline: float | None
    usual_low: float | None = None
    usual_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One strange metric on one day, with its evidence, in the metric's own unit.

    Two axes are kept apart: `unusual` is against the person's own past, `clinical` names the
    guideline whose limit is broken. `score` runs from 0 to 100, higher is stranger. `history_days`
    counts the earlier days with a value; all of them lie in [`history_from`, `day`).
    """

    day: date
    metric: str
    value: float
    baseline: float | None
    usual_low: float | None
    usual_high: float | None
    direction: Direction
    detector: DetectorType
    score: float
    p_value: float | None
    severity: Severity
    unusual: bool
    clinical: str | None
    contributions: tuple[Contribution, ...]
    history_days: int
    history_from: date | None
    version: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A person's answer to a finding: this is not unusual for me."""

    day: date
    metric: str
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person asked of detection.

    `alarms_per_month` is the budget of false alarms, in alarm days in 30.44 days. `thresholds` are
    z limits by metric key or alias that tell whatever the budget says. Days in `set_aside` are
    tested, but nothing is learned from them.
    """

    alarms_per_month: float = 1.0
    thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    conditions: Conditions = field(default_factory=lambda: MappingProxyType({}))
    set_aside: frozenset[date] = frozenset()
    accepted: tuple[Accepted, ...] = ()
