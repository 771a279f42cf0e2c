"""Workouts."""

import datetime as dt
from typing import Annotated, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import EntryOut, Name, Prose, TimedIn, bounds
from app.utils.enums import ExerciseType, Intensity


class ExerciseEntryIn(TimedIn):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-03-12",
                "exercise_type": "cardio",
                "exercise_name": "Running",
                "duration_minutes": 42,
                "intensity": "moderate",
                "calories_burned": 410,
                "heart_rate_avg": 141,
                "heart_rate_max": 163,
                "distance_km": 7.2,
            }
        }
    )

    exercise_type: ExerciseType
    exercise_name: Name
    duration_minutes: Annotated[int, bounds("exercise", "duration_minutes")]
    intensity: Intensity | None = None
    calories_burned: Annotated[int | None, bounds("exercise", "calories_burned")] = None
    heart_rate_avg: Annotated[int | None, bounds("exercise", "heart_rate_avg")] = None
    heart_rate_max: Annotated[int | None, bounds("exercise", "heart_rate_max")] = None
    distance_km: Annotated[float | None, bounds("exercise", "distance_km")] = None
    sets: Annotated[int | None, bounds("exercise", "sets")] = None
    reps: Annotated[int | None, bounds("exercise", "reps")] = None
    weight_kg: Annotated[float | None, bounds("exercise", "weight_kg")] = None
    notes: Prose | None = None

    @model_validator(mode="after")
    def _highest_is_not_below_average(self) -> Self:
        if None not in (self.heart_rate_avg, self.heart_rate_max) and (
            (self.heart_rate_avg or 0) > (self.heart_rate_max or 0)
        ):
            raise PydanticCustomError(
                "highest-below-mean", "heart_rate_max must not lie below heart_rate_avg"
            )
        return self


class ExerciseEntryOut(EntryOut):
    occurred_at: dt.datetime | None
    exercise_type: ExerciseType
    exercise_name: str
    duration_minutes: int
    intensity: Intensity | None
    calories_burned: int | None
    heart_rate_avg: int | None
    heart_rate_max: int | None
    distance_km: float | None
    sets: int | None
    reps: int | None
    weight_kg: float | None
    notes: str | None
