"""Stretches of days that were different, and why: illness, travel and the like."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Owned, enum_column
from app.utils.enums import TagKind


class Tag(Owned, Base):
    """Both ends belong to the stretch, which has a length that can be listed day by day."""

    __tablename__ = "tags"
    __table_args__ = (
        CheckConstraint("first BETWEEN '1900-01-01' AND '2100-12-31'", name="first_plausible"),
        CheckConstraint("last BETWEEN first AND first + 365", name="last_plausible"),
        Index("ix_tags_user_id_first_id", "user_id", "first", "id"),
    )

    kind: Mapped[TagKind] = mapped_column(enum_column(TagKind))
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    note: Mapped[str | None] = mapped_column(Text())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
