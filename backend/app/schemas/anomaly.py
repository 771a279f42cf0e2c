"""Findings."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.schemas.base import DayOf, ReadSchema, Schema
from app.utils.enums import DetectorType, Direction, MeasurementContext, Severity


class ContributionOut(ReadSchema):
    """A metric's part in the finding; the shares sum to 1."""

    metric: str
    share: float
    value: float
    baseline: float | None


class SourceOut(ReadSchema):
    """An entry that made the value."""

    table: str
    id: UUID
    value: float


class EvidenceOut(ReadSchema):
    """What the verdict rests on; the entry that moved the metric most stands first in `sources`."""

    contributions: list[ContributionOut]
    sources: list[SourceOut]
    history_days: int
    history_from: dt.date | None


class LoggedOut(ReadSchema):
    """Medication or symptoms logged on the day of a finding."""

    id: UUID
    time_of_day: MeasurementContext
    medication_taken: str | None
    symptoms: str | None


class AnomalyOut(ReadSchema):
    """A finding with its evidence. Unusual for you (`is_unusual`, `usual_low` to `usual_high`) and
    outside a clinical range (`clinical`) are two separate facts."""

    id: UUID
    date: dt.date
    source_table: str
    source_id: UUID | None
    metric_name: str
    metric_value: float
    baseline_value: float | None
    detector_type: DetectorType
    severity: Severity
    anomaly_score: float
    explanation: str
    is_acknowledged: bool
    acknowledged_at: dt.datetime | None
    detected_at: dt.datetime
    usual_low: float | None
    usual_high: float | None
    direction: Direction
    p_value: float | None
    is_unusual: bool
    clinical: str | None
    explained_by: str | None = Field(
        description="The model that worded the explanation; null for the built-in template."
    )
    detector_version: str
    evidence: EvidenceOut
    logged: list[LoggedOut]


class DetectIn(Schema):
    """The days to test, both included; by default the last 30."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"first": "2026-03-01", "last": "2026-03-31"}}
    )

    first: DayOf | None = None
    last: DayOf | None = None


class DetectOut(ReadSchema):
    """What the run did, and the span's findings, the gravest first, at most 50."""

    first: dt.date
    last: dt.date
    status: Literal["learning", "ready"]
    days_with_data: int
    found: int
    new: int
    updated: int
    withdrawn: int
    findings: list[AnomalyOut]


class AcknowledgeIn(Schema):
    """False takes it back."""

    model_config = ConfigDict(json_schema_extra={"example": {"acknowledged": True}})

    acknowledged: bool = Field(True, strict=True)


class ThresholdsBody(Schema):
    """Your own limits in standard deviations, by metric; other metrics keep the catalogue's."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"thresholds": {"sleep_hours": 3.0, "resting_hr": 2.5}}}
    )

    thresholds: dict[str, Annotated[float, Field(strict=True)]] = Field(max_length=100)
