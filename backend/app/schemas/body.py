"""Body measurements."""

import datetime as dt
from typing import Annotated, ClassVar

from pydantic import ConfigDict

from app.schemas.base import EntryOut, Prose, TimedIn, bounds


class BodyMetricsIn(TimedIn):
    """BMI is computed from the height in the profile."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-03-12",
                "weight_kg": 71.4,
                "body_fat_pct": 22.5,
                "waist_cm": 81,
            }
        }
    )
    says: ClassVar = ("weight_kg", "body_fat_pct", "muscle_mass_kg", "waist_cm")

    weight_kg: Annotated[float | None, bounds("body", "weight_kg")] = None
    body_fat_pct: Annotated[float | None, bounds("body", "body_fat_pct")] = None
    muscle_mass_kg: Annotated[float | None, bounds("body", "muscle_mass_kg")] = None
    waist_cm: Annotated[float | None, bounds("body", "waist_cm")] = None
    notes: Prose | None = None


class BodyMetricsOut(EntryOut):
    occurred_at: dt.datetime | None
    weight_kg: float | None
    body_fat_pct: float | None
    muscle_mass_kg: float | None
    bmi: float | None
    waist_cm: float | None
    notes: str | None
