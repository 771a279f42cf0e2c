"""Readings, medication and symptoms of a chronic condition."""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Entry, Noted, Timed, at_least_one, enum_column
from app.utils.enums import ConditionType, MeasurementContext


class ChronicMetrics(Timed, Noted, Entry, Base):
    __tablename__ = "chronic_metrics"
    tracker = "chronic"

    time_of_day: Mapped[MeasurementContext] = mapped_column(enum_column(MeasurementContext))
    condition_type: Mapped[ConditionType] = mapped_column(enum_column(ConditionType))
    blood_glucose_mgdl: Mapped[float | None]
    insulin_units: Mapped[float | None]
    hba1c_pct: Mapped[float | None]
    cholesterol_total: Mapped[float | None]
    cholesterol_ldl: Mapped[float | None]
    cholesterol_hdl: Mapped[float | None]
    triglycerides: Mapped[float | None]
    medication_taken: Mapped[str | None] = mapped_column(String(NAME_LIMIT))
    symptoms: Mapped[str | None] = mapped_column(Text())

    @classmethod
    def extra_constraints(cls) -> Sequence[CheckConstraint]:
        diabetes = ("blood_glucose_mgdl", "insulin_units", "hba1c_pct")
        lipids = ("cholesterol_total", "cholesterol_ldl", "cholesterol_hdl", "triglycerides")
        words = ("medication_taken", "symptoms", "notes")
        return (at_least_one((*diabetes, *lipids, *words)),)
