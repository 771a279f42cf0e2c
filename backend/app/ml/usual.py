"""What is usual for a person: the middle of their past days."""

from dataclasses import dataclass

import numpy as np

from app.ml.statistics import mean_of_known
from app.ml.trailing import count_known, quantiles, trailing
from app.ml.types import FloatArray, IntArray

LOW_SHARE, HIGH_SHARE = 0.1, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Each metric over the days on which it is known, shape (keys,); NaN where it never is.

    The middle 80 % of the days lie from `low` to `high`.
    """

    days: IntArray
    mean: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray


def usual(history: FloatArray) -> Usual:
    """What the rows (days) tell of each column (metric)."""
    days = np.isfinite(history).sum(axis=0)
    low, median, high = quantiles(history.T, LOW_SHARE, 0.5, HIGH_SHARE, known=days)
    return Usual(days=days, mean=mean_of_known(history), median=median, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualByDay:
    """What was usual on each day, shape (days, keys); NaN where it was still being learned."""

    low: FloatArray
    median: FloatArray
    high: FloatArray


def usual_by_day(values: FloatArray, *, window: int, fewest: IntArray) -> UsualByDay:
    """What the `window` days before each row tell of it, as `usual` says.

    `fewest`, shape (keys,), is how many of them must be known.
    """
    before = trailing(values, window, lag=1)
    ready = count_known(before) >= fewest
    low, median, high = (
        np.where(ready, found, np.nan) for found in quantiles(before, LOW_SHARE, 0.5, HIGH_SHARE)
    )
    return UsualByDay(low=low, median=median, high=high)
