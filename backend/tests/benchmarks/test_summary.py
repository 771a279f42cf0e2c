"""The benchmark itself: a perfect detector is worth all, chance nothing."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pytest

from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.cases import Background, Crowd
from benchmarks.detection.intervals import ap_differences
from benchmarks.detection.people import Person
from benchmarks.detection.rating import Rated, rate_all
from benchmarks.detection.rivals import Random, Rating, Unlearned
from benchmarks.detection.summary import LEVEL, budgets, figures

CASES = Crowd(people=8, days=120).cases((0, 1), Background.RAW)
TRUTH = {id(case.injected.person): case.injected for case in CASES}


class Perfect(Unlearned):
    """Knows every injection, its days and its metrics."""

    name = "perfect"

    def rate(self, person: Person) -> Rating:
        shape = person.values.values.shape
        score, blame = np.zeros(shape[0]), np.zeros(shape)
        if injected := TRUTH.get(id(person)):
            for episode in injected.anomalies:
                score[episode.start : episode.stop] = 1
                blame[episode.start : episode.stop, episode.columns] = 1
        return Rating(score=score, blame=blame, own=score > 0)


class Late(Perfect):
    """Knows every injection, but not its first two days, and always blames the wrong metric."""

    name = "late"

    def rate(self, person: Person) -> Rating:
        rating = super().rate(person)
        score = rating.score * np.roll(rating.score, 1) * np.roll(rating.score, 2)
        blame = (
            -np.ones((len(score), len(person.values.keys)))
            if rating.blame is None
            else (1 - rating.blame)
        )
        return Rating(score=score, blame=blame, own=score > 0)


class Memory(Unlearned):
    """Remembers whom it learned from."""

    name = "memory"

    def learn(self, people: Sequence[Person]) -> Self:
        self.seen = {(person.pack, person.name) for person in people}
        return self

    def rate(self, person: Person) -> Rating:
        assert (person.pack, person.name) not in self.seen
        assert self.seen
        return Rating(score=np.zeros(len(person.values.days)))


def test_a_perfect_detector_is_worth_all() -> None:
    result = figures(rate_all(Perfect, CASES))["mean"]
    assert result.ap == pytest.approx(1)
    assert result.vus > 0.9
    assert (result.precision, result.recall, result.f1) == (1, 1, 1)
    assert result.false_alarms == 0
    assert result.found[LEVEL].found == 1
    assert result.found[LEVEL].chance == 0
    assert (result.delay, result.named, result.named_found) == (0, 1, 1)
    assert result.own["f1"] == 1


def test_chance_is_worth_the_prevalence() -> None:
    result = figures(rate_all(Random, CASES))["mean"]
    assert result.ap == pytest.approx(result.prevalence, abs=0.04)
    assert result.found[LEVEL].found == result.found[LEVEL].chance
    assert result.false_alarms == pytest.approx(LEVEL, abs=0.6)
    assert result.named == pytest.approx(result.named_chance, abs=0.15)


def test_delay_and_blame_are_told() -> None:
    result = figures(rate_all(Late, CASES))["mean"]
    assert result.delay == pytest.approx(2)
    assert result.named_found == 0
    assert result.found[LEVEL].found < 1


def test_a_silent_person_and_a_loud_one_are_both_counted() -> None:
    class Loud(Unlearned):
        name = "loud"

        def rate(self, person: Person) -> Rating:
            days = len(person.values.days)
            every: BoolArray = np.full(days, person.name.endswith(("-0", "-1")))
            score: FloatArray = np.arange(days, dtype=np.float64)
            return Rating(score=score, alarms={2.0: every})

    asked = budgets(rate_all(Loud, CASES))[0]
    assert asked.mean == pytest.approx(30.44 / 4)
    assert asked.p90 == pytest.approx(30.44)


def test_by_chance_alone_the_90th_percentile_lies_above_what_is_asked() -> None:
    often, seldom = budgets(rate_all(Random, CASES))[0], budgets(rate_all(Random, CASES))[-1]
    assert 1 < often.p90_by_chance / often.asked < 2 < seldom.p90_by_chance / seldom.asked


def test_thresholds_that_rank_well_keep_the_asked_rate_on_other_people() -> None:
    for budget in budgets(rate_all(Random, CASES))[:2]:
        assert budget.mean == pytest.approx(budget.asked, rel=0.35)


def test_nobody_is_rated_by_who_learned_from_them() -> None:
    assert len(rate_all(Memory, CASES)) == len(CASES)


def test_a_detector_that_blames_nothing_is_not_said_to_blame_wrongly() -> None:
    assert np.isnan(figures(rate_all(Memory, CASES))["mean"].named)


def test_the_interval_of_a_clear_difference_excludes_zero() -> None:
    rated = {make.name: rate_all(make, CASES) for make in (Perfect, Random)}
    interval = ap_differences(rated, "random", draws=50)["perfect"]
    assert 0.5 < interval.low < interval.difference < interval.high + 1e-9
    same = ap_differences({"one": rated["random"], "random": rated["random"]}, "random", draws=20)
    assert (same["one"].difference, same["one"].low, same["one"].high) == (0, 0, 0)


def test_jobs_change_nothing() -> None:
    def without_time(rated: list[Rated]) -> list[FloatArray]:
        return [r.injected.score for r in rated]

    together, alone = rate_all(Random, CASES, jobs=2), rate_all(Random, CASES)
    for first, second in zip(without_time(together), without_time(alone), strict=True):
        assert np.array_equal(first, second)
    assert figures(together)["mean"].ap == figures(alone)["mean"].ap


def test_a_person_has_one_fold_under_all_seeds() -> None:
    real = {(case.pack, case.name): case.fold for case in CASES}
    assert all(real[case.pack, case.name] == case.fold for case in CASES)
    assert len({case.fold for case in CASES}) == 5
