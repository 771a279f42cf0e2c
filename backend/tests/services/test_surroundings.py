"""What else moved on the day of a finding: seen against its own past, and never what is blamed."""

import datetime as dt

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.types import Contribution, DailyValues, Finding
from app.services.surroundings import FEWEST_DAYS, HISTORY_DAYS, MOST_TOLD, Moved, also_moved
from app.utils.enums import DetectorType, Direction, Severity

DAYS = 60
LAST = dt.date(2026, 4, 10)
CALM = {"resting_hr": 60.0, "hrv": 50.0, "sleep_hours": 7.0, "weight": 70.0, "bmi": 23.0}


def values(today: dict[str, float], *, known: int = DAYS) -> DailyValues:
    """Days on which each calm metric swings a little around its level, then today's."""
    table = np.full((DAYS, len(CATALOGUE.keys)), np.nan)
    swing = 1 + 0.02 * np.sin(np.arange(DAYS))
    for key, level in CALM.items():
        table[DAYS - known :, CATALOGUE.keys.index(key)] = (level * swing)[DAYS - known :]
        table[-1, CATALOGUE.keys.index(key)] = today.get(key, level)
    dates = tuple(LAST - dt.timedelta(DAYS - 1 - index) for index in range(DAYS))
    return DailyValues(dates, CATALOGUE.keys, table)


def finding(metric: str, *others: str, day: dt.date = LAST) -> Finding:
    parts = (metric, *others)
    return Finding(
        day=day,
        metric=metric,
        value=1.0,
        baseline=None,
        usual_low=None,
        usual_high=None,
        direction=Direction.ABOVE,
        detector=DetectorType.ENSEMBLE,
        score=50,
        p_value=0.01,
        severity=Severity.LOW,
        unusual=True,
        clinical=None,
        contributions=tuple(
            Contribution(metric=key, share=1 / len(parts), value=1.0, baseline=None)
            for key in parts
        ),
        history_days=30,
        history_from=None,
        version="x",
    )


def moved(today: dict[str, float], *findings: Finding, known: int = DAYS) -> list[list[Moved]]:
    told = also_moved(values(today, known=known), findings, CATALOGUE)
    return [list(others) for others in told]


def test_what_is_outside_its_usual_range_is_told_with_it() -> None:
    ((sleep, hrv),) = moved({"hrv": 35, "sleep_hours": 12}, finding("resting_hr"))
    assert (sleep.metric, sleep.direction, sleep.value) == ("sleep_hours", Direction.ABOVE, 12)
    assert (hrv.metric, hrv.direction, hrv.value) == ("hrv", Direction.BELOW, 35)
    for other, level in ((sleep, 7), (hrv, 50)):
        assert other.usual_low < level < other.usual_high
        assert not other.usual_low <= other.value <= other.usual_high


def test_what_is_usual_and_what_is_blamed_is_not() -> None:
    today = {"hrv": 35.0, "sleep_hours": 12.0, "weight": 90.0}
    told = moved(today, finding("resting_hr", "hrv"), finding("hrv"), finding("bmi"))
    assert [[other.metric for other in others] for others in told] == [
        ["sleep_hours", "weight"],
        ["sleep_hours", "weight"],
        ["sleep_hours", "hrv"],
    ]
    assert moved({}, finding("resting_hr")) == [[]]


def test_of_a_family_the_farthest_is_told_and_not_too_many() -> None:
    ((other,),) = moved({"weight": 90, "bmi": 40}, finding("hrv"))
    assert other.metric in ("weight", "bmi")
    ((*others,),) = moved(dict.fromkeys(CALM, 500.0), finding("total_calories"))
    assert len(others) == 4 <= MOST_TOLD


@pytest.mark.parametrize(("known", "told"), [(FEWEST_DAYS, 0), (FEWEST_DAYS + 1, 1)])
def test_with_too_few_days_nothing_is_said(known: int, told: int) -> None:
    ((*others,),) = moved({"hrv": 30}, finding("resting_hr"), known=known)
    assert len(others) == told


def test_only_the_days_before_count() -> None:
    day = LAST - dt.timedelta(3)
    calm, wild = values({}), values(dict.fromkeys(CALM, 500.0))
    for table in (calm, wild):
        table.values[: DAYS - 4 - HISTORY_DAYS] *= 1 + (table is wild)
        table.values[-4, CATALOGUE.keys.index("hrv")] = 30
    first, second = (also_moved(t, [finding("weight", day=day)], CATALOGUE) for t in (calm, wild))
    assert first == second
    assert [other.metric for other in first[0]] == ["hrv"]


def test_a_value_that_is_shown_as_an_edge_of_its_range_is_not_outside() -> None:
    ((sleep,),) = moved({"sleep_hours": 12}, finding("resting_hr"))
    decimals = CATALOGUE["sleep_hours"].decimals
    edge, step = round(sleep.usual_high, decimals), 10**-decimals
    barely = max(sleep.usual_high, edge - step / 2) + step / 100
    assert barely > sleep.usual_high
    assert round(barely, decimals) == edge
    assert moved({"sleep_hours": barely}, finding("resting_hr")) == [[]]
    ((further,),) = moved({"sleep_hours": edge + step}, finding("resting_hr"))
    assert further.metric == "sleep_hours"
