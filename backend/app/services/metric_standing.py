"""Where one metric stands: against the person's usual, and against its clinical range."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from app.catalog import Catalogue, Metric
from app.ml.trends import trend
from app.ml.types import DailyValues, FloatArray
from app.ml.usual import Usual
from app.schemas.dashboard import (
    ClinicalStanding,
    DailyMetric,
    LatestValue,
    TrendOut,
    UsualRange,
    WeeklyMetric,
)
from app.services.data_state import DataState

READY_DAYS = 14
"""For metrics that detection does not watch."""
TREND_DAYS = 28


def days_needed(metric: Metric) -> int:
    """The known days below which nothing is called usual."""
    return metric.watch.minimum_days if metric.watch is not None else READY_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was usual of one metric: a row of `Usual`."""

    days: int
    mean: float
    median: float
    low: float
    high: float


_OF_USUAL = tuple(field.name for field in fields(Before))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
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

    @property
    def days_needed(self) -> int:
        return days_needed(self.metric)

    @property
    def state(self) -> DataState:
        """Of this metric alone: the days that are compared with, and how long it is silent."""
        return DataState(
            days_with_data=self.before.days,
            days_needed=self.days_needed,
            silent_days=self.silent_days,
            last_day=self.last_day,
        )

    @property
    def is_ready(self) -> bool:
        return self.before.days >= self.days_needed

    def as_daily(self) -> DailyMetric:
        return DailyMetric(value=self._told(self.value), **self._shared())

    def as_weekly(self, *, days: int) -> WeeklyMetric:
        """`value` is the mean of so many days."""
        change = self.value - self.before.mean
        return WeeklyMetric(
            value=self._told(self.value),
            days=days,
            change=self._told(change),
            change_pct=_percent(change, self.before.mean),
            trend=self._trend(),
            **self._shared(),
        )

    def _shared(self) -> dict[str, Any]:
        metric = self.metric
        return {
            "key": metric.key,
            "label": metric.label,
            "unit": metric.unit,
            "decimals": metric.decimals,
            "family": metric.family,
            "status": self.state.status,
            "days_needed": self.days_needed,
            "usual": self._usual(),
            "direction": self._direction(),
            "clinical": self._clinical(),
            "latest": self._latest(),
        }

    def _usual(self) -> UsualRange:
        return UsualRange(
            days=self.before.days,
            mean=self._told(self.before.mean),
            median=self._told(self.before.median),
            low=self._told(self.before.low),
            high=self._told(self.before.high),
        )

    def _direction(self) -> Literal["above", "below", "usual"] | None:
        if math.isnan(self.value) or not self.is_ready:
            return None
        if self.value > self.before.high:
            return "above"
        return "below" if self.value < self.before.low else "usual"

    def _clinical(self) -> ClinicalStanding | None:
        limits = self.metric.clinical
        if limits is None:
            return None
        return ClinicalStanding(
            low=limits.low,
            high=limits.high,
            guideline=self.metric.guideline,
            is_outside=None if math.isnan(self.value) else self.value not in limits,
        )

    def _latest(self) -> LatestValue:
        return LatestValue(date=self.last_day, value=round(self.latest, self.metric.decimals + 2))

    def _trend(self) -> TrendOut | None:
        seen = trend(self.column[-TREND_DAYS:])
        if seen is None:
            return None
        per_week = round(seen.slope, self.metric.decimals + 3)
        return TrendOut(per_week=per_week, p_value=round(seen.p_value, 6), days=seen.days)

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
    befores = zip(*(getattr(usual, name).tolist() for name in _OF_USUAL), strict=True)
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
                before=Before(**dict(zip(_OF_USUAL, before, strict=True))),
            )


def _percent(change: float, base: float) -> float | None:
    """Unknown against a base of zero or below, where a share has no meaning."""
    return round(100 * change / base, 1) if base > 0 and not math.isnan(change) else None
