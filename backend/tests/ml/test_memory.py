"""Memory: it changes what detection costs, and never what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog import CATALOGUE, Catalogue
from app.ml import memory as remembering
from app.ml.judging import LOOKBACK, Detected, News, findings_of, judge
from app.ml.memory import KEPT_DAYS, Memory, marks_of
from app.ml.priors import shipped
from app.ml.rating import Measured, measure
from app.ml.types import Accepted, DailyValues, Finding, Wishes
from app.utils.enums import Direction

FIRST = date(2024, 1, 1)
KEYS = ("resting_hr", "hrv", "sleep_hours", "weight", "blood_glucose_avg")
FEW = Catalogue([CATALOGUE[key] for key in KEYS])
DAYS = LOOKBACK + 80
PLAIN = Wishes()


def person(seed: int = 1, days: int = DAYS) -> DailyValues:
    chance = np.random.default_rng(seed)
    middle = np.array([62, 50, 7.4, 71, 130])
    values = middle * np.exp(0.08 * chance.standard_normal((days, len(KEYS))))
    values[chance.random(values.shape) < 0.05] = np.nan
    values[chance.random(days) < 0.02, 0] = 90
    return DailyValues(tuple(FIRST + timedelta(n) for n in range(days)), FEW.keys, values)


def judged(
    values: DailyValues, first: int, last: int, memory: Memory | None, wishes: Wishes = PLAIN
) -> Detected:
    window = values.rows(max(0, first - LOOKBACK), last + 1)
    since, until = values.days[first], values.days[last]
    return judge(window, since=since, until=until, wishes=wishes, catalogue=FEW, memory=memory)


@dataclass(frozen=True)
class Step:
    """Something that a person does before a run over the days `ago` ... `ago - length + 1` before
    the last."""

    what: str
    when: int
    ago: int
    length: int


STEPS = st.builds(
    Step,
    st.sampled_from(
        ["nothing", "edit", "forget", "aside", "accept", "budget", "limit", "condition"]
    ),
    st.integers(0, DAYS - 1),
    st.integers(0, 60),
    st.integers(1, 61),
)


def done(step: Step, values: DailyValues, wishes: Wishes) -> tuple[DailyValues, Wishes]:
    day = values.days[step.when]
    if step.what in ("edit", "forget"):
        changed = values.values.copy()
        changed[step.when, step.when % 4] = np.nan if step.what == "forget" else 70 + step.ago
        return replace(values, values=changed), wishes
    if step.what == "aside":
        return values, replace(wishes, set_aside=wishes.set_aside ^ {day})
    if step.what == "accept":
        answer = Accepted(day, "resting_hr", Direction.ABOVE)
        return values, replace(wishes, accepted=(*wishes.accepted, answer))
    if step.what == "condition":
        since = values.days[DAYS - 1 - step.when % 70]
        return values, replace(wishes, conditions={"diabetes": since} if step.when % 3 else {})
    if step.what == "budget":
        return values, replace(wishes, alarms_per_month=1 + step.ago / 10)
    if step.what == "limit":
        return values, replace(wishes, thresholds={"resting_hr": 2 + step.ago / 20})
    return values, wishes


@given(st.lists(STEPS, min_size=2, max_size=5), st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_never_changes_an_answer(steps: list[Step], seed: int) -> None:
    values, wishes, memory = person(seed), Wishes(alarms_per_month=4), None
    for step in steps:
        values, wishes = done(step, values, wishes)
        first = DAYS - 1 - step.ago
        last = min(DAYS - 1, first + step.length - 1)
        cheap = judged(values, first, last, memory, wishes)
        assert cheap == judged(values, first, last, None, wishes)
        memory = cheap.memory


@pytest.mark.parametrize("ago", [0, 1, 20])
def test_serves_days_before_a_condition_came_on_file(
    monkeypatch: pytest.MonkeyPatch, ago: int
) -> None:
    values, since = person(), DAYS - 1 - ago
    values.values[:, KEYS.index("blood_glucose_avg")] = 120 + np.arange(DAYS) % 3
    values.values[[DAYS - 25, since], KEYS.index("blood_glucose_avg")] = 160
    memory = judged(values, DAYS - 31, DAYS - 2, None).memory
    asked: list[range] = []

    def counted(news: News, *rest: Any) -> Sequence[Finding]:
        asked.append(news.rows)
        return findings_of(news, *rest)

    monkeypatch.setattr("app.ml.judging.findings_of", counted)
    wishes = Wishes(conditions={"diabetes": values.days[since]})
    found = judged(values, DAYS - 30, DAYS - 1, memory, wishes)
    assert [len(rows) for rows in asked] == [max(1, ago + 1)]
    assert found == judged(values, DAYS - 30, DAYS - 1, None, wishes)
    assert found.findings != judged(values, DAYS - 30, DAYS - 1, None).findings


def test_makes_a_new_day_cost_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = judged(person(), DAYS - 61, DAYS - 2, None).memory
    measured: list[int] = []

    def counted(values: DailyValues, days: range, **rest: Any) -> Measured:
        measured.append(len(days))
        return measure(values, days, **rest)

    monkeypatch.setattr("app.ml.judging.measure", counted)
    judged(person(), DAYS - 60, DAYS - 1, memory)
    assert measured == [1]


def test_survives_runs_over_single_days() -> None:
    values, memory = person(), judged(person(), DAYS - 70, DAYS - 10, None).memory
    for day in range(DAYS - 9, DAYS):
        memory = judged(values, day, day, memory).memory
    assert memory is not None
    assert len(memory.scores) >= 70 + 150
    assert len(memory.findings) == len(judged(values, DAYS - 70, DAYS - 1, None).findings)


def test_of_another_code_or_other_priors_counts_for_nothing() -> None:
    values = person()
    memory = judged(values, DAYS - 5, DAYS - 1, None).memory
    assert memory is not None
    wrong = replace(memory, model="another", scores=memory.scores + 5, findings=())
    assert judged(values, DAYS - 5, DAYS - 1, wrong) == judged(values, DAYS - 5, DAYS - 1, None)
    other = replace(shipped(), second=0.9)
    models = {remembering.model_of(FEW, priors) for priors in (shipped(), other)}
    assert len(models | {remembering.model_of(CATALOGUE, shipped())}) == 3


def test_is_bounded() -> None:
    values, memory = person(days=KEPT_DAYS + 400), None
    for last in range(LOOKBACK + 59, KEPT_DAYS + 400, 60):
        memory = judged(values, last - 59, last, memory).memory
    assert memory is not None
    assert len(memory.marks) == len(memory.scores) == KEPT_DAYS
    assert min(f.day for f in memory.findings) > values.days[390]


class TestMarks:
    def test_differ_where_a_value_does(self) -> None:
        values = person()
        for key in FEW.keys:
            for change in (np.nan, 0.0, 61.0, 61.000000001):
                changed = values.values.copy()
                changed[9, FEW.keys.index(key)] = change
                differing = marks_of(values) != marks_of(replace(values, values=changed))
                assert differing.nonzero()[0].tolist() == [9]

    def test_know_one_zero_and_one_unknown(self) -> None:
        rows = np.array([[0.0, np.nan], [-0.0, -np.nan]])
        marks = marks_of(DailyValues((FIRST, FIRST + timedelta(1)), ("a", "b"), rows))
        assert marks[0] == marks[1]

    def test_of_round_numbers_do_not_meet(self) -> None:
        grid = np.stack(np.meshgrid(np.arange(300.0), np.arange(300.0)), axis=-1).reshape(-1, 2)
        days = tuple(FIRST + timedelta(n) for n in range(len(grid)))
        assert len(np.unique(marks_of(DailyValues(days, ("a", "b"), grid)))) == len(grid)
