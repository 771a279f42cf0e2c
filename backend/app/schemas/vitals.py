"""Vital signs."""

import datetime as dt
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import EntryOut, Prose, TimedIn, bounds
from app.utils.enums import PartOfDay


class VitalSignsIn(TimedIn):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-03-12",
                "time_of_day": "morning",
                "resting_heart_rate": 58,
                "hrv_ms": 54,
                "blood_pressure_systolic": 118,
                "blood_pressure_diastolic": 76,
                "respiratory_rate": 14,
                "body_temperature": 36.6,
                "spo2": 97,
            }
        }
    )
    says: ClassVar = (
        "resting_heart_rate",
        "hrv_ms",
        "blood_pressure_systolic",
        "blood_pressure_diastolic",
        "respiratory_rate",
        "body_temperature",
        "spo2",
    )

    time_of_day: PartOfDay
    resting_heart_rate: Annotated[int | None, bounds("vitals", "resting_heart_rate")] = None
    hrv_ms: Annotated[int | None, bounds("vitals", "hrv_ms")] = None
    blood_pressure_systolic: Annotated[int | None, bounds("vitals", "blood_pressure_systolic")] = (
        None
    )
    blood_pressure_diastolic: Annotated[
        int | None, bounds("vitals", "blood_pressure_diastolic")
    ] = None
    respiratory_rate: Annotated[int | None, bounds("vitals", "respiratory_rate")] = None
    body_temperature: Annotated[float | None, bounds("vitals", "body_temperature")] = None
    spo2: Annotated[int | None, bounds("vitals", "spo2")] = None
    notes: Prose | None = None

    @model_validator(mode="after")
    def _pressures_in_order(self) -> Self:
        upper, lower = self.blood_pressure_systolic, self.blood_pressure_diastolic
        if upper is not None and lower is not None and lower >= upper:
            raise PydanticCustomError(
                "diastolic-above",
                "blood_pressure_diastolic must lie below blood_pressure_systolic",
            )
        return self


class VitalSignsOut(EntryOut):
    occurred_at: dt.datetime | None
    time_of_day: PartOfDay
    resting_heart_rate: int | None
    hrv_ms: int | None
    blood_pressure_systolic: int | None
    blood_pressure_diastolic: int | None
    respiratory_rate: int | None
    body_temperature: float | None
    spo2: int | None
    notes: str | None
