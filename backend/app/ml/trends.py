"""Slow change of a metric: its slope, and whether it is more than chance."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from app.ml.types import FloatArray

MINIMUM_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`slope` is in the metric's unit a week; `p_value` is two-sided; `days` have a value."""

    slope: float
    p_value: float
    days: int
    first: float
    last: float


def trend(values: FloatArray) -> Trend | None:
    """The trend over consecutive days, shape (days,), NaN unknown; None below 14 known days.

    The slope is Theil and Sen's median of pairwise slopes (Sen 1968, doi
    10.1080/01621459.1968.10480934), the p-value Mann and Kendall's with the correction for ties,
    made cautious for day-to-day correlation by the effective sample size (n(1-r)/(1+r), r the
    correlation from one known day to the next).
    """
    days = np.flatnonzero(~np.isnan(values))
    known = values[days]
    if len(known) < MINIMUM_DAYS:
        return None
    earlier, later = np.triu_indices(len(known), k=1)
    rises = known[later] - known[earlier]
    slope = float(np.median(rises / (days[later] - days[earlier])))
    middle = float(np.median(known))
    ends = [middle + slope * (day - np.median(days)) for day in (days[0], days[-1])]
    return Trend(
        slope=7 * slope,
        p_value=_mann_kendall(known, rises),
        days=len(known),
        first=float(ends[0]),
        last=float(ends[1]),
    )


def _mann_kendall(known: FloatArray, rises: FloatArray) -> float:
    n = len(known)
    _, ties = np.unique(known, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - np.sum(ties * (ties - 1) * (2 * ties + 5))) / 18
    score = float(np.sign(rises).sum())
    if variance <= 0 or score == 0:
        return 1.0
    inflation = math.sqrt(_correlation_inflation(known))
    z = (abs(score) - 1) / (math.sqrt(variance) * inflation)
    return 2 * NormalDist().cdf(-z)


def _correlation_inflation(known: FloatArray) -> float:
    """How much the variance grows by the correlation of neighbours, once a line is taken out."""
    line = np.polyval(np.polyfit(np.arange(len(known)), known, 1), np.arange(len(known)))
    rest = known - line
    spread = float(rest @ rest)
    if spread <= 1e-12 * max(1.0, float(known @ known)):
        return 1.0
    r = min(0.95, max(0.0, float(rest[1:] @ rest[:-1]) / spread))
    return (1 + r) / (1 - r)
