"""Weak labels of real days: how well a day's score tells them from the same person's other days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.ml.scales import to_scale
from app.ml.types import BoolArray, FloatArray
from app.utils.enums import Direction
from benchmarks.detection.measures import auc
from benchmarks.detection.people import Person
from benchmarks.detection.residuals import past_residuals
from benchmarks.detection.rivals import Rating, Rival

HISTORY = 8
"""The first days of a person, which nobody can judge, are left out."""

FEWEST = 3
"""The positive and the negative days that a person needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a label: which days are positive, which negative; and the single metric
    measured as best in the past, for comparison: its column, whether its distance
    from the person's past is meant or the value itself, and the sign of the bad side."""

    name: str
    label: str
    positive: Callable[[FloatArray], BoolArray]
    negative: Callable[[FloatArray], BoolArray]
    metric: str
    relative: bool
    sign: int

    @property
    def side(self) -> Direction:
        """On which side of the limits the label's days are looked for."""
        return Direction.ABOVE if self.sign > 0 else Direction.BELOW


def _day_before(label: FloatArray) -> FloatArray:
    return np.concatenate([[np.nan], label[:-1]])


QUESTIONS = (
    Question(
        name="hypo symptoms",
        label="hypo_symptom",
        positive=lambda label: label > 0,
        negative=lambda label: label == 0,
        metric="glucose_min",
        relative=False,
        sign=-1,
    ),
    Question(
        name="day after alcohol",
        label="alcohol",
        positive=lambda label: _day_before(label) > 0,
        negative=lambda label: _day_before(label) == 0,
        metric="resting_hr",
        relative=True,
        sign=1,
    ),
    Question(
        name="-2 to +10 days from onset",
        label="day_from_onset",
        positive=lambda label: (label >= -2) & (label <= 10),
        negative=lambda label: (label < -21) | (label > 35),
        metric="resting_hr",
        relative=True,
        sign=1,
    ),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The mean over people of the area under their own curve; 0.5 is chance."""

    auc: float
    people: int
    positive_days: int


def asked(people: Sequence[Person]) -> tuple[Question, ...]:
    """The questions that some of the people can answer."""
    return tuple(
        question
        for question in QUESTIONS
        if any(_sides(person, question) is not None for person in people)
    )


def answers(
    make: Callable[[], Rival], people: Sequence[Person], questions: Sequence[Question], folds: int
) -> dict[str, dict[str, Answer]]:
    """By the name of what is scored, and by question; each person is rated by a detector that
    learned from the other folds. Where a detector counts clinical rules too, that is a second
    row, of the rules on the bad side of the question's metric."""
    ratings: list[tuple[Person, Rating]] = []
    for fold in range(folds):
        others = [person for n, person in enumerate(people) if n % folds != fold]
        rival = make().learn(others)
        ratings += [(person, rival.rate(person)) for person in people[fold::folds]]
    name = make().name
    rows = {name: _row([(person, r.score) for person, r in ratings], questions)}
    if any(rating.concern for _, rating in ratings):
        rows[f"{name} with limits"] = {
            question.name: _answer(
                [(person, r.concern[question.side]) for person, r in ratings if r.concern], question
            )
            for question in questions
        }
    return rows


def single_metrics(
    people: Sequence[Person], questions: Sequence[Question]
) -> dict[str, dict[str, Answer]]:
    """The metric that each question names, on its own."""
    rows: dict[str, dict[str, Answer]] = {}
    for question in questions:
        scored = [(person, _single(person, question)) for person in people]
        kind = "distance of" if question.relative else "value of"
        side = "high" if question.sign > 0 else "low"
        name = f"{kind} {question.metric} alone, {side}"
        rows.setdefault(name, {}).update(_row(scored, [question]))
    return rows


def _single(person: Person, question: Question) -> FloatArray:
    keys = [metric.key for metric in person.metrics]
    if question.metric not in keys:
        return np.full(len(person.values.days), np.nan)
    place = keys.index(question.metric)
    if question.relative:
        return question.sign * past_residuals(person)[:, place]
    scaled = to_scale(person.values.values[:, person.watched], person.metrics)
    return np.asarray(question.sign * scaled[:, place])


def _row(
    scored: Sequence[tuple[Person, FloatArray]], questions: Sequence[Question]
) -> dict[str, Answer]:
    return {question.name: _answer(scored, question) for question in questions}


def _answer(scored: Sequence[tuple[Person, FloatArray]], question: Question) -> Answer:
    values, days = [], 0
    for person, score in scored:
        sides = _sides(person, question)
        if sides is not None and np.isfinite(score).any():
            positive, negative = sides
            values.append(auc(score[positive], score[negative]))
            days += int(positive.sum())
    mean = float(np.mean(values)) if values else float("nan")
    return Answer(mean, len(values), days)


def _sides(person: Person, question: Question) -> tuple[BoolArray, BoolArray] | None:
    """The person's positive and negative days, those with values and a history; None where they
    are too few."""
    if question.label not in person.labels or not person.watched:
        return None
    label = person.labels[question.label]
    known = np.isfinite(person.values.values[:, person.watched]).any(axis=1)
    counted = known & (np.cumsum(known) > HISTORY)
    positive, negative = question.positive(label) & counted, question.negative(label) & counted
    enough = min(positive.sum(), negative.sum()) >= FEWEST
    return (positive, negative) if enough else None
