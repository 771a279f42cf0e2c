"""What was eaten."""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Entry, Noted, Timed, at_least_one, enum_column
from app.utils.enums import MealType


class FoodEntry(Timed, Noted, Entry, Base):
    __tablename__ = "food_entries"
    tracker = "nutrition"

    meal_type: Mapped[MealType] = mapped_column(enum_column(MealType))
    food_name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    calories: Mapped[float | None]
    protein_g: Mapped[float | None]
    carbs_g: Mapped[float | None]
    fats_g: Mapped[float | None]
    sugar_g: Mapped[float | None]
    fiber_g: Mapped[float | None]
    sodium_mg: Mapped[float | None]

    @classmethod
    def extra_constraints(cls) -> Sequence[CheckConstraint]:
        nutrients = ("calories", "protein_g", "carbs_g", "fats_g", "sugar_g", "fiber_g")
        return (at_least_one((*nutrients, "sodium_mg")),)
