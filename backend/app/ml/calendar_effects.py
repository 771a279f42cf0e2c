"""Daily values freed from slow change and from the day of the week."""

import numpy as np

from app.ml.types import FloatArray

SHORTEST_SWING = 90
"""The shortest period, in days, of what counts as slow change."""

_WEEK = 7
_ROUNDS, _REACH, _FIRST_REACH = 5, 2.5, 5.0
_MAD_TO_DEVIATION = 1.4826


def calendar_basis(days: int) -> FloatArray:
    """What is taken out, shape (days, terms): the mean, six weekdays, a line, and the cosines of
    the discrete cosine transform whose period is 90 days or more."""
    day = np.arange(days)
    weekdays = [(day % _WEEK == weekday) - 1 / _WEEK for weekday in range(_WEEK - 1)]
    swings = range(1, 2 * days // SHORTEST_SWING + 1)
    cosines = [np.cos(np.pi * swing * (day + 0.5) / days) for swing in swings]
    return np.stack([np.ones(days), *weekdays, day / days - 0.5, *cosines], axis=1)


def without_calendar(values: FloatArray) -> FloatArray:
    """What is left of each column, shape (days, metrics), once `calendar_basis` is fitted to it.

    NaN stays NaN, and so does a column with fewer than two known days a term. Residuals beyond
    2.5 robust standard deviations are pulled in while fitting, so that one strange day does not
    bend the others (winsorised residuals: Huber, Robust Statistics, 1981, chapter 7).
    """
    basis = calendar_basis(len(values))
    rest = np.full(values.shape, np.nan)
    for column in range(values.shape[1]):
        known = np.isfinite(values[:, column])
        if known.sum() >= 2 * basis.shape[1]:
            rest[known, column] = _residuals(basis[known], values[known, column])
    return rest


def _residuals(basis: FloatArray, values: FloatArray) -> FloatArray:
    directions, sizes, _ = np.linalg.svd(basis, full_matrices=False)
    # A weekday without a value leaves a direction that nothing is known of.
    directions = directions[:, sizes > 1e-9 * sizes[0]]
    # Without a first pull a wild day bends the first fit, from which the rounds do not come back.
    target = _pulled_in(values, np.median(values), _FIRST_REACH)
    for _ in range(_ROUNDS):
        fitted = directions @ (directions.T @ target)
        target = _pulled_in(values, fitted, _REACH)
    return values - fitted


def _pulled_in(values: FloatArray, middle: FloatArray | np.float64, reach: float) -> FloatArray:
    rest = values - middle
    limit = reach * _MAD_TO_DEVIATION * np.median(np.abs(rest))
    pulled: FloatArray = middle + np.clip(rest, -limit, limit)
    return pulled
