"""The middle of past days against numpy on the known ones."""

import numpy as np
import pytest

from app.ml.usual import usual


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
