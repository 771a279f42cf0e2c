"""The detectors' statistics against scipy's and numpy's."""

import math

import numpy as np
import pytest
from scipy import stats

from app.ml.statistics import (
    any_of,
    cauchy_combination,
    daily_p,
    mean_and_deviation,
    quantile,
    t_to_z,
    tail_p,
    two_sided_p,
    z_to_t,
)


def test_two_sided_p_is_that_of_the_normal_distribution() -> None:
    z = np.array([0, -1, 2.5, 8, 60, np.nan])
    expected = [1, 0.317310507863, 0.0124193306515, 1.2441921148543577e-15, 1e-300, np.nan]
    assert np.allclose(two_sided_p(z), expected, rtol=1e-9, atol=0, equal_nan=True)


@pytest.mark.parametrize("freedom", [7, 9, 13, 29])
@pytest.mark.parametrize("z", [0.5, 1.0, 2.0, 2.5, 3.0, 3.5, 4.0])
def test_t_to_z_is_as_rare(freedom: int, z: float) -> None:
    t = stats.t.isf(stats.norm.sf(z), freedom)
    assert t_to_z(np.array([t, -t]), np.array(float(freedom))) == pytest.approx([z, -z], abs=0.03)


def test_z_to_t_inverts_it() -> None:
    z = np.linspace(-4, 4, 17)
    assert np.allclose(t_to_z(z_to_t(z, np.array(9.0)), np.array(9.0)), z)


@pytest.mark.parametrize("z", [1.0, 2.5, 4.0, 6.0])
def test_daily_p_is_a_student_t_of_unit_variance(z: float) -> None:
    expected = 2 * stats.t.sf(z * math.sqrt(5 / 3), 5)
    assert daily_p(np.array([z]))[0] == pytest.approx(expected, rel=0.15)


def test_quantiles_pass_over_what_is_unknown() -> None:
    values = np.array([[3.0, np.nan], [np.nan, np.nan], [1.0, np.nan], [2.0, np.nan]])
    for share in (0, 0.25, 0.5, 1):
        known, unknown = quantile(values, share)
        assert known == pytest.approx(np.quantile([1, 2, 3], share))
        assert np.isnan(unknown)
    assert np.isnan(quantile(values[:0], 0.5)).all()


def test_mean_and_deviation_pass_over_what_is_unknown() -> None:
    values = np.array([[3.0, np.nan, 5.0], [np.nan, np.nan, np.nan], [1.0, np.nan, np.nan]])
    mean, deviation = mean_and_deviation(values)
    assert np.allclose(mean, [2, np.nan, 5], equal_nan=True)
    assert np.allclose(deviation, [math.sqrt(2), np.nan, np.nan], equal_nan=True)


def test_one_p_value_stays_itself() -> None:
    for p in (0.5, 0.01, 1e-12, 1e-300):
        assert cauchy_combination([p]) == pytest.approx(p)


def test_the_combination_lies_between_its_parts() -> None:
    assert 1e-6 < cauchy_combination([1e-6, 0.02]) < 2.1e-6
    assert 0 < cauchy_combination([1.0, 0.01]) < 1


def test_any_of_several_is_likelier() -> None:
    assert any_of(0.01, 1) == pytest.approx(0.01)
    assert any_of(0.01, 10) == pytest.approx(1 - 0.99**10)
    assert any_of(1e-20, 3) == pytest.approx(3e-20)
    assert 0.99 < any_of(1.0, 2) <= 1


class TestTailP:
    past = np.sort(np.random.default_rng(3).exponential(size=100))

    def test_counts_within_the_past_scores(self) -> None:
        middle = self.past[50]
        assert tail_p(np.array([middle, -1.0]), self.past) == pytest.approx([51 / 101, 1])

    def test_goes_on_falling_beyond_them(self) -> None:
        p = tail_p(np.array([1.0, 1.5, 2, 4]) * self.past[-1], self.past)
        assert (np.diff(p) < 0).all()
        assert p[-1] < 1e-3

    def test_is_right_on_average(self) -> None:
        chance = np.random.default_rng(0)
        new = [
            tail_p(chance.exponential(size=1), np.sort(chance.exponential(size=40)))[0]
            for _ in range(4000)
        ]
        for level in (0.3, 0.1, 0.03, 0.01):
            assert np.mean(np.array(new) <= level) == pytest.approx(level, rel=0.25)

    def test_equal_past_scores_do_no_harm(self) -> None:
        assert tail_p(np.array([0.5, 0.6]), np.full(30, 0.5))[0] == 1
