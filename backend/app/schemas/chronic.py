"""Chronic conditions: readings, medication, symptoms."""

import datetime as dt
from typing import Annotated, ClassVar

from pydantic import ConfigDict

from app.schemas.base import EntryOut, Name, Prose, TimedIn, bounds
from app.utils.enums import ConditionType, MeasurementContext


class ChronicMetricsIn(TimedIn):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-03-12",
                "time_of_day": "fasting",
                "condition_type": "diabetes",
                "blood_glucose_mgdl": 112,
                "insulin_units": 6,
                "medication_taken": "Metformin 500 mg",
            }
        }
    )
    says: ClassVar = (
        "blood_glucose_mgdl",
        "insulin_units",
        "hba1c_pct",
        "cholesterol_total",
        "cholesterol_ldl",
        "cholesterol_hdl",
        "triglycerides",
        "medication_taken",
        "symptoms",
        "notes",
    )

    time_of_day: MeasurementContext
    condition_type: ConditionType
    blood_glucose_mgdl: Annotated[float | None, bounds("chronic", "blood_glucose_mgdl")] = None
    insulin_units: Annotated[float | None, bounds("chronic", "insulin_units")] = None
    hba1c_pct: Annotated[float | None, bounds("chronic", "hba1c_pct")] = None
    cholesterol_total: Annotated[float | None, bounds("chronic", "cholesterol_total")] = None
    cholesterol_ldl: Annotated[float | None, bounds("chronic", "cholesterol_ldl")] = None
    cholesterol_hdl: Annotated[float | None, bounds("chronic", "cholesterol_hdl")] = None
    triglycerides: Annotated[float | None, bounds("chronic", "triglycerides")] = None
    medication_taken: Name | None = None
    symptoms: Prose | None = None
    notes: Prose | None = None


class ChronicMetricsOut(EntryOut):
    occurred_at: dt.datetime | None
    time_of_day: MeasurementContext
    condition_type: ConditionType
    blood_glucose_mgdl: float | None
    insulin_units: float | None
    hba1c_pct: float | None
    cholesterol_total: float | None
    cholesterol_ldl: float | None
    cholesterol_hdl: float | None
    triglycerides: float | None
    medication_taken: str | None
    symptoms: str | None
    notes: str | None
