"""A night, or a nap."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, Entry, Noted


class SleepEntry(Noted, Entry, Base):
    """`date` is the morning. Where bedtime and wake time are known, `duration_hours` is the time
    elapsed between them."""

    __tablename__ = "sleep_entries"
    tracker = "sleep"

    bedtime: Mapped[dt.datetime | None]
    wake_time: Mapped[dt.datetime | None]
    duration_hours: Mapped[float]
    quality_score: Mapped[int | None]
    deep_sleep_minutes: Mapped[int | None]
    rem_sleep_minutes: Mapped[int | None]
    awakenings: Mapped[int | None]

    @classmethod
    def extra_constraints(cls) -> Sequence[CheckConstraint]:
        return (
            CheckConstraint("bedtime < wake_time", name="wakes_after_bedtime"),
            CheckConstraint("(bedtime IS NULL) = (wake_time IS NULL)", name="both_ends_or_none"),
        )
