"""Slow change of a metric: its slope, and whether it is more than chance."""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from app.ml.types import BoolArray, FloatArray, IntArray

MINIMUM_DAYS = 14
_NORMAL = NormalDist()


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
    pairs = _pairs(len(known))
    rises = (known - known[:, None])[pairs]
    slope = _median(rises / (days - days[:, None])[pairs])
    middle, centre = _median(known), _median(days)
    first, last = (middle + slope * (day - centre) for day in (days[0], days[-1]))
    return Trend(
        slope=7 * slope,
        p_value=_mann_kendall(known, rises),
        days=len(known),
        first=float(first),
        last=float(last),
    )


@lru_cache(maxsize=64)
def _pairs(n: int) -> BoolArray:
    """Where the second of two is the later one."""
    return np.triu(np.ones((n, n), dtype=np.bool_), k=1)


def _median(values: FloatArray | IntArray) -> float:
    """Of known values; numpy's own looks for unknown ones first, which takes longer."""
    ordered, half = np.sort(values), len(values) // 2
    low = ordered[half] if len(values) % 2 else ordered[half - 1]
    return float((low + ordered[half]) / 2)


def _mann_kendall(known: FloatArray, rises: FloatArray) -> float:
    n = len(known)
    ends = np.flatnonzero(np.diff(np.sort(known), append=np.inf))
    ties = np.diff(ends, prepend=-1)
    variance = (n * (n - 1) * (2 * n + 5) - np.sum(ties * (ties - 1) * (2 * ties + 5))) / 18
    score = float(np.count_nonzero(rises > 0) - np.count_nonzero(rises < 0))
    if variance <= 0 or score == 0:
        return 1.0
    inflation = math.sqrt(_correlation_inflation(known))
    z = (abs(score) - 1) / (math.sqrt(variance) * inflation)
    return 2 * _NORMAL.cdf(-z)


@lru_cache(maxsize=64)
def _line(n: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The places of so many values, and what `np.polyfit` makes of them for a straight line."""
    places = np.arange(n, dtype=np.float64)
    powers = np.vander(places, 2)
    scale = np.sqrt((powers * powers).sum(axis=0))
    return places, powers / scale, scale


def _correlation_inflation(known: FloatArray) -> float:
    """How much the variance grows by the correlation of neighbours, once a line is taken out."""
    places, powers, scale = _line(len(known))
    cutoff = len(known) * np.finfo(np.float64).eps
    rise, start = np.linalg.lstsq(powers, known, rcond=cutoff)[0] / scale
    rest = known - (rise * places + start)
    spread = float(rest @ rest)
    if spread <= 1e-12 * max(1.0, float(known @ known)):
        return 1.0
    r = min(0.95, max(0.0, float(rest[1:] @ rest[:-1]) / spread))
    return (1 + r) / (1 - r)
