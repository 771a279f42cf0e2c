"""Weak labels: days are told apart within one person, and nobody is asked too little."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pytest

from app.ml.types import FloatArray
from app.utils.enums import Direction
from benchmarks.detection.labels import FEWEST, HISTORY, answers, asked, single_metrics
from benchmarks.detection.people import Person, person_of
from benchmarks.detection.rivals import Rating, Unlearned

DAYS = tuple(date(2026, 1, 1) + timedelta(n) for n in range(80))


def person(name: str, labels: Mapping[str, FloatArray]) -> Person:
    glucose = 90 + np.random.default_rng(0).integers(-9, 9, len(DAYS))
    return person_of("pack", name, DAYS, {"glucose_min": glucose.astype(float), **labels})


def marks(*days: int) -> FloatArray:
    label = np.zeros(len(DAYS))
    label[list(days)] = 1
    return label


class Dated(Unlearned):
    """Scores three named days, and with rules the days after them instead."""

    name = "dated"

    def rate(self, person: Person) -> Rating:  # noqa: ARG002 (everyone alike)
        score = marks(30, 40, 50)
        rules = {Direction.BELOW: np.roll(score, 1), Direction.ABOVE: np.roll(score, 2)}
        return Rating(score=score, concern=rules)


def answer(people: list[Person], row: str = "dated", question: str = "hypo symptoms") -> float:
    return answers(Dated, people, asked(people), 2)[row][question].auc


def test_days_that_score_are_told_from_those_that_do_not() -> None:
    assert answer([person("a", {"label_hypo_symptom": marks(30, 40, 50)})]) == 1
    assert answer([person("a", {"label_hypo_symptom": marks(31, 41, 51)})]) < 0.5


def test_clinical_rules_are_a_row_of_their_own() -> None:
    people = [person("a", {"label_hypo_symptom": marks(31, 41, 51)})]
    assert answer(people, "dated with limits") == 1


def test_each_question_asks_the_rules_of_its_own_side() -> None:
    people = [person("a", {"label_alcohol": marks(31, 41, 51)})]
    assert answer(people, "dated with limits", "day after alcohol") == 1


def test_alcohol_is_asked_of_the_next_day() -> None:
    people = [person("a", {"label_alcohol": marks(29, 39, 49)})]
    assert answer(people, question="day after alcohol") == 1


def test_each_person_counts_once_however_many_days() -> None:
    good = person("a", {"label_hypo_symptom": marks(30, 40, 50)})
    bad = person("b", {"label_hypo_symptom": marks(*range(11, 29))})
    chance = answer([bad])
    assert answer([good, bad]) == pytest.approx((1 + chance) / 2)


def test_people_with_too_few_days_are_not_asked() -> None:
    few = person("a", {"label_hypo_symptom": marks(*range(30, 30 + FEWEST - 1))})
    early = person("b", {"label_hypo_symptom": marks(*range(HISTORY))})
    assert asked([few, early]) == ()


def test_the_single_metric_is_told_beside() -> None:
    people = [person("a", {"label_hypo_symptom": marks(30, 40, 50)})]
    low = people[0].values.values.copy()
    low[[30, 40, 50]] = 50
    rows = single_metrics([people[0].with_values(low)], asked(people))
    assert rows["value of glucose_min alone, low"]["hypo symptoms"].auc == 1
