"""Clinical limits: what is told whatever is usual for the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.catalog import ClinicalLimit, Metric
from app.ml.scales import floor_of, to_scale
from app.ml.types import Conditions, DailyValues, FloatArray
from app.utils.enums import Direction, Severity

QUIET_DAYS = 7
"""A limit that is not told every day is told again after so many days without it."""

SEVERITIES = tuple(Severity)  # in ascending order


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """The gravest limit that a value breaks; `told` where any broken limit alarms that day;
    `concern` as the function of that name tells it."""

    limit: ClinicalLimit
    direction: Direction
    told: bool
    concern: float

    @property
    def severity(self) -> Severity:
        return Severity(self.limit.severity)


def applicable(metric: Metric, conditions: Conditions, day: date) -> tuple[ClinicalLimit, ...]:
    """The metric's limits on the day for a person with these conditions."""
    return tuple(limit for limit in metric.limits if applies(limit, conditions, day))


def applies(limit: ClinicalLimit, conditions: Conditions, day: date) -> bool:
    """Whether the limit is one for a person with these conditions on that day."""
    needed = limit.condition is None or conditions.get(limit.condition, date.max) <= day
    return needed and (limit.unless is None or conditions.get(limit.unless, date.max) > day)


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
    side = Direction.ABOVE if above else Direction.BELOW
    return Breach(
        limit=gravest,
        direction=side,
        told=any(limit.every_day or not _broken_in(before, limit) for limit in broken),
        concern=float(concern(column[index : index + 1], metric, limits, side)[0]),
    )


def any_broken(
    values: DailyValues, days: range, metrics: Sequence[Metric], conditions: Conditions
) -> bool:
    """Whether any metric breaks any of its limits on the days at the indices `days`."""
    tested = slice(days.start, days.stop)
    return any(
        limit.broken_by(float(value)) and applies(limit, conditions, day)
        for metric in metrics
        if metric.limits
        for day, value in zip(values.days[tested], values.column(metric.key)[tested], strict=True)
        for limit in metric.limits
    )


def concern(
    values: FloatArray, metric: Metric, limits: Sequence[ClinicalLimit], side: Direction
) -> FloatArray:
    """How grave each of the metric's values is on one side, shape (days,).

    It is 1, 2 and 3 where a limit of low, medium and high severity begins, and in between as far as
    the value has come from one limit to the next, on the metric's scale; beyond the gravest it
    nears the next whole number. Below 1 no limit is broken: the nearer one is, the nearer to 1.
    0 without a value or a limit on that side.
    """
    sign = 1 if side is Direction.ABOVE else -1
    steps = sorted(
        (sign * _scaled(metric, edge), 1 + SEVERITIES.index(Severity(limit.severity)))
        for limit in limits
        if (edge := limit.above if side is Direction.ABOVE else limit.below) is not None
    )
    if not steps:
        return np.zeros(len(values))
    edges, ranks = (np.array(column, dtype=np.float64) for column in zip(*steps, strict=True))
    unit = _unit(metric, edges, sign)
    reached = sign * to_scale(values[:, np.newaxis].astype(np.float64), [metric])[:, 0]
    inside = np.exp(-np.maximum(edges[0] - reached, 0) / unit)
    beyond = ranks[-1] + 1 - np.exp(-np.maximum(reached - edges[-1], 0) / unit)
    between = np.where(reached > edges[-1], beyond, np.interp(reached, edges, ranks))
    broken = np.array([any(limit.broken_by(float(v)) for limit in limits) for v in values])
    graded = np.where(broken & (reached > edges[0]), between, np.minimum(inside, _BELOW_ONE))
    return np.where(np.isfinite(reached), graded, 0.0)


_BELOW_ONE = float(np.nextafter(1, 0))


def _unit(metric: Metric, edges: FloatArray, sign: int) -> float:
    """What counts as far: from the mildest limit to the gravest, else from where the clinical
    range ends to the limit, else four of the smallest spreads believed."""
    ends = metric.clinical and (metric.clinical.high if sign > 0 else metric.clinical.low)
    width = edges[-1] - edges[0] if len(edges) > 1 else 0.0
    if not width and ends:
        width = edges[0] - sign * _scaled(metric, ends)
    return float(width) if width > 0 else 4 * floor_of(metric)


def _scaled(metric: Metric, value: float) -> float:
    return float(to_scale(np.array([[value]], dtype=np.float64), [metric])[0, 0])


def _broken_in(earlier: FloatArray, limit: ClinicalLimit) -> bool:
    return any(limit.broken_by(float(value)) for value in earlier)


def remark(metric: Metric, value: float, found: Breach | None) -> str | None:
    """The guideline that the value is outside of, if any."""
    if found:
        return found.limit.guideline
    if metric.clinical is not None and value not in metric.clinical:
        return metric.guideline
    return None
