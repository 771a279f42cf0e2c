"""Correlations are found where they are, and nowhere else."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from app.ml.calendar_effects import calendar_basis, without_calendar
from app.ml.correlations import (
    FALSE_DISCOVERIES,
    MINIMUM_EFFECTIVE_DAYS,
    Correlation,
    Search,
    adjusted_for_discoveries,
    autocorrelations,
    find_correlations,
    normal_scores,
)
from app.ml.types import FloatArray

METRICS = 8
PAIRS = tuple(combinations(range(METRICS), 2))
DAYS = 120


def noise(rng: np.random.Generator, days: int, phi: float) -> FloatArray:
    """Independent first-order autoregressions of unit variance, shape (days, METRICS)."""
    fresh = rng.standard_normal((days, METRICS))
    values = fresh.copy()
    for day in range(1, days):
        values[day] = phi * values[day - 1] + math.sqrt(1 - phi**2) * fresh[day]
    return values


def lived(rng: np.random.Generator, values: FloatArray) -> FloatArray:
    """The values with weekday effects and a slow rise or fall in each metric."""
    days = np.arange(len(values))
    weekdays = rng.standard_normal((7, METRICS))[days % 7]
    return values + weekdays + np.outer(days / len(days), rng.normal(0, 2, METRICS))


def planted(rng: np.random.Generator, *, lag: int, r: float, phi: float = 0.3) -> FloatArray:
    """Metric 1 follows metric 0 after `lag` days; the others are on their own."""
    values = noise(rng, DAYS + lag, phi)
    follower = r * values[:DAYS, 0] + math.sqrt(1 - r**2) * values[lag:, 1]
    values = values[lag:]
    values[:, 1] = follower
    return lived(rng, values)


def the_planted(search: Search) -> Correlation | None:
    return next((seen for seen in search.found if {seen.earlier, seen.later} == {0, 1}), None)


@pytest.mark.parametrize("phi", [0.0, 0.6, 0.9])
def test_noise_is_reported_no_more_often_than_asked(phi: float) -> None:
    """A method that did so in 10 % of people would pass this once in 70 times; the benchmark
    counts more people."""
    rng = np.random.default_rng(11)
    alarmed = sum(
        bool(find_correlations(lived(rng, noise(rng, 150, phi)), PAIRS).found) for _ in range(150)
    )
    assert alarmed <= FALSE_DISCOVERIES * 150


def test_the_naive_method_reports_such_noise_in_everyone() -> None:
    """The noise of the test above is hard: Pearson on the raw days finds something in everyone."""
    rng = np.random.default_rng(11)
    for _ in range(20):
        values = lived(rng, noise(rng, 150, 0.6))
        assert any(stats.pearsonr(values[:, a], values[:, b]).pvalue < 0.05 for a, b in PAIRS)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("lag", [0, 1, 2, 3])
def test_a_planted_relation_is_found_in_most_people(lag: int, sign: int) -> None:
    rng = np.random.default_rng(lag)
    right = 0
    for _ in range(20):
        seen = the_planted(find_correlations(planted(rng, lag=lag, r=sign * 0.5), PAIRS))
        if seen is not None:
            assert math.copysign(1, seen.r) == sign
            right += seen.lag == lag and (lag == 0 or seen.earlier == 0)
    assert right >= 12


def test_the_told_intervals_hold_the_truth_although_they_are_chosen() -> None:
    """A weak relation is told only where chance made it look strong."""
    rng = np.random.default_rng(3)
    told = [
        seen
        for _ in range(60)
        if (seen := the_planted(find_correlations(planted(rng, lag=1, r=0.35), PAIRS)))
    ]
    assert len(told) >= 5
    # The interval is for normal scores of detrended days; the truth is 0.35 to within 0.02.
    assert np.mean([seen.low < 0.35 < seen.high for seen in told]) >= 0.95
    assert all(seen.low > 0 or seen.high < 0 for seen in told)


def test_a_relation_is_found_despite_missing_days() -> None:
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(20):
        values = planted(rng, lag=1, r=0.7)
        values[rng.random(values.shape) < 0.2] = np.nan
        seen = the_planted(find_correlations(values, PAIRS))
        if seen is not None and seen.lag == 1:
            found += 1
            both = np.isfinite(values[:-1, 0]) & np.isfinite(values[1:, 1])
            assert seen.days == both.sum()
            assert seen.effective_days < seen.days
    assert found >= 14


def test_one_strange_day_makes_no_correlation() -> None:
    rng = np.random.default_rng(6)
    values = noise(rng, DAYS, 0.0)
    values[60] = 100
    assert np.corrcoef(values[:, 0], values[:, 1])[0, 1] > 0.9
    assert find_correlations(values, PAIRS).found == ()


def test_common_weekdays_and_seasons_make_no_correlation() -> None:
    rng = np.random.default_rng(7)
    days = np.arange(180)
    shared = 4.0 * (days % 7 >= 5) + 3 * np.cos(np.pi * days / 180)
    values = noise(rng, 180, 0.2) + shared[:, np.newaxis]
    assert find_correlations(values, PAIRS).found == ()


def test_metrics_that_hardly_vary_are_not_looked_at() -> None:
    """Two that were equal but for the same two days would correlate perfectly."""
    values = np.full((180, 2), 60.0)
    values[[50, 90]] = 75.0
    assert find_correlations(values, [(0, 1)]) == Search(found=(), pairs=0, tests=0)


@pytest.mark.parametrize("known", [0, 10, 27])
def test_nothing_is_said_below_the_minimum_overlap(known: int) -> None:
    values = np.full((180, 2), np.nan)
    values[:known, 0] = np.arange(known) % 5
    values[:known, 1] = values[:known, 0]
    assert find_correlations(values, [(0, 1)]).pairs == 0


def test_the_minimum_is_of_effective_days() -> None:
    """Equal days, unequal worth: a slow metric's 60 days are too few where a quick one's do."""
    rng = np.random.default_rng(8)
    slow = find_correlations(noise(rng, 60, 0.97), PAIRS)
    quick = find_correlations(noise(rng, 60, 0.0), PAIRS)
    assert slow.pairs < quick.pairs == len(PAIRS)
    assert quick.tests == 7 * len(PAIRS)
    assert MINIMUM_EFFECTIVE_DAYS == 20


def test_pairs_that_are_not_named_are_not_looked_at() -> None:
    values = planted(np.random.default_rng(0), lag=0, r=0.9)
    assert the_planted(find_correlations(values, PAIRS)) is not None
    others = [pair for pair in PAIRS if pair != (0, 1)]
    search = find_correlations(values, others)
    assert the_planted(search) is None
    assert search.pairs == len(others)


def test_no_pairs_no_tests() -> None:
    assert find_correlations(np.zeros((60, 0)), []) == Search(found=(), pairs=0, tests=0)


def test_on_complete_days_it_equals_pandas_and_scipy() -> None:
    """The whole calculation again by other means, on days where no residual is pulled in."""
    rng = np.random.default_rng(9)
    values = rng.uniform(-1, 1, (DAYS, METRICS))
    copied = np.flatnonzero(rng.random(DAYS - 1) < 0.8)
    values[copied + 1, 1] = values[copied, 0]
    basis = calendar_basis(DAYS)
    rest = pd.DataFrame(values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0])
    scores = rest.rank().apply(lambda rank: stats.norm.ppf((rank - 0.375) / (DAYS + 0.25)))

    r = scores[0].corr(scores[1].shift(-1))
    memory = [scores[0].autocorr(k) * scores[1].autocorr(k) for k in range(1, DAYS // 5 + 1)]
    ends = next(k for k, shared in enumerate(memory) if shared <= 0)
    shared = [shared if k < ends else 0.0 for k, shared in enumerate(memory)]
    first = max(shared[0], 0.0)
    days = DAYS - 1
    weights = [(days - k) / days for k in range(1, len(shared) + 1)]
    inflation = 1 + 2 * sum(
        weight * max(product, first ** (k + 1))
        for k, (weight, product) in enumerate(zip(weights, shared, strict=True))
    )
    effective = (days - basis.shape[1]) / inflation
    p_value = 7 * 2 * stats.norm.sf(abs(np.arctanh(r)) * math.sqrt(effective - 3))

    search = find_correlations(values, PAIRS)
    seen = the_planted(search)
    assert seen is not None
    assert (seen.earlier, seen.later, seen.lag, seen.days) == (0, 1, 1, days)
    assert seen.r == pytest.approx(r, abs=1e-12)
    # pandas' autocorr takes out the means of both ends, ours the mean of all days.
    assert seen.effective_days == pytest.approx(effective, rel=0.05)
    assert math.log(seen.p_value) == pytest.approx(math.log(p_value), rel=0.06)
    harmonic = sum(1 / n for n in range(1, len(PAIRS) + 1))
    if len(search.found) == 1:
        assert seen.adjusted_p == pytest.approx(seen.p_value * len(PAIRS) * harmonic)


def test_scores_of_complete_columns_equal_scipy() -> None:
    values = np.random.default_rng(10).integers(0, 9, (50, 3)).astype(float)
    expected = stats.norm.ppf((stats.rankdata(values, axis=0) - 0.375) / 50.25)
    assert normal_scores(values) == pytest.approx(expected)


def test_false_discoveries_are_adjusted_as_by_scipy() -> None:
    p_values = np.random.default_rng(12).uniform(0, 1, 40) ** 4
    assert adjusted_for_discoveries(p_values) == pytest.approx(
        stats.false_discovery_control(p_values, method="by")
    )


def test_autocorrelations_see_through_missing_days() -> None:
    rng = np.random.default_rng(13)
    values = noise(rng, 3_000, 0.7)
    values[rng.random(values.shape) < 0.4] = np.nan
    assert autocorrelations(values)[:3].mean(axis=1) == pytest.approx([0.7, 0.49, 0.343], abs=0.03)


def test_nothing_of_the_calendar_is_left() -> None:
    rng = np.random.default_rng(14)
    basis = calendar_basis(180)
    values = basis @ rng.normal(0, 5, (basis.shape[1], 3))
    assert without_calendar(values) == pytest.approx(0, abs=1e-9)


def test_a_strange_day_does_not_bend_the_calendar() -> None:
    rng = np.random.default_rng(15)
    calm = rng.normal(0, 1, (180, 1))
    struck = calm.copy()
    struck[70] += 500
    others = np.arange(180) != 70
    moved = (without_calendar(struck) - without_calendar(calm))[others]
    assert np.abs(moved).max() < 0.5
    assert without_calendar(struck)[70, 0] > 490


def test_unknown_stays_unknown_and_the_input_as_it_was() -> None:
    values = noise(np.random.default_rng(16), 100, 0.3)
    values[::3, 0] = np.nan
    before = values.copy()
    rest = without_calendar(values)
    assert np.array_equal(np.isnan(rest), np.isnan(values))
    find_correlations(values, PAIRS)
    assert np.array_equal(values, before, equal_nan=True)
