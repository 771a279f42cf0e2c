"""The summaries over HTTP: documented bytes, the person's own days, and bad parameters."""

import datetime as dt
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import BaseModel

from app.schemas.summaries import ExerciseSummary, NutritionSummary, SleepStats
from app.schemas.trends import ChronicTrends
from app.utils.enums import ConditionType
from tests.people import Account, register
from tests.services.stored import stop_clock

# 23:30 UTC on 11 March is the morning of 12 March in Tokyo.
EVENING = dt.datetime(2026, 3, 11, 23, 30, tzinfo=dt.UTC)

ROUTES: dict[str, type[BaseModel]] = {
    "/api/nutrition/daily-summary": NutritionSummary,
    "/api/sleep/stats": SleepStats,
    "/api/exercise/weekly-summary": ExerciseSummary,
    **{f"/api/chronic/trends?condition_type={kind}": ChronicTrends for kind in ConditionType},
}

ENTRIES: dict[str, list[dict[str, Any]]] = {
    "/api/nutrition": [
        {"meal_type": "dinner", "food_name": "soup", "calories": 400, "protein_g": 20},
        {"meal_type": "lunch", "food_name": "rice", "calories": 10, "carbs_g": 1, "fats_g": 2},
    ],
    "/api/sleep": [
        {
            "bedtime": "2026-03-10T23:00:00",
            "wake_time": "2026-03-11T06:30:00",
            "deep_sleep_minutes": 80,
            "awakenings": 2,
        },
        {"date": "2026-03-09", "duration_hours": 6.5, "quality_score": 70},
    ],
    "/api/exercise": [
        {
            "exercise_type": "strength",
            "exercise_name": "Squat",
            "duration_minutes": 30,
            "intensity": "high",
            "sets": 3,
            "reps": 5,
            "weight_kg": 80.5,
        },
        {"exercise_type": "cardio", "exercise_name": "Run", "duration_minutes": 20},
    ],
    "/api/chronic": [
        {
            "time_of_day": "fasting",
            "condition_type": "diabetes",
            "blood_glucose_mgdl": 112.5,
            "insulin_units": 6,
            "hba1c_pct": 6.9,
            "medication_taken": "Metformin 500 mg",
        },
        {"time_of_day": "other", "condition_type": "heart", "cholesterol_ldl": 131},
        {"time_of_day": "other", "condition_type": "other", "symptoms": 'a "quoted" ache \\ ü'},
    ],
    "/api/vitals": [
        {
            "time_of_day": "morning",
            "blood_pressure_systolic": 128,
            "blood_pressure_diastolic": 82,
            "resting_heart_rate": 58,
            "hrv_ms": 61,
        }
    ],
}


async def fill(account: Account) -> None:
    for path, entries in ENTRIES.items():
        for entry in entries:
            made = await account.post(path, json=entry)
            assert made.status_code == 201, made.text


@pytest.mark.parametrize("path", ROUTES)
async def test_the_bytes_are_those_of_the_documented_model(
    ada: Account, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    stop_clock(monkeypatch, EVENING)
    empty = await ada.get(path)
    await fill(ada)
    filled = await ada.get(path)
    for answer in (empty, filled):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        ROUTES[path].model_validate_json(answer.content, strict=True, extra="forbid")
    assert filled.content != empty.content


@pytest.mark.parametrize("path", ROUTES)
async def test_another_persons_entries_are_never_counted(
    ada: Account, bob: Account, path: str
) -> None:
    empty = (await ada.get(path)).json()
    await fill(bob)
    assert (await ada.get(path)).json() == empty


@pytest.mark.parametrize("path", ROUTES)
async def test_nobody_reads_a_summary_without_signing_in(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/nutrition/daily-summary?date=yesterday",
        "/api/nutrition/daily-summary?date=1899-12-31",
        "/api/nutrition/daily-summary?date=2101-01-01",
        "/api/sleep/stats?days=0",
        "/api/sleep/stats?days=366",
        "/api/sleep/stats?days=a",
        "/api/exercise/weekly-summary?week_of=2026-W11",
        "/api/exercise/weekly-summary?week_of=2101-01-01",
        "/api/chronic/trends",
        "/api/chronic/trends?condition_type=flu",
        "/api/chronic/trends?condition_type=heart&days=0",
        "/api/chronic/trends?condition_type=heart&days=1826",
    ],
)
async def test_bad_parameters_are_refused(ada: Account, path: str) -> None:
    answer = await ada.get(path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][0] == "query"


@pytest.mark.parametrize("day", ["1900-01-01", "2100-12-31"])
@pytest.mark.parametrize(
    "path", ["/api/nutrition/daily-summary?date=", "/api/exercise/weekly-summary?week_of="]
)
async def test_the_ends_of_the_calendar_answer(ada: Account, path: str, day: str) -> None:
    assert (await ada.get(path + day)).status_code == 200


async def test_a_late_meal_belongs_to_the_persons_day(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, EVENING)
    ada = await register(client, "ada@example.com", timezone="Asia/Tokyo")
    meals = {"2026-03-11T14:59:00Z": 100, "2026-03-11T15:00:00Z": 20, "2026-03-12T14:59:00Z": 3}
    for instant, calories in meals.items():
        meal = {"meal_type": "snack", "food_name": "noodles", "occurred_at": instant}
        assert (await ada.post("/api/nutrition", json=meal | {"calories": calories})).is_success
    today = (await ada.get("/api/nutrition/daily-summary")).json()
    assert (today["date"], today["totals"]["calories"]) == ("2026-03-12", 23)


async def test_a_night_is_told_by_the_persons_clock(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, EVENING)
    ada = await register(client, "ada@example.com", timezone="Asia/Tokyo")
    night = {"bedtime": "2026-03-11T23:10:00", "wake_time": "2026-03-12T06:50:00"}
    assert (await ada.post("/api/sleep", json=night)).status_code == 201
    stats = (await ada.get("/api/sleep/stats?days=1")).json()
    assert (stats["nights"], stats["clock"]["bedtime"]) == (1, "23:10")
    assert stats["clock"]["wake_time"] == "06:50"
