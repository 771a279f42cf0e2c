"""Findings of one story, told to the person once."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Owned, enum_column
from app.utils.enums import Severity


class Episode(Owned, Base):
    """Its members are the findings that name it. `date` is its onset, `peak` the day of its
    strangest finding, `last` the newest so far. `notified_at` is set once, by whoever tells the
    person, and stays when the episode grows."""

    __tablename__ = "episodes"
    __table_args__ = (
        CheckConstraint("peak BETWEEN date AND last", name="days_in_order"),
        CheckConstraint("days BETWEEN 1 AND last - date + 1", name="days_fit"),
        Index("ix_episodes_user_id_date_id", "user_id", "date", "id"),
    )

    date: Mapped[dt.date]
    peak: Mapped[dt.date]
    last: Mapped[dt.date]
    days: Mapped[int]
    severity: Mapped[Severity] = mapped_column(enum_column(Severity))
    metrics: Mapped[list[str]] = mapped_column(JSONB)
    explanation: Mapped[str] = mapped_column(Text())
    notified_at: Mapped[dt.datetime | None]
