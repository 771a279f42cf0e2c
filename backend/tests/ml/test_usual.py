"""The middle of past days against numpy on the known ones."""

import numpy as np
import pytest

from app.ml.usual import usual, usual_by_day


def test_unknown_days_are_left_out() -> None:
    known = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    history = np.full((10, 2), np.nan)
    history[1:9, 0] = known
    found = usual(history)
    assert found.days.tolist() == [8, 0]
    assert found.mean[0] == pytest.approx(known.mean())
    assert found.median[0] == pytest.approx(np.median(known))
    assert found.low[0] == pytest.approx(np.quantile(known, 0.1))
    assert found.high[0] == pytest.approx(np.quantile(known, 0.9))
    assert np.isnan([found.mean[1], found.median[1], found.low[1], found.high[1]]).all()


def test_no_days_are_unknown() -> None:
    found = usual(np.empty((0, 3)))
    assert found.days.tolist() == [0, 0, 0]
    assert np.isnan(found.median).all()


def test_each_day_has_what_the_days_before_it_tell() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(40, 2))
    values[rng.random(values.shape) < 0.3] = np.nan
    by_day = usual_by_day(values, window=10, fewest=np.array([3, 6]))
    for row in range(40):
        before = usual(values[max(0, row - 10) : row])
        ready = before.days >= [3, 6]
        for name in ("low", "median", "high"):
            expected = np.where(ready, getattr(before, name), np.nan)
            np.testing.assert_allclose(getattr(by_day, name)[row], expected)
    assert np.isfinite(by_day.median).any(axis=0).all()
    assert np.isnan(by_day.median[:3]).all()
