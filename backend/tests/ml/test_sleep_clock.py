"""Times around midnight."""

import numpy as np
import pytest

from app.ml.sleep_clock import circular_mean, circular_spread, social_jet_lag


@pytest.mark.parametrize(
    ("times", "mean"),
    [
        ([1_380, 60], 0),
        ([1_410, 30, 0], 0),
        ([600, 660], 630),
        ([1_430], 1_430),
        ([0], 0),
    ],
)
def test_the_mean_is_that_of_the_clock(times: list[float], mean: float) -> None:
    found = circular_mean(np.array(times, dtype=float))
    assert found is not None
    assert 0 <= found < 1_440
    assert (found - mean + 720) % 1_440 - 720 == pytest.approx(0, abs=1e-6)


def test_the_mean_of_no_times_is_unknown() -> None:
    assert circular_mean(np.array([])) is None


def test_a_small_spread_is_the_plain_deviation() -> None:
    times = np.random.default_rng(1).normal(0, 20, 5_000)
    assert circular_spread(times % 1_440) == pytest.approx(times.std(), rel=0.01)


def test_the_spread_at_its_ends() -> None:
    assert circular_spread(np.array([100.0])) is None
    assert circular_spread(np.array([100.0, 100.0])) == pytest.approx(0, abs=1e-4)
    opposite = circular_spread(np.array([0.0, 720.0]))
    assert opposite is not None
    assert np.isfinite(opposite)


def test_jet_lag_takes_the_short_way_round() -> None:
    midpoints = np.array([1_430.0, 1_430, 20, 20])
    free = np.array([False, False, True, True])
    assert social_jet_lag(midpoints, free).minutes == pytest.approx(30)
    assert social_jet_lag(midpoints, ~free).minutes == pytest.approx(-30)


def test_jet_lag_needs_two_nights_of_either_kind() -> None:
    lag = social_jet_lag(np.array([0.0, 0, 0]), np.array([True, False, False]))
    assert (lag.minutes, lag.free_nights, lag.work_nights) == (None, 1, 2)
