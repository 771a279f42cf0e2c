"""What else moved on a finding's day: metrics outside their usual range that are not blamed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.catalog import Catalogue, Metric
from app.ml.scales import floor_of, to_scale, to_unit
from app.ml.statistics import quantile
from app.ml.types import DailyValues, Finding, FloatArray
from app.utils.enums import Direction

HISTORY_DAYS, FEWEST_DAYS = 42, 8
DEVIATIONS = 2.0
MOST_TOLD = 5
_NORMAL_IQR = 1.349  # interquartile range of a normal distribution in standard deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A metric that was outside its usual range on the day."""

    metric: str
    value: float
    usual_low: float
    usual_high: float
    direction: Direction


def also_moved(
    values: DailyValues, findings: Sequence[Finding], catalogue: Catalogue
) -> list[tuple[Moved, ...]]:
    """For each finding what moved most besides it, one a family, none that the finding blames.

    The usual range is the median of the 42 days before, plus and minus two robust standard
    deviations, on each metric's own scale; below eight known days nothing is said, nor of a value
    that equals an edge of the range once both are rounded as they are shown.
    """
    watched = [metric for metric in catalogue.watched if metric.key in values.keys]
    days = {day: index for index, day in enumerate(values.days)}
    columns = [values.keys.index(metric.key) for metric in watched]
    table = values.values[:, columns]
    moved = {day: _moved(table, days[day], watched) for day in {f.day for f in findings}}
    return [tuple(_unblamed(moved[f.day], f, catalogue)) for f in findings]


def _moved(table: FloatArray, index: int, watched: Sequence[Metric]) -> list[Moved]:
    """All that is outside its range on that day, the farthest first."""
    past = to_scale(table[max(0, index - HISTORY_DAYS) : index], watched)
    today = to_scale(table[index : index + 1], watched)[0]
    centre = quantile(past, 0.5)
    floor = np.array([floor_of(metric) for metric in watched])
    spread = np.maximum((quantile(past, 0.75) - quantile(past, 0.25)) / _NORMAL_IQR, floor)
    distance = (today - centre) / spread
    known = np.isfinite(past).sum(axis=0) >= FEWEST_DAYS
    low, high = (
        to_unit((centre + side * DEVIATIONS * spread)[None], watched)[0] for side in (-1, 1)
    )
    far = np.flatnonzero(known & (np.abs(np.nan_to_num(distance)) > DEVIATIONS))
    outside = [
        n for n in far.tolist() if _looks_outside(table[index, n], low[n], high[n], watched[n])
    ]
    return [
        Moved(
            metric=watched[place].key,
            value=float(table[index, place]),
            usual_low=float(low[place]),
            usual_high=float(high[place]),
            direction=Direction.ABOVE if distance[place] > 0 else Direction.BELOW,
        )
        for place in sorted(outside, key=lambda place: -abs(distance[place]))
    ]


def _looks_outside(value: float, low: float, high: float, metric: Metric) -> bool:
    shown, lowest, highest = (round(figure, metric.decimals) for figure in (value, low, high))
    return not lowest <= shown <= highest


def _unblamed(moved: Sequence[Moved], finding: Finding, catalogue: Catalogue) -> list[Moved]:
    blamed = {finding.metric, *(part.metric for part in finding.contributions)}
    families = {catalogue[key].family for key in blamed}
    told: list[Moved] = []
    for other in moved:
        family = catalogue[other.metric].family
        if family not in families and len(told) < MOST_TOLD:
            families.add(family)
            told.append(other)
    return told
