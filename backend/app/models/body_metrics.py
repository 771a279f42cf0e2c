"""A measurement of the body."""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, Entry, Noted, Timed, at_least_one


class BodyMetrics(Timed, Noted, Entry, Base):
    """`bmi` is computed from the height on file at the time, and null without one."""

    __tablename__ = "body_metrics"
    tracker = "body"

    weight_kg: Mapped[float | None]
    body_fat_pct: Mapped[float | None]
    muscle_mass_kg: Mapped[float | None]
    bmi: Mapped[float | None]
    waist_cm: Mapped[float | None]

    @classmethod
    def extra_constraints(cls) -> Sequence[CheckConstraint]:
        return (at_least_one(("weight_kg", "body_fat_pct", "muscle_mass_kg", "waist_cm")),)
