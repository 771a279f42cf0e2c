"""Trailing windows, against the plain way of writing them."""

import numpy as np
import pytest

from app.ml.trailing import (
    count_known,
    counts_before,
    high_quantile,
    means_of_last,
    quantiles,
    shifted,
    trailing,
    zero_unless,
)

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


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_a_high_quantile_of_sizes_is_that_of_all_that_are_known(share: float) -> None:
    sizes = np.abs(trailing(VALUES, 9, lag=1))
    known = np.isfinite(sizes)
    (expected,) = quantiles(sizes, share)
    found = high_quantile(zero_unless(known, sizes), share, known=known.sum(axis=-1))
    assert np.isnan(found[0]).all()
    np.testing.assert_array_equal(found, expected)


def test_zero_stands_in_place_of_what_is_not_known() -> None:
    known = np.isfinite(VALUES)
    np.testing.assert_array_equal(zero_unless(known, VALUES), np.where(known, VALUES, 0))


@pytest.mark.parametrize("window", [1, 4, 40])
def test_counts_are_those_of_the_window_before(window: int) -> None:
    counts, oldest = counts_before(VALUES, window)
    for row in range(30):
        known = np.isfinite(VALUES[max(0, row - window) : row])
        assert np.array_equal(counts[row], known.sum(axis=0))
        for column in range(3):
            ago = [len(known) - n for n in np.flatnonzero(known[:, column])]
            assert oldest[row, column] == max(ago, default=window)


@pytest.mark.parametrize("first", [0, 1, 17, 29])
def test_counts_of_later_rows_are_those_of_all(first: int) -> None:
    later = counts_before(VALUES, 4, first=first)
    for found, expected in zip(later, counts_before(VALUES, 4), strict=True):
        assert np.array_equal(found, expected[first:])


@pytest.mark.parametrize("length", [3, 200, 300])
def test_known_values_are_counted_however_many_they_are(length: int) -> None:
    values = np.where(CHANCE.random((4, length)) < 0.1, np.nan, 1.0)
    assert np.array_equal(count_known(values), np.nansum(values, axis=-1))


def test_means_are_those_of_the_last_rows_if_half_are_known() -> None:
    lengths = (1, 2, 5, 14)
    for length, means in zip(lengths, means_of_last(VALUES, lengths), strict=True):
        for row in range(30):
            last = VALUES[max(0, row - length + 1) : row + 1]
            for column, mean in enumerate(means[row]):
                known = last[np.isfinite(last[:, column]), column]
                expected = known.mean() if len(known) >= length / 2 else np.nan
                assert mean == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("days", [0, 1, 29, 30, 99])
def test_shifted_rows_are_earlier_ones(days: int) -> None:
    found = shifted(VALUES, days)
    assert found.shape == VALUES.shape
    assert np.array_equal(found[days:], VALUES[: max(0, 30 - days)], equal_nan=True)
    assert np.isnan(found[:days]).all()
