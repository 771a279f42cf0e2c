"""The index against days whose regularity can be told by hand."""

import datetime as dt

import numpy as np
import pytest

from app.ml.sleep_regularity import MINUTES, asleep_by_minute, sleep_regularity
from app.ml.types import BoolArray

FIRST = dt.date(2026, 3, 1)
Interval = tuple[dt.datetime, dt.datetime]


def night(day: int, bedtime: float = -1, wake_time: float = 7) -> Interval:
    """A sleep in hours from midnight of the morning."""
    midnight = dt.datetime.combine(FIRST + dt.timedelta(day), dt.time())
    return midnight + dt.timedelta(hours=bedtime), midnight + dt.timedelta(hours=wake_time)


def asleep(nights: list[Interval], days: int) -> BoolArray:
    return asleep_by_minute(nights, FIRST, FIRST + dt.timedelta(days - 1))


def test_minutes_are_painted_where_the_sleep_was() -> None:
    grid = asleep([night(0), night(1, 0.5, 6)], 2)
    assert grid.shape == (2, MINUTES)
    assert grid.sum(axis=1).tolist() == [8 * 60, 330]
    assert np.flatnonzero(grid[0])[[0, -1]].tolist() == [11 * 60, 19 * 60 - 1]


def test_a_sleep_over_noon_lies_in_both_days_and_one_outside_in_none() -> None:
    grid = asleep([night(0, 11, 13), night(-5), night(9)], 2)
    assert grid.sum(axis=1).tolist() == [60, 60]


def test_equal_nights_are_fully_regular() -> None:
    result = sleep_regularity(asleep([night(day) for day in range(8)], 8))
    assert result.index == 100
    assert result.pairs == 7


def test_the_published_formula() -> None:
    shifts = [0, 1, 0.5, 2, 0, 3, 1, 0]
    grid = asleep([night(day, -1 + s, 7 + s) for day, s in enumerate(shifts)], 8)
    equal = sum(
        int(grid[day, minute] == grid[day + 1, minute])
        for day in range(7)
        for minute in range(MINUTES)
    )
    assert sleep_regularity(grid).index == pytest.approx(-100 + 200 / (MINUTES * 7) * equal)


def test_sleep_at_opposite_hours_is_irregular() -> None:
    nights = [night(day, -12, 0) if day % 2 else night(day, 0, 12) for day in range(8)]
    assert sleep_regularity(asleep(nights, 8)).index == -100


def test_pairs_with_a_day_that_was_not_logged_are_left_out() -> None:
    logged = [0, 1, 2, 4, 5, 7]
    nap = night(3, 13, 14)  # falls into day 4 and does not make day 3 known
    result = sleep_regularity(asleep([*(night(day) for day in logged), nap], 8))
    assert result.pairs == 3
    # Days 4 and 5 differ by the hour's nap.
    assert result.index == pytest.approx(200 * (1 - 60 / MINUTES / 3) - 100)


def test_nothing_logged_is_unknown() -> None:
    assert sleep_regularity(asleep([], 30)).index is None
    assert sleep_regularity(asleep([night(0)], 1)).index is None
