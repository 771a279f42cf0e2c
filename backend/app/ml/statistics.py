"""The statistics that the detectors share; NaN means unknown and stays so."""

import math

import numpy as np

from app.ml.types import FloatArray

SMALLEST = 1e-300
"""The smallest p-value told, so that its logarithm exists."""

TAIL_FREEDOM = 5
TAIL_SHARE, TAIL_FEWEST = 0.15, 6
"""The share, and the least number, of past scores that make the tail."""

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def two_sided_p(z: FloatArray) -> FloatArray:
    """How likely a normal value is to lie at least as far from its mean."""
    tail: FloatArray = _erfc(np.abs(z) / math.sqrt(2))
    return np.maximum(tail, SMALLEST)


def daily_p(z: FloatArray) -> FloatArray:
    """How often a daily measurement lies `z` standard deviations from its prediction, or further.

    Days have heavier tails than the normal distribution. A Student t of 5 degrees scaled to unit
    variance fits what was measured on 63 people of three public collections (LifeSnaps, PMData,
    Welltory): beyond 2.5, 3, 4 and 5 lie 2.3, 1.0, 0.4 and 0.15 % of the days, it says 2.3, 1.2,
    0.4 and 0.13 %, the normal distribution 1.2, 0.3, 0.006 and 0.00006 %.
    """
    unit = math.sqrt(TAIL_FREEDOM / (TAIL_FREEDOM - 2))
    return two_sided_p(t_to_z(z * unit, np.full(z.shape, float(TAIL_FREEDOM))))


def t_to_z(t: FloatArray, freedom: FloatArray) -> FloatArray:
    """The normal value that is as rare as Student's `t` with `freedom` degrees of freedom.

    Wallace, "Bounds on normal approximations to Student's and the chi-square distributions",
    Annals of Mathematical Statistics 30 (1959) 1121-1130; off by less than 0.03 from 7 degrees
    on, up to z = 4.
    """
    shrink = (8 * freedom + 1) / (8 * freedom + 3)
    z: FloatArray = np.sign(t) * shrink * np.sqrt(freedom * np.log1p(t * t / freedom))
    return z


def z_to_t(z: FloatArray, freedom: FloatArray) -> FloatArray:
    """The inverse of `t_to_z`."""
    stretch = (8 * freedom + 3) / (8 * freedom + 1)
    t: FloatArray = np.sign(z) * np.sqrt(freedom * np.expm1((z * stretch) ** 2 / freedom))
    return t


def quantile(values: FloatArray, share: float) -> FloatArray:
    """Each column's quantile among its known values, linearly interpolated; NaN without any."""
    known = np.isfinite(values).sum(axis=0)
    if not len(values):
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)  # NaN stands last
    place = share * np.maximum(known - 1, 0)
    lower = np.floor(place).astype(np.intp)
    upper = np.minimum(lower + 1, np.maximum(known - 1, 0))
    columns = np.arange(values.shape[1])
    low, high = ordered[lower, columns], ordered[upper, columns]
    return np.where(known > 0, low + (place - lower) * (high - low), np.nan)


def mean_of_known(values: FloatArray) -> FloatArray:
    """Each column's mean among its known values; NaN without any."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean: FloatArray = np.where(known, values, 0).sum(axis=0) / np.where(count > 0, count, np.nan)
    return mean


def mean_and_deviation(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Each column's mean and sample standard deviation among its known values."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean = mean_of_known(values)
    squares = (np.where(known, values - mean, 0) ** 2).sum(axis=0)
    return mean, np.sqrt(squares / np.where(count > 1, count - 1, np.nan))


def cauchy_combination(p_values: list[float]) -> float:
    """One p-value from several, which may depend on each other.

    Liu and Xie, "Cauchy combination test", JASA 115 (2020), doi 10.1080/01621459.2018.1554485.
    """
    mean = sum(1 / math.tan(math.pi * min(max(p, SMALLEST), 0.999)) for p in p_values) / len(
        p_values
    )
    return max(math.atan2(1, mean) / math.pi, SMALLEST)


def any_of(p_value: float, tests: int) -> float:
    """How likely the smallest of `tests` independent p-values is to be at most this (Sidak)."""
    return max(-math.expm1(tests * math.log1p(-min(p_value, 1 - 1e-12))), SMALLEST)


def tail_p(scores: FloatArray, past: FloatArray) -> FloatArray:
    """How likely a score at least as high is, given the sorted scores of past days.

    Within the past scores this is the conformal p-value (1 + number as high) / (n + 1). Above
    the k largest, where counting ends, the excess over the next one is taken as exponential with
    the mean excess of the k, itself uncertain: (1 + x / (k * mean)) ** -k, the exact predictive
    tail of an exponential variable.
    """
    n = len(past)
    k = max(TAIL_FEWEST, round(TAIL_SHARE * n))
    edge = past[n - k - 1]
    mean = max(float((past[n - k :] - edge).mean()), 1e-9)
    counted = (1 + n - np.searchsorted(past, scores, side="left")) / (n + 1)
    excess = np.maximum(scores - edge, 0)
    beyond = (k + 1) / (n + 1) * (1 + excess / (k * mean)) ** -k
    return np.maximum(np.where(scores > edge, beyond, counted), SMALLEST)
