"""What was measured during a day, finer than the trackers keep it."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, SmallInteger, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base


class ReadingSeries(Base):
    """What a person's readings of one kind, source and unit share; `unit` (UCUM) is the one that
    the source gave. `id` counts a person's series from 1."""

    __tablename__ = "reading_series"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "source", "unit", name="uq_reading_series_strand"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(NAME_LIMIT))
    unit: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Reading(Base):
    """`value` is in the unit of its kind, `original` what the source said where that differs.
    `until` is null for an instant. `censor` is -1 where the device says "lower than", 1 where it
    says "higher". `identity` is made of what the source says, or of its own name for the record:
    with it the same record is known again.

    There are no references: looking one up costs more than storing a reading. A series that is
    removed takes its readings along, and so does a batch (`services.readings`).
    """

    __tablename__ = "readings"
    __table_args__ = {"postgresql_partition_by": "RANGE (at)"}  # noqa: RUF012  (SQLAlchemy's own)

    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    series: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    identity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[dt.datetime | None]
    value: Mapped[float]
    original: Mapped[float | None]
    censor: Mapped[int | None] = mapped_column(SmallInteger())
    batch_id: Mapped[uuid.UUID]
