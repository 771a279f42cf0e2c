"""The correlation benchmark counts right, and its rival is the textbook's."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

from app.ml.types import FloatArray
from benchmarks.correlations.__main__ import main
from benchmarks.correlations.methods import METHODS, Claim, all_lags, same_day
from benchmarks.correlations.simulated import METRICS, PAIRS, World, planted, strangers

WORLD = World(days=100, phi=0.5, missing=0.1)


@pytest.fixture
def values() -> FloatArray:
    return next(strangers(WORLD, 1, seed=1)).values


def test_the_rival_is_scipys_correlation_of_the_raw_days(values: FloatArray) -> None:
    frame = pd.DataFrame(values)
    expected = set()
    for first, second in PAIRS:
        both = frame[[first, second]].dropna()
        r, p = stats.pearsonr(both[first], both[second])
        if p < 0.05:
            expected.add(Claim(first, second, 0, int(np.sign(r))))
    assert expected
    assert set(same_day(values, PAIRS)) == expected


def test_the_rival_looks_at_lags_in_both_orders() -> None:
    rng = np.random.default_rng(2)
    values = rng.standard_normal((100, 2))
    values[2:, 0] = -values[:-2, 1]
    assert all_lags(values, [(0, 1)]) == [Claim(1, 0, 2, -1)]


def test_people_are_as_they_are_said_to_be() -> None:
    for case in planted(World(days=4_000, phi=0.0), 8, seed=3, r=0.6):
        led = case.values[: 4_000 - case.lag, 0]
        r = np.corrcoef(led, case.values[case.lag :, 1])[0, 1]
        # The weekdays and the slow change of both are in the way.
        assert case.sign * r == pytest.approx(0.45, abs=0.2)
        assert case.values.shape == (4_000, METRICS)


def test_every_method_has_its_row() -> None:
    answer = CliRunner().invoke(main, ["--people", "2"])
    assert answer.exit_code == 0, answer.output
    assert all(answer.output.count(f" {name}") == 24 for name in METHODS)
