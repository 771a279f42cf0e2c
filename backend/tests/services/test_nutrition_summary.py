"""A day's nutrients against sums made by hand."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.database import Database
from app.models import FoodEntry
from app.schemas.summaries import NutrientTotals, NutritionSummary
from app.services.nutrition_summary import NUTRIENTS, daily_summary
from tests.services.stored import Diary, diary_of

DAY = dt.date(2026, 3, 12)


@pytest.fixture
async def ada(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database) as diary:
        yield diary


async def summary(diary: Diary, day: dt.date = DAY) -> NutritionSummary:
    answer = await daily_summary(diary.session, diary.person, day)
    return NutritionSummary.model_validate_json(answer, strict=True, extra="forbid")


def food(meal: str = "lunch", *, date: dt.date = DAY, **nutrients: float) -> dict[str, Any]:
    return {"date": date, "meal_type": meal, "food_name": "food", **nutrients}


async def test_totals_hold_what_is_known_and_count_what_is_not(ada: Diary) -> None:
    await ada.write(
        FoodEntry,
        food("dinner", calories=600.1, protein_g=30, carbs_g=50, fats_g=20),
        food("breakfast", calories=300.2, sugar_g=0),
        food("dinner", protein_g=10),
    )
    told = await summary(ada)
    assert told.entries == 3
    assert told.totals.calories == 900.3
    assert told.totals.sugar_g == 0
    assert told.totals.fiber_g is None
    assert told.unknown.model_dump() == {
        "calories": 1,
        "protein_g": 1,
        "carbs_g": 2,
        "fats_g": 2,
        "sugar_g": 2,
        "fiber_g": 3,
        "sodium_mg": 3,
    }


async def test_shares_of_energy_are_those_of_entries_with_all_three(ada: Diary) -> None:
    await ada.write(
        FoodEntry,
        food(calories=1, protein_g=25, carbs_g=50, fats_g=20),
        food(protein_g=500),
    )
    shares = (await summary(ada)).energy_shares
    # 100 + 200 + 180 kcal
    assert shares.model_dump() == {
        "entries": 1,
        "protein_pct": 20.8,
        "carbs_pct": 41.7,
        "fats_pct": 37.5,
    }


async def test_food_without_energy_has_no_shares(ada: Diary) -> None:
    await ada.write(FoodEntry, food(protein_g=0, carbs_g=0, fats_g=0))
    shares = (await summary(ada)).energy_shares
    assert (shares.entries, shares.protein_pct) == (1, None)


async def test_meals_stand_in_the_order_of_the_day(ada: Diary) -> None:
    await ada.write(
        FoodEntry,
        food("snack", calories=100),
        food("dinner", calories=600),
        food("breakfast", calories=300),
        food("dinner", sodium_mg=5),
    )
    meals = (await summary(ada)).meals
    assert [(meal.meal_type, meal.entries, meal.totals.calories) for meal in meals] == [
        ("breakfast", 1, 300),
        ("dinner", 2, 600),
        ("snack", 1, 100),
    ]
    assert meals[1].unknown.calories == 1


async def test_the_usual_is_the_mean_of_the_logged_days_before(ada: Diary) -> None:
    earlier = [DAY - dt.timedelta(days) for days in (1, 2, 40, 41, 50, 60, 70)]
    for place, date in enumerate(earlier):
        await ada.write(
            FoodEntry,
            food(date=date, calories=1_000),
            food(date=date, calories=100 * place),
        )
    await ada.write(
        FoodEntry,
        food(date=earlier[0], fiber_g=20),
        food(date=DAY, calories=9_000),
        food(date=DAY + dt.timedelta(1), calories=9_000),
    )
    told = await summary(ada)
    assert told.status == "ready"
    assert (told.usual.days, told.usual.since) == (7, earlier[-1])
    assert told.usual.nutrients.calories.model_dump() == {"mean": 1_300, "days": 7}
    assert told.usual.nutrients.fiber_g.model_dump() == {"mean": 20, "days": 1}


async def test_the_usual_reaches_back_thirty_logged_days(ada: Diary) -> None:
    for days in range(1, 41):
        await ada.write(FoodEntry, food(date=DAY - dt.timedelta(days), calories=float(days)))
    usual = (await summary(ada)).usual
    assert (usual.days, usual.since) == (30, DAY - dt.timedelta(30))
    assert usual.nutrients.calories.mean == 15.5


async def test_an_empty_account_is_learning(ada: Diary) -> None:
    told = await summary(ada)
    assert (told.status, told.entries, told.meals, told.usual.days) == ("learning", 0, [], 0)
    assert set(told.totals.model_dump().values()) == {None}
    assert set(told.unknown.model_dump().values()) == {0}


async def test_six_days_are_too_few(ada: Diary) -> None:
    for days in range(1, 7):
        await ada.write(FoodEntry, food(date=DAY - dt.timedelta(days), calories=1))
    assert (await summary(ada)).status == "learning"


async def test_others_are_not_counted(database: Database) -> None:
    async with diary_of(database) as bob:
        await bob.write(FoodEntry, food(calories=700))
    async with diary_of(database) as ada:
        assert (await summary(ada)).entries == 0


def test_the_schema_names_the_nutrients_of_the_catalogue() -> None:
    assert tuple(NutrientTotals.model_fields) == NUTRIENTS
