"""The measures of detection, against cases worked out by hand and a literal transcription."""

import numpy as np
import pytest

from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.measures import (
    MONTH,
    Track,
    auc,
    average_precision,
    decision,
    sloped,
    threshold_at,
    vus_pr,
)


def days(text: str) -> BoolArray:
    return np.array([letter == "x" for letter in text])


def scores(*values: float) -> FloatArray:
    return np.array(values, dtype=np.float64)


def test_average_precision_by_hand() -> None:
    # Ranks of the anomalous days: first and third, so (1/1 + 2/3) / 2.
    assert average_precision(days("x..x"), scores(4, 3, 1, 2)) == pytest.approx((1 + 2 / 3) / 2)


def test_days_of_one_score_stand_or_fall_together() -> None:
    assert average_precision(days("x...x..."), np.ones(8)) == pytest.approx(0.25)
    assert average_precision(days("x..x"), scores(2, 2, 1, 1)) == pytest.approx(0.5)


def test_no_verdict_ranks_last() -> None:
    assert average_precision(days("x..."), scores(np.nan, 1, 2, 3)) == pytest.approx(0.25)


def test_average_precision_of_nothing_is_unknown() -> None:
    assert np.isnan(average_precision(days("..."), scores(1, 2, 3)))


def test_a_weight_counts_a_day_so_often() -> None:
    truth, score = days("x..x."), scores(4, 3, 1, 2, 0)
    often = np.array([2.0, 1, 0, 3, 1])
    repeated = np.repeat(np.arange(5), often.astype(int))
    expected = average_precision(truth[repeated], score[repeated])
    assert average_precision(truth, score, often) == pytest.approx(expected)


def test_auc_by_hand() -> None:
    assert auc(scores(3, 1), scores(2, 1)) == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert auc(scores(np.nan), scores(0)) == 0


def test_labels_slope_down_as_the_square_root() -> None:
    half, three_quarters = np.sqrt(1 - 1 / 4), np.sqrt(1 - 2 / 4)
    expected = [0, three_quarters, half, 1, 1, half, three_quarters, 0]
    assert sloped(days("...xx..."), 4) == pytest.approx(expected)
    assert sloped(days("x.."), 2) == pytest.approx([1, np.sqrt(0.5), 0])
    assert sloped(days("x.x"), 2) == pytest.approx([1, 1, 1])


def test_without_a_buffer_the_volume_is_average_precision_times_the_ranges_touched() -> None:
    track = Track(days("x..x"), scores(4, 3, 1, 2))
    # Recall: half the days times half the ranges, then all of both; precision 1, then 2/3.
    assert vus_pr([track], buffer=0) == pytest.approx(0.25 * 1 + 0.75 * 2 / 3)


def test_a_near_miss_counts_with_a_buffer_only() -> None:
    track = Track(days("....x...."), scores(0, 0, 0, 9, 1, 0, 0, 0, 0))
    assert vus_pr([track], buffer=4) > vus_pr([track], buffer=0)


def test_a_perfect_score_is_worth_nearly_one_and_a_constant_one_about_the_prevalence() -> None:
    truth = days("....xxx.........xxxx......")
    assert vus_pr([Track(truth, truth.astype(float))], buffer=0) == pytest.approx(1)
    assert vus_pr([Track(truth, np.ones(len(truth)))], buffer=0) == pytest.approx(truth.mean())


def test_a_buffer_does_not_reach_into_the_next_series() -> None:
    ends, calm = Track(days("...x"), scores(0, 0, 0, 1)), Track(days("...."), np.zeros(4))
    swapped = vus_pr([calm, ends], buffer=4)
    assert vus_pr([ends, calm], buffer=4) == pytest.approx(swapped)


def test_two_ranges_at_a_border_are_two() -> None:
    one, other = Track(days("..x"), scores(0, 0, 9)), Track(days("x.."), scores(1, 0, 0))
    # The first alarm touches one range of two: recall 1/2 of the days times 1/2 of the ranges.
    assert vus_pr([one, other], buffer=0) == pytest.approx(0.25 + 0.75)


def transcribed(truth: BoolArray, score: FloatArray, buffer: int) -> float:
    """Range-PR as the paper's algorithm states it, one threshold after another."""
    areas = []
    for width in range(buffer + 1):
        label = sloped(truth, width)
        ranges = np.split(
            np.flatnonzero(label > 0), np.flatnonzero(np.diff(np.flatnonzero(label > 0)) > 1) + 1
        )
        area, before = 0.0, 0.0
        for threshold in sorted(set(score.tolist()), reverse=True):
            predicted = score >= threshold
            product = label * predicted
            hits = product.sum()
            extended = product.copy()
            extended[truth] = 1
            recall = min(hits / ((truth.sum() + extended.sum()) / 2), 1)
            recall *= np.mean([product[inside].sum() > 0 for inside in ranges])
            area += (recall - before) * hits / predicted.sum()
            before = recall
        areas.append(area)
    return float(np.mean(areas))


@pytest.mark.parametrize("seed", range(5))
def test_the_volume_is_what_the_paper_states(seed: int) -> None:
    chance = np.random.default_rng(seed)
    truth = np.zeros(60, dtype=bool)
    truth[10:15] = truth[30:31] = truth[40:52] = True
    score = np.round(chance.normal(size=60) + truth, 1)
    assert vus_pr([Track(truth, score)], 6) == pytest.approx(transcribed(truth, score, 6))


def test_a_threshold_gives_at_most_the_asked_rate() -> None:
    usual = np.arange(1_000, dtype=np.float64)
    level = threshold_at(usual, np.ones(1_000), 2)
    assert (usual > level).mean() * MONTH == pytest.approx(2, abs=MONTH / 1_000)
    assert (usual > level).mean() * MONTH <= 2


def test_a_threshold_is_never_passed_by_what_is_too_common() -> None:
    assert threshold_at(np.ones(100), np.ones(100), 1) == 1


def test_weights_decide_what_is_common() -> None:
    usual, weights = scores(9, 1, 1, 1), scores(1, 33, 33, 33)
    assert threshold_at(usual, weights, MONTH / 99) == 1
    assert threshold_at(usual, weights, MONTH / 101) == 9


def test_no_verdict_is_never_an_alarm() -> None:
    usual = np.where(np.arange(100) < 5, 1.0, -np.inf)
    level = threshold_at(usual, np.ones(100), MONTH / 2)
    assert (usual > level).sum() == 5


def test_a_decision_by_hand() -> None:
    result = decision(days("xx........"), days("x.x......."))
    assert (result.precision, result.recall, result.f1) == (0.5, 0.5, 0.5)
    assert result.false_alarms == pytest.approx(MONTH / 8)
