"""Vital signs taken at one part of a day."""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Entry, Noted, Timed, at_least_one, enum_column
from app.utils.enums import PartOfDay


class VitalSigns(Timed, Noted, Entry, Base):
    __tablename__ = "vital_signs"
    tracker = "vitals"

    time_of_day: Mapped[PartOfDay] = mapped_column(enum_column(PartOfDay))
    resting_heart_rate: Mapped[int | None]
    hrv_ms: Mapped[int | None]
    blood_pressure_systolic: Mapped[int | None]
    blood_pressure_diastolic: Mapped[int | None]
    respiratory_rate: Mapped[int | None]
    body_temperature: Mapped[float | None]
    spo2: Mapped[int | None]

    @classmethod
    def extra_constraints(cls) -> Sequence[CheckConstraint]:
        pressures = ("blood_pressure_systolic", "blood_pressure_diastolic")
        others = ("resting_heart_rate", "hrv_ms", "respiratory_rate", "body_temperature", "spo2")
        return (
            at_least_one((*pressures, *others)),
            CheckConstraint(
                "blood_pressure_diastolic < blood_pressure_systolic", name="pressures_in_order"
            ),
        )
