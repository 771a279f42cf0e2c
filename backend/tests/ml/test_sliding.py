"""Medians of many small sets, against sorting each of them: equal to the last bit."""

import numpy as np
import pytest

from app.ml.sliding import medians_before, medians_of
from app.ml.trailing import counts_before, quantiles, trailing
from app.ml.types import FloatArray


def days(rows: int, columns: int, share_known: float, decimals: int) -> FloatArray:
    chance = np.random.default_rng(rows + columns)
    values = np.round(chance.standard_normal((rows, columns)), decimals)
    return np.where(chance.random(values.shape) < share_known, values, np.nan)


@pytest.mark.parametrize(("share_known", "decimals"), [(1, 8), (0.7, 1), (0.05, 8), (0, 0)])
@pytest.mark.parametrize(("rows", "columns"), [(8, 1), (90, 5), (290, 3), (130, 140)])
@pytest.mark.parametrize("window", [1, 2, 63])
def test_of_windows(
    rows: int, columns: int, share_known: float, decimals: int, window: int
) -> None:
    values = days(rows, columns, share_known, decimals)
    for first in (0, rows // 2, rows - 1):
        known, _ = counts_before(values, window, first=first)
        (expected,) = quantiles(trailing(values, window, lag=1)[first:], 0.5)
        found = medians_before(values, window, known)
        np.testing.assert_array_equal(found[known > 0], expected[known > 0])
        assert np.isnan(found[known == 0]).all()


def test_of_the_longest_window_there_may_be() -> None:
    values = days(600, 2, 0.9, 8)
    known, _ = counts_before(values, 255)
    (expected,) = quantiles(trailing(values, 255, lag=1), 0.5)
    np.testing.assert_array_equal(medians_before(values, 255, known), expected)


@pytest.mark.parametrize("size", range(1, 10))
@pytest.mark.parametrize("share_known", [1, 0.5])
def test_of_one_place_in_several_arrays(size: int, share_known: float) -> None:
    values = days(size, 400, share_known, 1).reshape(size, 20, 20)
    found, count = medians_of(values)
    (expected,) = quantiles(np.moveaxis(values, 0, -1), 0.5)
    np.testing.assert_array_equal(found, np.where(count > 0, expected, np.nan))
    np.testing.assert_array_equal(count, np.isfinite(values).sum(axis=0))
