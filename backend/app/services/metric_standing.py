"""Where one metric stands: against the person's usual, and against its clinical range."""

import datetime as dt
import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from app.catalog import Catalogue, Metric
from app.ml.trends import trend
from app.ml.types import DailyValues, FloatArray
from app.ml.usual import Usual
from app.services.data_state import status_of
from app.utils.enums import DataStatus

Told = dict[str, object]
"""What the API tells, in the order in which it does."""
READY_DAYS = 14
"""For metrics that detection does not watch."""
TREND_DAYS = 28


def days_needed(metric: Metric) -> int:
    """The known days below which nothing is called usual."""
    return metric.watch.minimum_days if metric.watch is not None else READY_DAYS


class Before(NamedTuple):
    """What was usual of one metric: a row of `Usual`."""

    days: int
    mean: float
    median: float
    low: float
    high: float


class Standing(NamedTuple):
    """One metric's value now, NaN if unknown, beside the usual of the days before.

    `column` has the shape (days,); its newest known value, `latest`, is that of `last_day`.
    """

    metric: Metric
    value: float
    column: FloatArray
    latest: float
    last_day: dt.date
    silent_days: int
    before: Before

    def as_daily(self) -> Told:
        """As `DailyMetric` has it."""
        return self._shared() | {"value": self._told(self.value)}

    def as_weekly(self, *, days: int) -> Told:
        """As `WeeklyMetric` has it; `value` is the mean of so many days."""
        change = self.value - self.before.mean
        return self._shared() | {
            "value": self._told(self.value),
            "days": days,
            "change": self._told(change),
            "change_pct": _percent(change, self.before.mean),
            "trend": self._trend(),
        }

    def _shared(self) -> Told:
        metric, needed = self.metric, days_needed(self.metric)
        return {
            "key": metric.key,
            "label": metric.label,
            "unit": metric.unit,
            "decimals": metric.decimals,
            "family": metric.family,
            "status": self._status(needed).value,
            "days_needed": needed,
            "usual": self._usual(),
            "direction": self._direction(needed),
            "clinical": self._clinical(),
            "latest": self._latest(),
        }

    def _status(self, needed: int) -> DataStatus:
        return status_of(self.before.days, needed=needed, silent=self.silent_days)

    def _usual(self) -> Told:
        before, told = self.before, self._told
        return {
            "days": before.days,
            "mean": told(before.mean),
            "median": told(before.median),
            "low": told(before.low),
            "high": told(before.high),
        }

    def _direction(self, needed: int) -> Literal["above", "below", "usual"] | None:
        if math.isnan(self.value) or self.before.days < needed:
            return None
        if self.value > self.before.high:
            return "above"
        return "below" if self.value < self.before.low else "usual"

    def _clinical(self) -> Told | None:
        limits = self.metric.clinical
        if limits is None:
            return None
        return {
            "low": float(limits.low),
            "high": float(limits.high),
            "guideline": self.metric.guideline,
            "is_outside": None if math.isnan(self.value) else self.value not in limits,
        }

    def _latest(self) -> Told:
        return {"date": self.last_day, "value": round(self.latest, self.metric.decimals + 2)}

    def _trend(self) -> Told | None:
        seen = trend(self.column[-TREND_DAYS:])
        if seen is None:
            return None
        per_week = round(seen.slope, self.metric.decimals + 3)
        return {"per_week": per_week, "p_value": round(seen.p_value, 6), "days": seen.days}

    def _told(self, value: float) -> float | None:
        return None if math.isnan(value) else round(value, self.metric.decimals + 2)


def standings(
    values: DailyValues, now: FloatArray, usual: Usual, catalogue: Catalogue
) -> Iterator[Standing]:
    """Of the metrics with any data; `now` has the shape (keys,)."""
    known = np.isfinite(values.values)
    silent = known[::-1].argmax(axis=0)
    latest = values.values[len(known) - 1 - silent, np.arange(known.shape[1])]
    # Lists, since reading an array's elements one by one takes longer than all else here.
    befores = map(Before, *(getattr(usual, name).tolist() for name in Before._fields))
    figures = zip(now.tolist(), latest.tolist(), silent.tolist(), befores, strict=True)
    for index, (value, newest, days_silent, before) in enumerate(figures):
        if known[-1 - days_silent, index]:
            yield Standing(
                metric=catalogue[values.keys[index]],
                value=value,
                column=values.values[:, index],
                latest=newest,
                last_day=values.days[-1 - days_silent],
                silent_days=days_silent,
                before=before,
            )


def _percent(change: float, base: float) -> float | None:
    """Unknown against a base of zero or below, where a share has no meaning."""
    return round(100 * change / base, 1) if base > 0 and not math.isnan(change) else None
