"""Where one metric stands: against the person's usual, and against its clinical range."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from app.catalog import Metric
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
class Standing:
    """One metric's value now, NaN if unknown, beside the usual of the days before."""

    metric: Metric
    value: float
    values: DailyValues
    before: Usual

    @property
    def column(self) -> FloatArray:
        return self.values.column(self.metric.key)

    @property
    def days_needed(self) -> int:
        return days_needed(self.metric)

    @property
    def state(self) -> DataState:
        """Of this metric alone: the days that are compared with, and how long it is silent."""
        return DataState(
            days_with_data=int(self._usual_of("days")),
            days_needed=self.days_needed,
            silent_days=len(self.column) - 1 - self._latest_index,
            last_day=self.values.days[self._latest_index],
        )

    @property
    def _latest_index(self) -> int:
        return int(np.flatnonzero(~np.isnan(self.column))[-1])

    @property
    def is_ready(self) -> bool:
        return self._usual_of("days") >= self.days_needed

    def as_daily(self) -> DailyMetric:
        return DailyMetric(value=self._told(self.value), **self._shared())

    def as_weekly(self, *, days: int) -> WeeklyMetric:
        """`value` is the mean of so many days."""
        change = self.value - self._usual_of("mean")
        return WeeklyMetric(
            value=self._told(self.value),
            days=days,
            change=self._told(change),
            change_pct=_percent(change, self._usual_of("mean")),
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

    def _usual_of(self, name: Literal["days", "mean", "median", "low", "high"]) -> float:
        return float(getattr(self.before, name)[self.values.keys.index(self.metric.key)])

    def _usual(self) -> UsualRange:
        return UsualRange(
            days=int(self._usual_of("days")),
            mean=self._told(self._usual_of("mean")),
            median=self._told(self._usual_of("median")),
            low=self._told(self._usual_of("low")),
            high=self._told(self._usual_of("high")),
        )

    def _direction(self) -> Literal["above", "below", "usual"] | None:
        if math.isnan(self.value) or not self.is_ready:
            return None
        if self.value > self._usual_of("high"):
            return "above"
        return "below" if self.value < self._usual_of("low") else "usual"

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
        index = self._latest_index
        value = round(float(self.column[index]), self.metric.decimals + 2)
        return LatestValue(date=self.values.days[index], value=value)

    def _trend(self) -> TrendOut | None:
        seen = trend(self.column[-TREND_DAYS:])
        if seen is None:
            return None
        per_week = round(seen.slope, self.metric.decimals + 3)
        return TrendOut(per_week=per_week, p_value=round(seen.p_value, 6), days=seen.days)

    def _told(self, value: float) -> float | None:
        return None if math.isnan(value) else round(value, self.metric.decimals + 2)


def _percent(change: float, base: float) -> float | None:
    """Unknown against a base of zero or below, where a share has no meaning."""
    return round(100 * change / base, 1) if base > 0 and not math.isnan(change) else None
