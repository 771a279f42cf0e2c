"""Clinical limits: what is told whatever is usual for the person."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.catalog import ClinicalLimit, Metric
from app.ml.types import DailyValues, FloatArray
from app.utils.enums import Direction, Severity

QUIET_DAYS = 7
"""A limit that is not told every day is told again after so many days without it."""

SEVERITIES = tuple(Severity)  # in ascending order


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """The gravest limit that a value breaks; `told` where any broken limit alarms that day."""

    limit: ClinicalLimit
    direction: Direction
    told: bool

    @property
    def severity(self) -> Severity:
        return Severity(self.limit.severity)


def applicable(metric: Metric, conditions: frozenset[str]) -> tuple[ClinicalLimit, ...]:
    """The metric's limits for a person with these conditions on file."""
    return tuple(
        limit
        for limit in metric.limits
        if (limit.condition is None or limit.condition in conditions)
        and (limit.unless is None or limit.unless not in conditions)
    )


def breach(
    values: DailyValues, index: int, metric: Metric, limits: Sequence[ClinicalLimit]
) -> Breach | None:
    """What the metric's value on the day at `index` breaks, if anything."""
    column = values.column(metric.key)
    broken = [limit for limit in limits if limit.broken_by(float(column[index]))]
    if not broken:
        return None
    gravest = max(broken, key=lambda limit: SEVERITIES.index(Severity(limit.severity)))
    before = column[max(0, index - QUIET_DAYS) : index]
    above = gravest.above is not None and bool(column[index] > gravest.above)
    return Breach(
        limit=gravest,
        direction=Direction.ABOVE if above else Direction.BELOW,
        told=any(limit.every_day or not _broken_in(before, limit) for limit in broken),
    )


def any_broken(
    values: DailyValues, days: range, metrics: Sequence[Metric], conditions: frozenset[str]
) -> bool:
    """Whether any metric breaks any of its limits on the days at the indices `days`."""
    return any(
        limit.broken_by(float(value))
        for metric in metrics
        if metric.limits
        for value in values.column(metric.key)[days.start : days.stop]
        for limit in applicable(metric, conditions)
    )


def _broken_in(earlier: FloatArray, limit: ClinicalLimit) -> bool:
    return any(limit.broken_by(float(value)) for value in earlier)


def remark(metric: Metric, value: float, found: Breach | None) -> str | None:
    """The guideline that the value is outside of, if any."""
    if found:
        return found.limit.guideline
    if metric.clinical is not None and value not in metric.clinical:
        return metric.guideline
    return None
