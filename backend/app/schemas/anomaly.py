"""Findings."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from app.schemas.base import DayOf, ReadSchema, Schema
from app.schemas.tag import CoveringTagOut
from app.utils.enums import (
    AlarmBudget,
    ClauseKind,
    DataStatus,
    DetectorType,
    Direction,
    Feedback,
    MeasurementContext,
    Severity,
)


class ContributionOut(ReadSchema):
    """A metric's part in the finding; the shares sum to 1. A part may lie in its usual range: then
    it is how metrics stand to each other that is unusual."""

    metric: str
    share: float
    value: float
    baseline: float | None
    usual_low: float | None = None
    usual_high: float | None = None


class MovedOut(ReadSchema):
    """A metric that is not blamed, and was outside its usual range too: the median of the 42 days
    before, plus and minus two robust standard deviations."""

    metric: str
    value: float
    usual_low: float
    usual_high: float
    direction: Direction


class UsualEdgeOut(ReadSchema):
    """What would have been usual: the near edge of the usual range, and the way there."""

    value: float
    change: float
    text: str


class SourceOut(ReadSchema):
    """An entry that made a metric's value that day."""

    metric: str

    table: str
    id: UUID
    value: float


class ClauseOut(ReadSchema):
    """One thing that the explanation says, for telling it in another language. `value` is the
    metric's on the day, made by its entries among `sources`; `usual_low` to `usual_high`, or
    `baseline` where no range is known, and `history_days` are of the days from `history_from` to
    the day before. `direction` is the side of the usual, or of the limit of `guideline`;
    `is_at_edge` says that the value as shown is the range's own end."""

    kind: ClauseKind
    metric: str
    direction: Direction | None
    is_at_edge: bool
    value: float
    usual_low: float | None
    usual_high: float | None
    baseline: float | None
    history_days: int | None
    guideline: str | None


class EvidenceOut(ReadSchema):
    """What the verdict rests on. `sources` are the entries behind every metric that is named, those
    of the finding's own first, the one that moved it most before the others. `clauses` are what the
    explanation says; findings of before there were any have none until they are found again."""

    contributions: list[ContributionOut]
    also_moved: list[MovedOut]
    to_be_usual: UsualEdgeOut | None
    sources: list[SourceOut]
    history_days: int
    history_from: dt.date | None
    clauses: list[ClauseOut] = Field(default=[])


class LoggedOut(ReadSchema):
    """Medication or symptoms logged on the day of a finding."""

    id: UUID
    time_of_day: MeasurementContext
    medication_taken: str | None
    symptoms: str | None


class AnomalyOut(ReadSchema):
    """A finding with its evidence. Unusual for you (`is_unusual`, `usual_low` to `usual_high`) and
    outside a clinical range (`clinical`) are two separate facts. `baseline_value` is what was
    expected; `episode_id` is the story that it belongs to."""

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
    feedback: Feedback | None
    acknowledged_at: dt.datetime | None
    detected_at: dt.datetime
    usual_low: float | None
    usual_high: float | None
    direction: Direction
    p_value: float | None
    is_unusual: bool
    clinical: str | None
    episode_id: UUID | None
    explained_by: str | None = Field(
        description="The model that worded the explanation; null for the built-in template."
    )
    detector_version: str
    evidence: EvidenceOut
    logged: list[LoggedOut]
    tags: list[CoveringTagOut]


class DetectIn(Schema):
    """The days to test, both included; by default the last 30."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"first": "2026-03-01", "last": "2026-03-31"}}
    )

    first: DayOf | None = None
    last: DayOf | None = None


class DetectOut(ReadSchema):
    """What the run did, and the span's findings, the gravest first, at most 50. While `status` is
    learning, `days_with_data` of the `days_needed` are there; it is stale after a week of
    silence."""

    first: dt.date
    last: dt.date
    status: DataStatus
    days_with_data: int
    days_needed: int
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


class BudgetIn(Schema):
    """How often you want to hear of a day that is unusual and nothing more: about once a week, once
    a month, or only of the gravest, about once a year."""

    model_config = ConfigDict(json_schema_extra={"example": {"budget": "monthly"}})

    budget: AlarmBudget


class BudgetOut(ReadSchema):
    """What you asked for and what came of it: unusual days in a month of 30.44 days, over the last
    90 days under this budget. Broken clinical limits are never budgeted and not counted;
    `achieved_per_month` is null while no day could be judged."""

    budget: AlarmBudget
    asked_per_month: float
    achieved_per_month: float | None
    alarm_days: int
    days_judged: int


class FeedbackIn(Schema):
    """`seen` is what acknowledging says. `had_reason` leaves the day out of what is usual for you,
    `not_unusual` takes such a value for usual from then on; `useful` changes nothing. Null takes
    your answer, and its effect, back."""

    model_config = ConfigDict(json_schema_extra={"example": {"feedback": "not_unusual"}})

    feedback: Feedback | None


class FeedbackOut(ReadSchema):
    """An answer that changes what detection says; put null to the finding to take it back."""

    id: UUID
    date: dt.date
    metric_name: str
    metric_value: float
    direction: Direction
    feedback: Feedback
