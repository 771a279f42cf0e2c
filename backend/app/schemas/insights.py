"""Insights."""

import datetime as dt
from typing import Literal

from app.schemas.anomaly import AnomalyOut
from app.schemas.base import ReadSchema
from app.schemas.episode import EpisodeOut
from app.utils.enums import DataStatus


class MetricTrendOut(ReadSchema):
    """A slow change that is more than chance. `slope` is in the metric's unit a week; `first` and
    `last` are the ends of the fitted line."""

    metric: str
    text: str
    slope: float
    p_value: float
    days: int
    first: float
    last: float


class DataNoteOut(ReadSchema):
    kind: Literal["nothing_logged", "learning", "stale"]
    text: str


class InsightsOut(ReadSchema):
    """What stands out: episodes (open ones first) and findings (unseen ones first), the gravest
    before the others, then trends, and data quality.
    `days_with_data` counts the last 60 days, whatever span was asked for."""

    first: dt.date
    last: dt.date
    status: DataStatus
    days_with_data: int
    days_needed: int
    episodes: list[EpisodeOut]
    findings: list[AnomalyOut]
    trends: list[MetricTrendOut]
    data: list[DataNoteOut]
