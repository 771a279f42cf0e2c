"""Insights."""

import datetime as dt
from typing import Literal

from app.schemas.anomaly import AnomalyOut
from app.schemas.base import ReadSchema


class TrendOut(ReadSchema):
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
    """What stands out: findings (gravest first, open before seen), trends, and data quality."""

    first: dt.date
    last: dt.date
    status: Literal["learning", "ready"]
    days_with_data: int
    findings: list[AnomalyOut]
    trends: list[TrendOut]
    data: list[DataNoteOut]
