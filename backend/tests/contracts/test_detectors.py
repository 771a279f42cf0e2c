"""Every detector keeps the same promises."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.detectors import DETECTORS, Detector
from app.ml.detectors.base import Scores, walk_forward
from app.ml.scales import floor_of, to_unit
from app.ml.types import DailyValues

DAYS = 190
TESTED = range(150, DAYS)
DAY = 170

detectors = pytest.mark.parametrize("make", DETECTORS, ids=lambda make: make.__name__)
Make = Callable[[], Detector]


def ordinary(seed: int = 1) -> DailyValues:
    """Independent days around the typical person, a tenth of the values not logged."""
    chance = np.random.default_rng(seed)
    typical = [metric.typical for metric in CATALOGUE.metrics]
    middle = np.array([t.mean if t else 30.0 for t in typical])
    spread = np.array([t.within if t else 2.0 for t in typical])
    values = middle + spread * chance.standard_normal((DAYS, len(typical)))
    values[chance.random(values.shape) < 0.1] = np.nan
    days = tuple(date(2025, 1, 1) + timedelta(n) for n in range(DAYS))
    return DailyValues(days, CATALOGUE.keys, values)


def changed(
    values: DailyValues, rows: slice, change: float, columns: slice = slice(None)
) -> DailyValues:
    copy = values.values.copy()
    copy[rows, columns] += change
    return DailyValues(values.days, values.keys, copy)


def same(first: Scores, second: Scores) -> bool:
    return all(
        np.array_equal(getattr(first, f.name), getattr(second, f.name), equal_nan=True)
        for f in fields(Scores)
    )


def strangest(scores: Scores) -> int:
    """The row of the smallest p-value, of a single metric or of a whole day."""
    p_values = np.column_stack([scores.p_value, scores.joint_p])
    return int(np.where(np.isfinite(p_values), p_values, 1).min(axis=1).argmin())


@detectors
def test_the_constructor_only_stores(make: Make) -> None:
    detector = make()
    assert not [name for name in vars(detector) if name.endswith("_")]


@detectors
def test_fit_returns_the_detector_and_learns_under_names_with_an_underscore(make: Make) -> None:
    detector = make()
    before = set(vars(detector))
    assert detector.fit(ordinary()) is detector
    learned = set(vars(detector)) - before
    assert learned
    assert all(name.endswith("_") for name in learned)


@detectors
def test_it_says_what_it_is(make: Make) -> None:
    detector = make()
    assert detector.version
    assert detector.window >= 1
    assert detector.refit_every >= 1


@detectors
def test_scores_have_a_row_for_each_day_and_a_column_for_each_metric(make: Make) -> None:
    scores = walk_forward(make(), ordinary(), TESTED)
    for field in fields(Scores):
        shape = getattr(scores, field.name).shape
        assert shape == ((40,) if field.name == "joint_p" else (40, len(CATALOGUE.keys)))


@detectors
def test_it_scores_ordinary_days(make: Make) -> None:
    scores = walk_forward(make(), ordinary(), TESTED)
    p_values = np.concatenate([scores.p_value.ravel(), scores.joint_p])
    known = p_values[np.isfinite(p_values)]
    assert len(known) >= 30
    assert ((known > 0) & (known <= 1)).all()


@detectors
def test_nothing_known_gives_no_verdict(make: Make) -> None:
    values = ordinary()
    nothing = DailyValues(values.days, values.keys, np.full_like(values.values, np.nan))
    detector = make()
    scores = walk_forward(detector, nothing, TESTED)
    assert not detector.decide(scores).any()
    assert not np.isfinite(scores.p_value).any()
    assert not np.isfinite(scores.joint_p).any()
    assert not scores.history.any()


@detectors
def test_no_days_give_no_scores(make: Make) -> None:
    detector = make()
    scores = walk_forward(detector, ordinary(), range(0))
    assert scores.joint_p.shape == (0,)


@detectors
def test_a_value_that_is_not_known_is_not_strange(make: Make) -> None:
    values = ordinary()
    values.values[DAY] = np.nan
    detector = make()
    scores = walk_forward(detector, values, range(DAY, DAY + 1))
    assert not detector.fit(values.rows(0, DAY)).decide(scores).any()


@detectors
def test_the_same_input_gives_the_same_scores(make: Make) -> None:
    assert same(walk_forward(make(), ordinary(), TESTED), walk_forward(make(), ordinary(), TESTED))


@detectors
def test_the_input_stays_as_it_was(make: Make) -> None:
    values = ordinary()
    before = values.values.copy()
    walk_forward(make(), values, TESTED)
    assert np.array_equal(values.values, before, equal_nan=True)


@detectors
def test_a_read_only_input_will_do(make: Make) -> None:
    values = ordinary()
    values.values.flags.writeable = False
    walk_forward(make(), values, TESTED)


@detectors
@pytest.mark.parametrize("size", [3.0, 1e6, -1e6])
def test_the_baseline_does_not_know_the_tested_day(make: Make, size: float) -> None:
    values = ordinary()
    tested = range(DAY, DAY + 1)
    usual = walk_forward(make(), values, tested)
    strange = walk_forward(make(), changed(values, slice(DAY, DAY + 1), size), tested)
    for name in ("baseline", "usual_low", "usual_high", "history", "history_from"):
        assert np.array_equal(getattr(usual, name), getattr(strange, name), equal_nan=True), name


@detectors
def test_later_days_change_nothing(make: Make) -> None:
    values = ordinary()
    tested = range(150, DAY + 1)
    later = changed(values, slice(DAY + 1, None), 1e6)
    assert same(walk_forward(make(), values, tested), walk_forward(make(), later, tested))
    shorter = values.rows(0, DAY + 1)
    assert same(walk_forward(make(), values, tested), walk_forward(make(), shorter, tested))


@detectors
def test_days_before_the_window_change_nothing(make: Make) -> None:
    values, detector = ordinary(), make()
    reach = detector.window + detector.refit_every - 1
    tested = range(DAY, DAY + 5)
    ago = values.rows(DAY - reach, DAYS)
    assert same(
        walk_forward(detector, values, tested),
        walk_forward(detector, ago, range(reach, reach + 5)),
    )


@detectors
def test_days_asked_together_and_one_by_one_have_the_same_scores(make: Make) -> None:
    values = ordinary()
    together = walk_forward(make(), values, TESTED)
    single = [walk_forward(make(), values, range(day, day + 1)) for day in TESTED]
    assert same(together, Scores.joined(single))


@detectors
def test_seven_days_of_history_are_too_few(make: Make) -> None:
    values = ordinary()
    scores = walk_forward(make(), changed(values.rows(0, 8), slice(7, 8), 1e3), range(7, 8))
    assert not np.isfinite(scores.p_value).any()
    assert not np.isfinite(scores.joint_p).any()


@detectors
def test_the_smallest_change_after_a_constant_past_is_no_finding(make: Make) -> None:
    values = ordinary()
    floors = np.array([floor_of(metric) for metric in CATALOGUE.metrics])
    scaled = np.tile(3.0 + 0 * floors, (DAYS, 1))
    scaled[DAY] += 0.5 * floors
    constant = DailyValues(values.days, values.keys, to_unit(scaled, CATALOGUE.metrics))
    detector = make()
    scores = walk_forward(detector, constant, range(DAY, DAY + 1))
    assert not detector.decide(scores).any()


@detectors
def test_a_strange_day_outranks_ordinary_ones(make: Make) -> None:
    values = ordinary()
    for key, strange in (("resting_hr", 86.0), ("hrv", 17.0), ("sleep_hours", 2.3)):
        values.values[DAY, values.keys.index(key)] = strange
    detector = make()
    scores = walk_forward(detector, values, TESTED)
    assert strangest(scores) == DAY - TESTED.start
    assert detector.decide(scores)[DAY - TESTED.start].any()


@detectors
def test_ordinary_days_seldom_alarm(make: Make) -> None:
    detector = make()
    strange = [
        detector.decide(walk_forward(detector, ordinary(seed), TESTED)).any(axis=1).mean()
        for seed in range(6)
    ]
    assert np.mean(strange) < 0.15


@detectors
def test_contributions_of_a_day_sum_to_one(make: Make) -> None:
    scores = walk_forward(make(), ordinary(), TESTED)
    for row in scores.contribution[np.isfinite(scores.joint_p)]:
        assert np.nansum(row) == pytest.approx(1)


@detectors
def test_the_usual_range_holds_the_baseline(make: Make) -> None:
    scores = walk_forward(make(), ordinary(), TESTED)
    known = np.isfinite(scores.baseline)
    assert known.any()
    assert (scores.usual_low[known] <= scores.baseline[known]).all()
    assert (scores.baseline[known] <= scores.usual_high[known]).all()


@detectors
def test_history_is_counted_before_the_day(make: Make) -> None:
    values, detector = ordinary(), make()
    scores = walk_forward(detector, values, TESTED)
    ordinals = np.array([values.days[index].toordinal() for index in TESTED])[:, np.newaxis]
    known = scores.history > 0
    assert known.any()
    span = ordinals - scores.history_from
    assert (span[known] >= scores.history[known]).all()
    assert (span[known] <= detector.window + detector.refit_every - 1).all()
    assert (scores.history_from[~known] == 0).all()


@detectors
def test_a_shift_of_an_unscaled_metric_moves_its_baseline_only(make: Make) -> None:
    values = ordinary()
    column = values.keys.index("sleep_hours")
    shifted = changed(values, slice(None), 2.0, slice(column, column + 1))
    first, second = walk_forward(make(), values, TESTED), walk_forward(make(), shifted, TESTED)
    assert np.allclose(first.baseline[:, column] + 2, second.baseline[:, column], equal_nan=True)
    assert np.allclose(first.p_value, second.p_value, equal_nan=True)
    assert np.allclose(first.joint_p, second.joint_p, equal_nan=True, atol=0.02)
