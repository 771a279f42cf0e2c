"""Everything at a glance, by day or by week."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel

from app.schemas import summary_examples as examples
from app.schemas.base import ReadSchema
from app.utils.enums import DataStatus, DetectorType, Direction, Severity

Standing = Annotated[
    Literal["above", "below", "usual"] | None,
    Field(description="Against the usual range; null while learning or without a value."),
]


class UsualRange(ReadSchema):
    """Of the days on which the metric is known; their middle 80 % lie from `low` to `high`."""

    days: int
    mean: float | None
    median: float | None
    low: float | None
    high: float | None


class ClinicalStanding(ReadSchema):
    """Whether the value lies outside the range that a guideline calls normal for adults. This is
    another question than whether it is unusual for you."""

    low: float
    high: float
    guideline: str | None
    is_outside: bool | None


class LatestValue(ReadSchema):
    date: dt.date
    value: float


class TrendOut(ReadSchema):
    """Theil and Sen's slope over the last 28 days, with Mann and Kendall's p-value."""

    per_week: float
    p_value: float
    days: int


class MetricStanding(ReadSchema):
    """A metric with data in the last 60 days. It is learning until `days_needed` days are known in
    the past that it is compared with, and stale after a week without a value."""

    key: str
    label: str
    unit: str
    decimals: int
    family: str
    status: DataStatus
    days_needed: int
    usual: UsualRange
    direction: Standing
    clinical: ClinicalStanding | None
    latest: LatestValue


class DailyMetric(MetricStanding):
    """The day's value against the 30 days before."""

    value: float | None


class WeeklyMetric(MetricStanding):
    """The mean of the last 7 days' known values against the 28 days before."""

    value: float | None
    days: int
    change: float | None
    change_pct: float | None
    trend: TrendOut | None


class OpenAnomaly(ReadSchema):
    id: UUID
    date: dt.date
    metric_name: str
    metric_value: float
    baseline_value: float | None
    direction: Direction
    severity: Severity
    anomaly_score: float
    detector_type: DetectorType
    is_unusual: bool
    clinical: str | None
    explanation: str
    usual_low: float | None
    usual_high: float | None


class OpenAnomalies(ReadSchema):
    """Findings of the last 14 days that were not acknowledged: the gravest ten of `total`."""

    total: int
    items: list[OpenAnomaly] = Field(max_length=10)


class FindingOfDay(ReadSchema):
    """What a metric is marked for on the day. A value outside `usual` alone is no mark: that holds
    on one day in five."""

    id: UUID
    metric_name: str
    direction: Direction
    is_unusual: bool
    clinical: str | None
    is_acknowledged: bool


class TrackerQuality(ReadSchema):
    """On how many of the last days something was logged."""

    tracker: str
    label: str
    days_of_last_7: int
    days_of_last_30: int
    last_entry: dt.date | None


class Surroundings(ReadSchema):
    """What both views share. `findings_of_day` are those of `date` itself, seen ones too."""

    open_anomalies: OpenAnomalies
    findings_of_day: list[FindingOfDay]
    data_quality: list[TrackerQuality]


class DailyDashboard(Surroundings):
    """`is_today` says that the day is not over, so that sums may still grow. `status` is about all
    that you log: `days_with_data` of the last 60 days, of which `days_needed` make it ready."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DAILY})

    period: Literal["daily"]
    date: dt.date
    is_today: bool
    status: DataStatus
    days_with_data: int
    days_needed: int
    metrics: list[DailyMetric]


class WeeklyDashboard(Surroundings):
    """The seven days that end with `date`."""

    model_config = ConfigDict(json_schema_extra={"example": examples.WEEKLY})

    period: Literal["weekly"]
    date: dt.date
    is_today: bool
    status: DataStatus
    days_with_data: int
    days_needed: int
    metrics: list[WeeklyMetric]


class Dashboard(
    RootModel[Annotated[DailyDashboard | WeeklyDashboard, Field(discriminator="period")]]
):
    """The view that was asked for."""
