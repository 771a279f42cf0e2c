"""A week of exercise against sums made by hand."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.database import Database
from app.models import ExerciseEntry
from app.schemas.summaries import ExerciseSummary
from app.services.exercise_summary import weekly_summary
from tests.services.stored import Diary, diary_of, stop_clock

MONDAY = dt.date(2026, 3, 9)
THURSDAY = MONDAY + dt.timedelta(3)


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC))


@pytest.fixture
async def ada(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database) as diary:
        yield diary


async def week(diary: Diary, day: dt.date = THURSDAY) -> ExerciseSummary:
    answer = await weekly_summary(diary.session, diary.person, day)
    return ExerciseSummary.model_validate_json(answer, strict=True, extra="forbid")


def workout(
    day: int, kind: str, minutes: int, intensity: str | None = None, **more: float
) -> dict[str, Any]:
    """On so many days after Monday."""
    return {
        "date": MONDAY + dt.timedelta(day),
        "exercise_type": kind,
        "exercise_name": kind,
        "duration_minutes": minutes,
        "intensity": intensity,
        **more,
    }


async def test_the_week_runs_from_monday_to_sunday(ada: Diary) -> None:
    await ada.write(ExerciseEntry, *(workout(day, "cardio", 1) for day in range(-1, 8)))
    for day in (MONDAY, THURSDAY, MONDAY + dt.timedelta(6)):
        told = await week(ada, day)
        assert (told.first, told.last) == (MONDAY, MONDAY + dt.timedelta(6))
        assert (told.sessions, told.days_so_far) == (7, 4)


@pytest.mark.parametrize(("weeks", "days"), [(-1, 7), (0, 4), (1, 0)])
async def test_days_so_far_are_those_that_have_come(ada: Diary, weeks: int, days: int) -> None:
    assert (await week(ada, THURSDAY + dt.timedelta(7 * weeks))).days_so_far == days


async def test_minutes_by_type_and_intensity(ada: Diary) -> None:
    await ada.write(
        ExerciseEntry,
        workout(0, "strength", 40, "high", calories_burned=300),
        workout(0, "cardio", 30, "moderate", calories_burned=200, distance_km=5.1),
        workout(2, "cardio", 20, distance_km=3.2),
    )
    told = await week(ada)
    assert (told.sessions, told.minutes, told.active_days) == (3, 90, 2)
    assert (told.calories_burned, told.calories_unknown) == (500, 1)
    assert told.distance_km == 8.3
    assert [(kind.exercise_type, kind.sessions, kind.minutes) for kind in told.by_type] == [
        ("cardio", 2, 50),
        ("strength", 1, 40),
    ]
    assert [(level.intensity, level.minutes) for level in told.by_intensity] == [
        ("moderate", 30),
        ("high", 40),
        (None, 20),
    ]
    assert [(day.sessions, day.minutes, day.equivalent_minutes) for day in told.days] == [
        (2, 70, 30),
        (0, 0, 0),
        (1, 20, 0),
        *[(0, 0, 0)] * 4,
    ]


async def test_vigorous_minutes_count_twice_and_only_aerobic_ones(ada: Diary) -> None:
    await ada.write(
        ExerciseEntry,
        workout(0, "cardio", 30, "moderate"),
        workout(1, "sports", 20, "high"),
        workout(2, "other", 10, "very_high"),
        workout(3, "cardio", 60, "low"),
        workout(3, "cardio", 5),
        workout(3, "strength", 50, "high"),
        workout(3, "flexibility", 50, "moderate"),
    )
    assert (await week(ada)).aerobic.model_dump() == {
        "moderate_minutes": 30,
        "vigorous_minutes": 30,
        "unrated_minutes": 5,
        "equivalent_minutes": 90,
        "recommended_low": 150,
        "recommended_high": 300,
        "standing": "below",
    }


@pytest.mark.parametrize(
    ("minutes", "standing"), [(149, "below"), (150, "within"), (300, "within"), (301, "above")]
)
async def test_standing_at_the_limits(ada: Diary, minutes: int, standing: str) -> None:
    await ada.write(ExerciseEntry, workout(0, "cardio", minutes, "moderate"))
    assert (await week(ada)).aerobic.standing == standing


async def test_strength_days_and_volume(ada: Diary) -> None:
    await ada.write(
        ExerciseEntry,
        workout(0, "strength", 20, "moderate", sets=3, reps=10, weight_kg=42.5),
        workout(0, "strength", 20, "high", sets=5, reps=5, weight_kg=100),
        workout(1, "strength", 15),
        workout(2, "strength", 15, "low", sets=2, reps=5, weight_kg=10),
    )
    assert (await week(ada)).strength.model_dump() == {
        "sessions": 4,
        "minutes": 70,
        "days": 2,
        "recommended_days": 2,
        "volume_kg": 3_875,
        "volume_unknown": 1,
    }


async def test_the_weeks_before_count_where_something_was_logged(ada: Diary) -> None:
    await ada.write(
        ExerciseEntry,
        workout(-29, "cardio", 999, "moderate"),
        workout(-28, "cardio", 100, "moderate", distance_km=10),
        workout(-8, "cardio", 40, "high"),
        workout(-7, "strength", 20),
        workout(-1, "cardio", 30),
        workout(0, "cardio", 100),
    )
    told = await week(ada)
    assert told.status == "ready"
    assert told.previous_weeks.model_dump() == {
        "weeks": 3,
        "sessions": 1.33,
        "minutes": 63.33,
        "equivalent_minutes": 60,
        "active_days": 1.33,
        "calories_burned": None,
        "distance_km": 10,
    }
    assert told.minutes_change_pct == 57.9


async def test_an_empty_account_is_learning(ada: Diary) -> None:
    told = await week(ada)
    assert (told.status, told.sessions, told.minutes, told.by_type) == ("learning", 0, 0, [])
    assert (told.calories_burned, told.distance_km, told.strength.volume_kg) == (None, None, None)
    assert (told.previous_weeks.minutes, told.minutes_change_pct) == (None, None)


async def test_others_are_not_counted(database: Database) -> None:
    async with diary_of(database) as bob:
        await bob.write(ExerciseEntry, workout(0, "cardio", 30), workout(-7, "cardio", 30))
    async with diary_of(database) as ada:
        told = await week(ada)
    assert (told.sessions, told.previous_weeks.weeks) == (0, 0)
