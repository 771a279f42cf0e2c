"""Trailing windows, against the plain way of writing them."""

import numpy as np
import pytest

from app.ml.trailing import mean_known, quantiles, shifted, trailing

CHANCE = np.random.default_rng(3)
VALUES = np.where(CHANCE.random((30, 3)) < 0.3, np.nan, CHANCE.standard_normal((30, 3)))


@pytest.mark.parametrize("lag", [0, 1, 5])
@pytest.mark.parametrize("window", [1, 4, 40])
def test_windows_hold_the_rows_that_end_so_many_rows_ago(window: int, lag: int) -> None:
    found = trailing(VALUES, window, lag=lag)
    assert found.shape == (30, 3, window)
    for row in range(30):
        stop = row - lag + 1
        plain = VALUES[max(0, stop - window) : max(0, stop)]
        padded = np.vstack([np.full((window - len(plain), 3), np.nan), plain])
        assert np.array_equal(found[row], padded.T, equal_nan=True)


def test_quantiles_are_those_of_the_known_values() -> None:
    windows = trailing(VALUES, 9, lag=1)[10:]
    for share, found in zip((0.25, 0.5, 0.9), quantiles(windows, 0.25, 0.5, 0.9), strict=True):
        assert found == pytest.approx(np.nanquantile(windows, share, axis=-1))


def test_a_quantile_of_nothing_is_unknown() -> None:
    (found,) = quantiles(np.full((2, 3), np.nan), 0.5)
    assert np.isnan(found).all()


def test_a_mean_needs_enough_known_values() -> None:
    rows = np.array([[1.0, np.nan, 3.0], [1.0, np.nan, np.nan]])
    assert np.array_equal(mean_known(rows, least=2), [2.0, np.nan], equal_nan=True)


@pytest.mark.parametrize("days", [0, 1, 29, 30, 99])
def test_shifted_rows_are_earlier_ones(days: int) -> None:
    found = shifted(VALUES, days)
    assert found.shape == VALUES.shape
    assert np.array_equal(found[days:], VALUES[: max(0, 30 - days)], equal_nan=True)
    assert np.isnan(found[:days]).all()
