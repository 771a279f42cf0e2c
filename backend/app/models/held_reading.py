"""Readings that cannot be what they say, kept apart until their owner has answered for them."""

import datetime as dt
import uuid

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned


class HeldGroup(Owned, Base):
    """Those of one kind, source and unit that came with one batch. `guess` is the unit in which
    most of them would make sense; `answer` is null until they are answered for, and `stored` how
    many are readings since: those bear the group's id for their batch."""

    __tablename__ = "held_groups"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_held_groups_batch",
            ondelete="CASCADE",
        ),
        UniqueConstraint(
            "user_id", "batch_id", "kind", "source", "unit", name="uq_held_groups_strand"
        ),
    )

    batch_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(NAME_LIMIT))
    unit: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(40))
    guess: Mapped[str | None] = mapped_column(String(40))
    count: Mapped[int] = mapped_column(BigInteger())
    answer: Mapped[str | None] = mapped_column(String(40))
    stored: Mapped[int] = mapped_column(BigInteger(), server_default=text("0"))
    answered_at: Mapped[dt.datetime | None]


class HeldReading(Base):
    """`value` is in the unit of the group; the rest is as in a reading."""

    __tablename__ = "held_readings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "group_id"],
            ["held_groups.user_id", "held_groups.id"],
            name="fk_held_readings_group",
            ondelete="CASCADE",
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    identity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[dt.datetime | None]
    value: Mapped[float]
    censor: Mapped[int | None] = mapped_column(SmallInteger())
