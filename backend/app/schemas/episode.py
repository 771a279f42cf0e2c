"""Episodes: findings of one story."""

import datetime as dt
from uuid import UUID

from app.schemas.base import ReadSchema
from app.utils.enums import Direction, Severity


class MemberOut(ReadSchema):
    """A finding of the episode; the rest is at `GET /api/anomalies/{id}`."""

    id: UUID
    date: dt.date
    metric_name: str
    direction: Direction
    severity: Severity
    anomaly_score: float
    clinical: str | None


class EpisodeOut(ReadSchema):
    """Findings of related metrics at most two days apart. `peak` is the day of the strangest one,
    `end` the last day so far, `is_open` whether a finding of today would still belong to it. Two
    metrics or two days raise `severity` by one. `notified_at` is when you were told; an episode
    that grows keeps its id and is not told again."""

    id: UUID
    onset: dt.date
    peak: dt.date
    end: dt.date
    is_open: bool
    days: int
    severity: Severity
    metrics: list[str]
    explanation: str
    notified_at: dt.datetime | None
    findings: list[MemberOut]


class NewsOut(ReadSchema):
    """What you have not been told before."""

    items: list[EpisodeOut]
