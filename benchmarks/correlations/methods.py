"""VitalIQ's correlations and the textbook's, as one function: values and pairs in, claims out."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from app.ml.correlations import LONGEST_LAG, find_correlations
from app.ml.types import FloatArray

NAIVE_LEVEL = 0.05


class Claim(NamedTuple):
    """Column `later` goes with column `earlier` of `lag` days before."""

    earlier: int
    later: int
    lag: int
    sign: int

    @property
    def pair(self) -> frozenset[int]:
        return frozenset((self.earlier, self.later))


Pairs = Sequence[tuple[int, int]]
Method = Callable[[FloatArray, Pairs], list[Claim]]


def vitaliq(values: FloatArray, pairs: Pairs) -> list[Claim]:
    found = find_correlations(values, pairs).found
    return [Claim(seen.earlier, seen.later, seen.lag, int(np.sign(seen.r))) for seen in found]


def same_day(values: FloatArray, pairs: Pairs) -> list[Claim]:
    """Pearson's correlation of the raw values of the same day, told where p < 0.05."""
    return [claim for claim, p in _pearson(values, pairs, 0) if p < NAIVE_LEVEL]


def all_lags(values: FloatArray, pairs: Pairs) -> list[Claim]:
    """The same at every lag in both orders; a pair is told at its smallest p-value."""
    return _surest(values, pairs, NAIVE_LEVEL)


def bonferroni(values: FloatArray, pairs: Pairs) -> list[Claim]:
    """The same with the level divided by the number of tests: autocorrelation alone defeats it."""
    return _surest(values, pairs, NAIVE_LEVEL / (len(pairs) * (2 * LONGEST_LAG + 1)))


METHODS: Mapping[str, Method] = {
    "Pearson, raw, same day": same_day,
    "Pearson, raw, lags 0 to 3": all_lags,
    "the same, Bonferroni": bonferroni,
    "VitalIQ": vitaliq,
}


def _surest(values: FloatArray, pairs: Pairs, level: float) -> list[Claim]:
    turned = [(second, first) for first, second in pairs]
    tried = list(_pearson(values, pairs, 0))
    for lag in range(1, LONGEST_LAG + 1):
        tried += _pearson(values, pairs, lag) + _pearson(values, turned, lag)
    best: dict[frozenset[int], Claim] = {}
    for claim, p in sorted(tried, key=lambda told: told[1]):
        if p < level:
            best.setdefault(claim.pair, claim)
    return list(best.values())


def _pearson(values: FloatArray, pairs: Pairs, lag: int) -> list[tuple[Claim, float]]:
    ends = np.array(pairs, dtype=np.intp)
    first, second = values[: len(values) - lag, ends[:, 0]], values[lag:, ends[:, 1]]
    both = np.isfinite(first) & np.isfinite(second)
    days = both.sum(axis=0)
    first, second = (_centred(side, both) for side in (first, second))
    spread = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (first * second).sum(axis=0) / spread
        t = r * np.sqrt((days - 2) / (1 - r**2))
    p_values = np.where(days > 3, 2 * stats.t.sf(np.abs(t), np.maximum(days - 2, 1)), 1.0)
    return [
        (Claim(earlier, later, lag, int(np.sign(value))), float(p))
        for (earlier, later), value, p in zip(pairs, np.nan_to_num(r), p_values, strict=True)
    ]


def _centred(side: FloatArray, both: np.ndarray) -> FloatArray:
    mean = np.where(both, side, 0).sum(axis=0) / np.maximum(both.sum(axis=0), 1)
    return np.where(both, side - mean, 0.0)
