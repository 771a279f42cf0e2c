"""What detection found strange, with its evidence."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned, enum_column
from app.utils.enums import DetectorType, Direction, Feedback, Severity


class Anomaly(Owned, Base):
    """At most one finding a metric and day, whichever detectors made it.

    `source_id` is the entry that moved the metric most that day; `evidence` holds the
    contributions, all source rows and the days that the verdict rests on. A finding with any
    `feedback` is acknowledged. `episode_id` names the story that it belongs to.
    """

    __tablename__ = "anomalies"
    __table_args__ = (
        UniqueConstraint("user_id", "date", "metric_name"),
        CheckConstraint("anomaly_score BETWEEN 0 AND 100", name="anomaly_score_bounded"),
        CheckConstraint("p_value BETWEEN 0 AND 1", name="p_value_bounded"),
        Index("ix_anomalies_user_id_date_id", "user_id", "date", "id"),
    )

    date: Mapped[dt.date]
    source_table: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[uuid.UUID | None]
    metric_name: Mapped[str] = mapped_column(String(60))
    metric_value: Mapped[float]
    baseline_value: Mapped[float | None]
    detector_type: Mapped[DetectorType] = mapped_column(enum_column(DetectorType))
    severity: Mapped[Severity] = mapped_column(enum_column(Severity))
    anomaly_score: Mapped[float]
    explanation: Mapped[str] = mapped_column(Text())
    is_acknowledged: Mapped[bool] = mapped_column(server_default=text("false"))
    feedback: Mapped[Feedback | None] = mapped_column(enum_column(Feedback))
    acknowledged_at: Mapped[dt.datetime | None]
    detected_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    usual_low: Mapped[float | None]
    usual_high: Mapped[float | None]
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    p_value: Mapped[float | None]
    is_unusual: Mapped[bool]
    clinical: Mapped[str | None] = mapped_column(String(NAME_LIMIT))
    episode_id: Mapped[uuid.UUID | None]
    explained_by: Mapped[str | None] = mapped_column(String(NAME_LIMIT))
    detector_version: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
