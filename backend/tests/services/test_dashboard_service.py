"""The dashboard against figures made in Python."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert

from app.catalog import CATALOGUE, TRACKERS
from app.database import Database
from app.models import Anomaly, BodyMetrics, FoodEntry, SleepEntry, VitalSigns
from app.schemas.dashboard import DailyDashboard, DailyMetric, WeeklyDashboard, WeeklyMetric
from app.services.dashboard_service import DashboardService
from app.services.metrics_service import MetricsService
from tests.services.stored import Diary, diary_of, stop_clock

TODAY = dt.date(2026, 3, 12)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC))


@pytest.fixture
async def ada(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database) as diary:
        yield diary


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days)


def sleep(days: int, hours: float) -> dict[str, Any]:
    return {"date": ago(days), "duration_hours": hours}


def pulse(days: int, rate: int) -> dict[str, Any]:
    return {"date": ago(days), "time_of_day": "morning", "resting_heart_rate": rate}


def finding(diary: Diary, days: int, **columns: Any) -> dict[str, Any]:
    return {
        "user_id": diary.person.id,
        "date": ago(days),
        "source_table": "sleep_entries",
        "metric_name": "sleep_hours",
        "metric_value": 3.0,
        "detector_type": "zscore",
        "severity": "low",
        "anomaly_score": 50,
        "explanation": "Sleep was 3 h.",
        "direction": "below",
        "is_unusual": True,
        "detector_version": "1",
        "evidence": {},
    } | columns


async def daily(diary: Diary, day: dt.date = TODAY) -> DailyDashboard:
    told = await DashboardService(diary.session, diary.person, CATALOGUE).view("daily", day)
    return DailyDashboard.model_validate_json(told)


async def weekly(diary: Diary, day: dt.date = TODAY) -> WeeklyDashboard:
    told = await DashboardService(diary.session, diary.person, CATALOGUE).view("weekly", day)
    return WeeklyDashboard.model_validate_json(told)


async def metric_today(diary: Diary, key: str, day: dt.date = TODAY) -> DailyMetric:
    return next(metric for metric in (await daily(diary, day)).metrics if metric.key == key)


async def metric_of_the_week(diary: Diary, key: str) -> WeeklyMetric:
    return next(metric for metric in (await weekly(diary)).metrics if metric.key == key)


async def test_today_against_the_thirty_days_before(ada: Diary) -> None:
    await ada.write(SleepEntry, *(sleep(days, 6 + days / 10) for days in range(1, 31)))
    await ada.write(SleepEntry, sleep(0, 5.0), sleep(31, 24))
    metric = await metric_today(ada, "sleep_hours")
    assert (metric.value, metric.status, metric.direction) == (5, "ready", "below")
    assert metric.usual.model_dump() == {
        "days": 30,
        "mean": 7.55,
        "median": 7.55,
        "low": 6.39,
        "high": 8.71,
    }
    assert metric.clinical
    assert metric.clinical.model_dump() == {
        "low": 7,
        "high": 9,
        "guideline": CATALOGUE["sleep_hours"].guideline,
        "is_outside": True,
    }
    assert metric.label == "Sleep"
    assert metric.unit == "h"


@pytest.mark.parametrize(("value", "direction"), [(60, "usual"), (66, "above"), (54, "below")])
async def test_direction(ada: Diary, value: int, direction: str) -> None:
    await ada.write(VitalSigns, *(pulse(days, 58 + days % 5) for days in range(1, 15)))
    await ada.write(VitalSigns, pulse(0, value))
    assert (await metric_today(ada, "resting_hr")).direction == direction


async def test_thirteen_days_are_too_few_to_say_what_is_unusual(ada: Diary) -> None:
    await ada.write(VitalSigns, *(pulse(days, 60) for days in range(1, 14)), pulse(0, 110))
    told = await daily(ada)
    metric = next(metric for metric in told.metrics if metric.key == "resting_hr")
    assert (told.status, metric.status, metric.direction) == ("learning", "learning", None)
    assert (metric.usual.days, metric.days_needed) == (13, 14)
    assert metric.clinical
    assert metric.clinical.is_outside


async def test_a_metric_without_a_value_today_tells_its_latest(ada: Diary) -> None:
    await ada.write(BodyMetrics, {"date": ago(59), "weight_kg": 71.25})
    metric = await metric_today(ada, "weight")
    assert (metric.value, metric.direction, metric.clinical) == (None, None, None)
    assert metric.latest.model_dump() == {"date": ago(59), "value": 71.25}


async def test_metrics_without_data_in_sixty_days_are_not_shown(ada: Diary) -> None:
    await ada.write(BodyMetrics, {"date": ago(60), "weight_kg": 70})
    await ada.write(
        FoodEntry,
        {
            "date": TODAY,
            "meal_type": "lunch",
            "food_name": "soup",
            "calories": 500,
            "protein_g": 20,
        },
    )
    assert [metric.key for metric in (await daily(ada)).metrics] == [
        "total_calories",
        "total_protein",
        "protein_ratio",
    ]


async def test_the_day_may_be_an_earlier_one(ada: Diary) -> None:
    await ada.write(VitalSigns, pulse(0, 90), pulse(3, 60))
    told = await daily(ada, ago(3))
    assert (told.date, told.is_today) == (ago(3), False)
    assert (await metric_today(ada, "resting_hr", ago(3))).value == 60
    assert (await daily(ada)).is_today


async def test_the_week_against_four_weeks_before(ada: Diary) -> None:
    await ada.write(VitalSigns, *(pulse(days, 70) for days in (0, 3, 6)))
    await ada.write(VitalSigns, *(pulse(days, 60) for days in range(7, 35)))
    await ada.write(VitalSigns, pulse(35, 200))
    metric = await metric_of_the_week(ada, "resting_hr")
    assert (metric.value, metric.days, metric.direction) == (70, 3, "above")
    assert (metric.usual.days, metric.usual.mean) == (28, 60)
    assert (metric.change, metric.change_pct) == (10, 16.7)


async def test_the_trend_is_that_of_four_weeks(ada: Diary) -> None:
    await ada.write(
        BodyMetrics,
        *({"date": ago(days), "weight_kg": 80 + days / 10} for days in range(0, 28, 2)),
        {"date": ago(28), "weight_kg": 40},
    )
    trend = (await metric_of_the_week(ada, "weight")).trend
    assert trend
    assert (trend.per_week, trend.days) == (-0.7, 14)
    assert trend.p_value < 0.01


async def test_a_change_from_zero_has_no_per_cent(ada: Diary) -> None:
    def dessert(days: int, grams: float) -> dict[str, Any]:
        return {"date": ago(days), "meal_type": "snack", "food_name": "x", "sugar_g": grams}

    await ada.write(FoodEntry, dessert(0, 20), dessert(10, 0))
    metric = await metric_of_the_week(ada, "total_sugar")
    assert (metric.change, metric.change_pct, metric.trend) == (20, None, None)


async def test_open_anomalies_are_recent_and_the_gravest_first(ada: Diary) -> None:
    rows = [
        finding(ada, 1, severity="low", anomaly_score=99),
        finding(ada, 2, severity="high", anomaly_score=70),
        finding(ada, 13, severity="high", anomaly_score=80),
        finding(ada, 14, severity="high"),
        finding(ada, 3, severity="high", is_acknowledged=True),
        finding(ada, 4, severity="medium", anomaly_score=10),
    ]
    for row in rows:
        await ada.session.execute(insert(Anomaly).values(row))
    told = (await daily(ada)).open_anomalies
    assert told.total == 4
    assert [(item.date, item.severity) for item in told.items] == [
        (ago(13), "high"),
        (ago(2), "high"),
        (ago(4), "medium"),
        (ago(1), "low"),
    ]


async def test_the_findings_of_the_day_are_told_seen_ones_too(ada: Diary) -> None:
    seen = finding(ada, 0, metric_name="weight", is_acknowledged=True)
    for row in (seen, finding(ada, 0, metric_name="sleep_hours"), finding(ada, 1)):
        await ada.session.execute(insert(Anomaly).values(row))
    told = (await daily(ada)).findings_of_day
    assert [(one.metric_name, one.is_acknowledged) for one in told] == [
        ("sleep_hours", False),
        ("weight", True),
    ]


async def test_at_most_ten_anomalies_are_shown(ada: Diary) -> None:
    for days in range(14):
        await ada.session.execute(insert(Anomaly).values(finding(ada, days)))
    told = (await weekly(ada)).open_anomalies
    assert (told.total, len(told.items)) == (14, 10)


async def test_data_quality_counts_days(ada: Diary) -> None:
    await ada.write(SleepEntry, *(sleep(days, 7) for days in (0, 0, 6, 7, 29, 30, -1)))
    await ada.write(BodyMetrics, {"date": ago(400), "weight_kg": 70})
    quality = {row.tracker: row for row in (await daily(ada)).data_quality}
    assert list(quality) == [tracker.key for tracker in TRACKERS]
    assert quality["sleep"].model_dump() == {
        "tracker": "sleep",
        "label": "Sleep",
        "days_of_last_7": 2,
        "days_of_last_30": 4,
        "last_entry": TODAY,
    }
    assert quality["body"].days_of_last_30 == 0
    assert quality["body"].last_entry == ago(400)
    assert quality["vitals"].last_entry is None


async def test_an_empty_account_is_learning(ada: Diary) -> None:
    for told in (await daily(ada), await weekly(ada)):
        assert (told.status, told.metrics, told.open_anomalies.total) == ("learning", [], 0)


async def test_others_are_not_counted(database: Database) -> None:
    async with diary_of(database) as bob:
        await bob.write(SleepEntry, sleep(0, 7))
        await bob.session.execute(insert(Anomaly).values(finding(bob, 0)))
    async with diary_of(database) as ada:
        told = await daily(ada)
    assert (told.metrics, told.open_anomalies.total, told.findings_of_day) == ([], 0, [])
    assert {row.last_entry for row in told.data_quality} == {None}


async def test_today_is_that_of_the_persons_zone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 3, 12, 16, tzinfo=dt.UTC))
    async with diary_of(database, "Asia/Tokyo") as ada:
        assert (await daily(ada, ago(-1))).is_today


async def test_the_plans_matrix_has_a_row_a_day(ada: Diary) -> None:
    await ada.write(SleepEntry, sleep(0, 7.5))
    matrix = await MetricsService(ada.session, ada.person, CATALOGUE).build_daily_feature_matrix()
    assert len(matrix) == 60
    assert matrix["date"].iloc[-1] == TODAY
    assert matrix["sleep_hours"].iloc[-1] == 7.5
    assert matrix["sleep_hours"].iloc[:-1].isna().all()
