"""Clinical limits: to whom they apply, and when they tell."""

from datetime import date, timedelta

import numpy as np
import pytest

from app.catalog import CATALOGUE, Metric
from app.ml.clinical import SEVERITIES, Breach, any_broken, applicable, breach, concern, remark
from app.ml.types import Conditions, DailyValues
from app.utils.enums import Direction, Severity

NOTHING = float("nan")
NONE: Conditions = {}


def found(key: str, *values: float, conditions: Conditions = NONE) -> Breach | None:
    """What the last of the metric's daily values breaks."""
    days = tuple(date(2025, 1, 1) + timedelta(n) for n in range(len(values)))
    column = DailyValues(days, (key,), np.array(values)[:, np.newaxis])
    metric = CATALOGUE[key]
    return breach(column, len(values) - 1, metric, applicable(metric, conditions, days[-1]))


def test_ordinary_and_unknown_values_break_nothing() -> None:
    assert found("glucose_min", 85) is None
    assert found("glucose_min", NOTHING) is None


def test_the_gravest_broken_limit_counts() -> None:
    low = found("glucose_min", 50)
    assert low is not None
    assert (low.severity, low.direction, low.told) == (Severity.HIGH, Direction.BELOW, True)
    assert low.limit.guideline == "ATTD 2019: level 2 low"


def test_a_limit_knows_its_side() -> None:
    high = found("bp_systolic", 190)
    assert high is not None
    assert high.direction is Direction.ABOVE


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ((65.0,), False),
        ((65.0, *[90.0] * 6), False),
        ((65.0, *[90.0] * 7), True),
        ((65.0, *[NOTHING] * 6), False),
        ((90.0, NOTHING), True),
    ],
)
def test_a_run_is_told_once(before: tuple[float, ...], told: bool) -> None:
    low = found("glucose_min", *before, 66)
    assert low is not None
    assert low.told is told


def test_a_dangerous_value_is_told_every_day() -> None:
    low = found("glucose_min", 50, 50, 50)
    assert low is not None
    assert low.told


def test_getting_worse_is_told() -> None:
    low = found("glucose_min", 65, 66, 50)
    assert low is not None
    assert low.told


def test_the_mean_glucose_has_another_limit_with_diabetes() -> None:
    with_diabetes = {"diabetes": date(2025, 1, 1)}
    assert found("blood_glucose_avg", 160) is not None
    assert found("blood_glucose_avg", 160, conditions=with_diabetes) is None
    assert found("blood_glucose_avg", 200, conditions=with_diabetes) is not None


def test_a_condition_counts_from_its_day_on() -> None:
    since = {"diabetes": date(2025, 1, 2)}
    values = DailyValues(
        (date(2025, 1, 1), date(2025, 1, 2)), ("blood_glucose_avg",), np.full((2, 1), 160.0)
    )
    metrics = [CATALOGUE["blood_glucose_avg"]]
    assert any_broken(values, range(1), metrics, since)
    assert not any_broken(values, range(1, 2), metrics, since)
    assert any_broken(values, range(1, 2), metrics, {"diabetes": date(2025, 1, 3)})


def test_the_remark_names_the_broken_limit_first() -> None:
    metric = CATALOGUE["glucose_min"]
    assert remark(metric, 50, found("glucose_min", 50)) == "ATTD 2019: level 2 low"


def test_the_remark_falls_back_on_the_clinical_range() -> None:
    metric = CATALOGUE["resting_hr"]
    assert remark(metric, 105, None) == metric.guideline
    assert remark(metric, 60, None) is None
    assert remark(CATALOGUE["hrv"], 5, None) is None


def graded(key: str, side: Direction, *values: float) -> list[float]:
    metric = CATALOGUE[key]
    grades = concern(np.array(values), metric, applicable(metric, NONE, date.max), side)
    return [float(grade) for grade in grades]


def test_concern_is_whole_where_a_limit_begins() -> None:
    medium, high = graded("glucose_min", Direction.BELOW, 69.999, 53.999)
    assert medium == pytest.approx(2, abs=0.001)
    assert high == pytest.approx(3, abs=0.001)


def test_concern_rises_with_the_depth_and_never_reaches_the_next_limit() -> None:
    grades = graded("glucose_min", Direction.BELOW, 150, 100, 70, 69, 60, 54, 53, 40, 20)
    assert grades == sorted(grades)
    assert len(set(grades)) == len(grades)
    assert grades[2] < 1 < grades[3]
    assert grades[-1] < 4


def test_concern_has_a_side() -> None:
    assert graded("spo2", Direction.ABOVE, 85) == [0]
    assert graded("blood_glucose_avg", Direction.ABOVE, 60)[0] < 1
    assert graded("blood_glucose_avg", Direction.BELOW, 60)[0] > 2


def test_what_is_not_known_is_of_no_concern() -> None:
    assert graded("glucose_min", Direction.BELOW, NOTHING) == [0]


@pytest.mark.parametrize("metric", [m for m in CATALOGUE.metrics if m.limits], ids=lambda m: m.key)
def test_a_broken_limit_is_of_its_severity_s_concern(metric: Metric) -> None:
    for limit in metric.limits:
        sign, edge = (1, limit.above) if limit.above is not None else (-1, limit.below)
        assert edge is not None
        side = Direction.ABOVE if sign > 0 else Direction.BELOW
        (grade,) = concern(np.array([edge + sign * 0.01]), metric, [limit], side)
        assert int(grade) == 1 + SEVERITIES.index(Severity(limit.severity))
