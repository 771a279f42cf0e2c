"""Food entries."""

import datetime as dt
from typing import Annotated, ClassVar

from pydantic import ConfigDict

from app.schemas.base import EntryOut, Name, Prose, TimedIn, bounds
from app.utils.enums import MealType


class FoodEntryIn(TimedIn):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-03-12",
                "meal_type": "lunch",
                "food_name": "Lentil soup with bread",
                "calories": 520,
                "protein_g": 24,
                "carbs_g": 78,
                "fats_g": 11,
                "sugar_g": 9,
                "fiber_g": 14,
                "sodium_mg": 900,
            }
        }
    )
    says: ClassVar = (
        "calories",
        "protein_g",
        "carbs_g",
        "fats_g",
        "sugar_g",
        "fiber_g",
        "sodium_mg",
    )

    meal_type: MealType
    food_name: Name
    calories: Annotated[float | None, bounds("nutrition", "calories")] = None
    protein_g: Annotated[float | None, bounds("nutrition", "protein_g")] = None
    carbs_g: Annotated[float | None, bounds("nutrition", "carbs_g")] = None
    fats_g: Annotated[float | None, bounds("nutrition", "fats_g")] = None
    sugar_g: Annotated[float | None, bounds("nutrition", "sugar_g")] = None
    fiber_g: Annotated[float | None, bounds("nutrition", "fiber_g")] = None
    sodium_mg: Annotated[float | None, bounds("nutrition", "sodium_mg")] = None
    notes: Prose | None = None


class FoodEntryOut(EntryOut):
    occurred_at: dt.datetime | None
    meal_type: MealType
    food_name: str
    calories: float | None
    protein_g: float | None
    carbs_g: float | None
    fats_g: float | None
    sugar_g: float | None
    fiber_g: float | None
    sodium_mg: float | None
    notes: str | None
