"""Times of the clock, which begins again at midnight: their means and spreads."""

import math
from dataclasses import dataclass

import numpy as np

from app.ml.types import BoolArray, FloatArray

DAY = 1_440
FEWEST_NIGHTS = 2


def circular_mean(minutes: FloatArray) -> float | None:
    """The mean of times in minutes since midnight, in [0, 1440); unknown without any.

    23:00 and 01:00 meet at midnight, not at noon (Mardia, Statistics of Directional Data, 1972).
    """
    if not len(minutes):
        return None
    # Twice, for a hair before midnight rounds up to a whole day.
    return math.atan2(*_resultant(minutes)) / math.tau * DAY % DAY % DAY


def circular_spread(minutes: FloatArray) -> float | None:
    """The circular standard deviation in minutes, sqrt(-2 ln R) (Mardia, as above); unknown below
    two times."""
    if len(minutes) < FEWEST_NIGHTS:
        return None
    length = min(max(math.hypot(*_resultant(minutes)), 1e-9), 1.0)
    return math.sqrt(-2 * math.log(length)) / math.tau * DAY


def _resultant(minutes: FloatArray) -> tuple[float, float]:
    """The mean sine and cosine of the times as angles."""
    angles = minutes / DAY * math.tau
    return float(np.sin(angles).mean()), float(np.cos(angles).mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class JetLag:
    """`minutes` is how much later the middle of sleep lies on free days; unknown below two nights
    of either kind."""

    minutes: float | None
    free_nights: int
    work_nights: int


def social_jet_lag(midpoints: FloatArray, free: BoolArray) -> JetLag:
    """Of midpoints in minutes since midnight (Wittmann 2006, doi 10.1080/07420520500545979)."""
    free_nights = int(free.sum())
    work_nights = len(free) - free_nights
    later, earlier = circular_mean(midpoints[free]), circular_mean(midpoints[~free])
    enough = min(free_nights, work_nights) >= FEWEST_NIGHTS
    if not enough or later is None or earlier is None:
        return JetLag(minutes=None, free_nights=free_nights, work_nights=work_nights)
    minutes = (later - earlier + DAY / 2) % DAY - DAY / 2
    return JetLag(minutes=minutes, free_nights=free_nights, work_nights=work_nights)
