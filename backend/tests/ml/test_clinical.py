"""Clinical limits: to whom they apply, and when they tell."""

from datetime import date, timedelta

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.clinical import Breach, applicable, breach, remark
from app.ml.types import DailyValues
from app.utils.enums import Direction, Severity

NOTHING = float("nan")


def found(key: str, *values: float, conditions: frozenset[str] = frozenset()) -> Breach | None:
    """What the last of the metric's daily values breaks."""
    days = tuple(date(2025, 1, 1) + timedelta(n) for n in range(len(values)))
    column = DailyValues(days, (key,), np.array(values)[:, np.newaxis])
    metric = CATALOGUE[key]
    return breach(column, len(values) - 1, metric, applicable(metric, conditions))


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
    with_diabetes = frozenset({"diabetes"})
    assert found("blood_glucose_avg", 160) is not None
    assert found("blood_glucose_avg", 160, conditions=with_diabetes) is None
    assert found("blood_glucose_avg", 200, conditions=with_diabetes) is not None


def test_the_remark_names_the_broken_limit_first() -> None:
    metric = CATALOGUE["glucose_min"]
    assert remark(metric, 50, found("glucose_min", 50)) == "ATTD 2019: level 2 low"


def test_the_remark_falls_back_on_the_clinical_range() -> None:
    metric = CATALOGUE["resting_hr"]
    assert remark(metric, 105, None) == metric.guideline
    assert remark(metric, 60, None) is None
    assert remark(CATALOGUE["hrv"], 5, None) is None
