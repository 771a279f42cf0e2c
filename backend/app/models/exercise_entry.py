"""A workout."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Entry, Noted, Timed, enum_column
from app.utils.enums import ExerciseType, Intensity


class ExerciseEntry(Timed, Noted, Entry, Base):
    __tablename__ = "exercise_entries"
    tracker = "exercise"

    exercise_type: Mapped[ExerciseType] = mapped_column(enum_column(ExerciseType))
    exercise_name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    duration_minutes: Mapped[int]
    intensity: Mapped[Intensity | None] = mapped_column(enum_column(Intensity))
    calories_burned: Mapped[int | None]
    heart_rate_avg: Mapped[int | None]
    heart_rate_max: Mapped[int | None]
    distance_km: Mapped[float | None]
    sets: Mapped[int | None]
    reps: Mapped[int | None]
    weight_kg: Mapped[float | None]
