"""Trends by condition against figures made in Python."""

import datetime as dt
import statistics
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.catalog import CATALOGUE
from app.database import Database
from app.models import ChronicMetrics, VitalSigns
from app.schemas.trends import (
    ChronicTrends,
    DiabetesTrends,
    HeartTrends,
    HypertensionTrends,
    OtherTrends,
)
from app.services.chronic_trends import chronic_trends
from app.utils.enums import ConditionType
from tests.services.stored import Diary, diary_of, stop_clock

TODAY = dt.date(2026, 3, 12)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC))


@pytest.fixture
async def ada(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database) as diary:
        yield diary


async def trends(diary: Diary, condition: str, days: int = 90) -> Any:
    kind = ConditionType(condition)
    answer = await chronic_trends(diary.session, diary.person, kind, days=days)
    return ChronicTrends.model_validate_json(answer, strict=True, extra="forbid").root


async def diabetes(diary: Diary, days: int = 90) -> DiabetesTrends:
    told = await trends(diary, "diabetes", days)
    assert isinstance(told, DiabetesTrends)
    return told


async def hypertension(diary: Diary, days: int = 90) -> HypertensionTrends:
    told = await trends(diary, "hypertension", days)
    assert isinstance(told, HypertensionTrends)
    return told


async def heart(diary: Diary, days: int = 90) -> HeartTrends:
    told = await trends(diary, "heart", days)
    assert isinstance(told, HeartTrends)
    return told


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days)


def chronic(days: int, condition: str = "diabetes", when: str = "other", **columns: object) -> Any:
    return {"date": ago(days), "condition_type": condition, "time_of_day": when} | columns


def glucose(days: int, value: float, when: str = "other", condition: str = "diabetes") -> Any:
    return chronic(days, condition, when, blood_glucose_mgdl=value)


def pressure(days: int, systolic: int, diastolic: int, when: str = "morning") -> Any:
    return {
        "date": ago(days),
        "time_of_day": when,
        "blood_pressure_systolic": systolic,
        "blood_pressure_diastolic": diastolic,
    }


async def test_glucose_of_any_condition_counts(ada: Diary) -> None:
    values = [53, 54, 69, 70, 100, 180, 181, 250, 251, 140]
    kinds = ["diabetes", "hypertension", "heart", "other", "diabetes"] * 2
    await ada.write(
        ChronicMetrics,
        *(
            glucose(place % 4, value, condition=kind)
            for place, (value, kind) in enumerate(zip(values, kinds, strict=True))
        ),
        glucose(90, 999),
    )
    told = await diabetes(ada)
    mean, spread = statistics.mean(values), statistics.stdev(values)
    assert told.glucose.model_dump() == {
        "readings": 10,
        "days": 4,
        "mean": round(mean, 1),
        "spread": round(spread, 1),
        "cv_pct": round(100 * spread / mean, 1),
        "min": 53,
        "max": 251,
    }
    assert told.ranges.model_dump() == {
        "in_range_pct": 40,
        "below_70_pct": 30,
        "below_54_pct": 10,
        "above_180_pct": 30,
        "above_250_pct": 10,
    }


async def test_glucose_by_time_of_day_and_by_day(ada: Diary) -> None:
    await ada.write(
        ChronicMetrics,
        glucose(0, 150, "post_meal"),
        glucose(1, 90, "fasting"),
        glucose(0, 101.5, "fasting"),
    )
    told = await diabetes(ada)
    assert [(row.time_of_day, row.readings, row.mean, row.max) for row in told.by_time_of_day] == [
        ("fasting", 2, 95.8, 101.5),
        ("post_meal", 1, 150, 150),
    ]
    assert [(row.date, row.readings, row.min, row.max) for row in told.daily] == [
        (ago(1), 1, 90, 90),
        (ago(0), 2, 101.5, 150),
    ]


@pytest.mark.parametrize(
    ("days", "logged", "value"),
    [(14, 10, 7.1), (14, 9, None), (13, 13, None), (20, 14, 7.1), (90, 62, None), (90, 63, 7.1)],
)
async def test_gmi_needs_two_weeks_and_seven_days_in_ten(
    ada: Diary, days: int, logged: int, value: float | None
) -> None:
    await ada.write(ChronicMetrics, *(glucose(day, 157) for day in range(logged)))
    gmi = (await diabetes(ada, days)).gmi
    assert gmi.value == value
    assert (gmi.reason is None) == (value is not None)


async def test_insulin_is_summed_by_day(ada: Diary) -> None:
    await ada.write(
        ChronicMetrics,
        chronic(0, insulin_units=6),
        chronic(0, insulin_units=10),
        chronic(1, insulin_units=5),
        chronic(2, symptoms="tired"),
    )
    assert (await diabetes(ada)).insulin.model_dump() == {"days": 2, "mean_units": 10.5}


async def test_hba1c_reaches_back_two_years(ada: Diary) -> None:
    await ada.write(ChronicMetrics, *(chronic(days, hba1c_pct=7.1) for days in (10, 200, 729, 730)))
    told = await diabetes(ada)
    assert [result.date for result in told.hba1c] == [ago(729), ago(200), ago(10)]
    assert len((await diabetes(ada, 731)).hba1c) == 4


async def test_the_home_average_leaves_out_the_first_day(ada: Diary) -> None:
    await ada.write(VitalSigns, *(pressure(3, 170, 110, "evening") for _ in range(4)))
    await ada.write(VitalSigns, *(pressure(day, 136, 80) for day in (0, 1) for _ in range(2)))
    await ada.write(VitalSigns, *(pressure(day, 130, 70, "evening") for day in (0, 1) * 2))
    told = await hypertension(ada)
    assert told.status == "ready"
    assert told.home_average.model_dump() == {
        "systolic": 133,
        "diastolic": 75,
        "readings": 12,
        "days": 3,
        "averaged_readings": 8,
        "first_day_left_out": True,
    }
    assert told.categories.model_dump() == {
        "acc_aha_2017": "stage_1",
        "esc_2024": "elevated",
        "reason": None,
    }
    assert [(r.time_of_day, r.readings, r.systolic) for r in told.by_time_of_day] == [
        ("morning", 4, 136),
        ("evening", 8, 150),
    ]
    assert told.high.model_dump() == {
        "systolic_limit": 135,
        "diastolic_limit": 85,
        "readings": 8,
        "pct": 66.7,
    }
    assert [(day.date, day.readings, day.diastolic) for day in told.daily] == [
        (ago(3), 4, 110),
        (ago(1), 4, 75),
        (ago(0), 4, 75),
    ]


@pytest.mark.parametrize(("days", "each"), [(2, 6), (3, 3)])
async def test_too_few_readings_or_days_have_no_category(ada: Diary, days: int, each: int) -> None:
    await ada.write(
        VitalSigns, *(pressure(day, 150, 95) for day in range(days) for _ in range(each))
    )
    told = await hypertension(ada)
    assert (told.status, told.home_average.systolic) == ("learning", 150)
    assert not told.home_average.first_day_left_out
    assert (told.categories.acc_aha_2017, told.categories.esc_2024) == (None, None)
    assert told.categories.reason


async def test_half_a_pressure_does_not_count(ada: Diary) -> None:
    await ada.write(VitalSigns, pressure(0, 140, 90) | {"blood_pressure_diastolic": None})
    assert (await hypertension(ada)).home_average.readings == 0


async def test_lipids_stand_beside_the_result_before(ada: Diary) -> None:
    noon = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
    await ada.write(
        ChronicMetrics,
        chronic(400, "heart", cholesterol_ldl=150),
        chronic(40, "other", cholesterol_ldl=99, occurred_at=noon),
        chronic(40, "heart", cholesterol_ldl=131.5, occurred_at=noon + dt.timedelta(hours=1)),
        chronic(40, "heart", cholesterol_hdl=54),
    )
    told = await heart(ada)
    assert told.status == "ready"
    lipids = {lipid.key: lipid for lipid in told.lipids}
    assert list(lipids) == [row.key for row in CATALOGUE.metrics if row.family == "lipids"]
    ldl = lipids["cholesterol_ldl"]
    assert (ldl.latest, ldl.latest_date) == (131.5, ago(40))
    assert (ldl.previous, ldl.previous_date, ldl.change) == (150, ago(400), -18.5)
    assert ldl.is_outside
    assert ldl.guideline == CATALOGUE["cholesterol_ldl"].guideline
    assert [result.value for result in ldl.results] == [150, 131.5]
    assert lipids["cholesterol_hdl"].is_outside is False
    assert lipids["triglycerides"].model_dump(include={"latest", "is_outside", "results"}) == {
        "latest": None,
        "is_outside": None,
        "results": [],
    }


async def test_heart_rate_and_variability_are_means_of_readings(ada: Diary) -> None:
    def beat(days: int, **columns: int) -> dict[str, object]:
        return {"date": ago(days), "time_of_day": "morning"} | columns

    await ada.write(
        VitalSigns,
        beat(0, resting_heart_rate=60, hrv_ms=50),
        beat(0, resting_heart_rate=61),
        beat(1, resting_heart_rate=65),
        beat(90, hrv_ms=400),
        pressure(2, 120, 70),
    )
    told = await heart(ada)
    assert told.resting_heart_rate.model_dump() == {"mean": 62, "readings": 3, "days": 2}
    assert told.hrv.model_dump() == {"mean": 50, "readings": 1, "days": 1}
    assert told.status == "learning"


async def test_mentions_are_those_of_the_condition_newest_first(ada: Diary) -> None:
    await ada.write(
        ChronicMetrics,
        *(chronic(day % 40, "other", symptoms=f"day {day % 40}") for day in range(60)),
        chronic(0, "heart", medication_taken="Ramipril 5 mg"),
        chronic(90, "heart", medication_taken="too old"),
        chronic(1, "heart", notes="neither"),
    )
    other = await trends(ada, "other")
    assert isinstance(other, OtherTrends)
    assert (other.status, other.mentions.total, len(other.mentions.items)) == ("ready", 60, 50)
    assert [item.symptoms for item in other.mentions.items[:3]] == ["day 0", "day 0", "day 1"]
    mentions = (await heart(ada)).mentions
    assert [(item.date, item.medication, item.symptoms) for item in mentions.items] == [
        (TODAY, "Ramipril 5 mg", None)
    ]


@pytest.mark.parametrize("condition", ConditionType)
async def test_an_empty_account_is_learning(ada: Diary, condition: str) -> None:
    told = await trends(ada, condition)
    assert (told.status, told.mentions.total) == ("learning", 0)
    assert (told.first, told.last) == (ago(89), TODAY)


@pytest.mark.parametrize("condition", ConditionType)
async def test_others_are_not_counted(database: Database, condition: str) -> None:
    async with diary_of(database) as ada:
        empty = await trends(ada, condition)
    async with diary_of(database) as bob:
        await bob.write(
            ChronicMetrics,
            glucose(0, 100),
            chronic(0, hba1c_pct=6, insulin_units=5, cholesterol_ldl=100),
            chronic(0, condition, symptoms="tired"),
        )
        await bob.write(VitalSigns, pressure(0, 120, 70) | {"resting_heart_rate": 60, "hrv_ms": 50})
    async with diary_of(database) as ada:
        assert await trends(ada, condition) == empty
