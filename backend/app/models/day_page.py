"""Daily values that were worked out before, and the days of which they no longer tell the truth."""

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DayPage(Base):
    """A week of a person's daily values, from `first`, a Monday, on, as `app.ml.day_pages` packs
    them; `layout` says which metrics, worked out how. It is true but for the days in `stale_days`,
    and can be made anew from the entries at any time."""

    __tablename__ = "day_pages"
    __table_args__ = (
        CheckConstraint("first BETWEEN '1890-01-01' AND '2110-12-31'", name="first_plausible"),
        CheckConstraint("(first - '1900-01-01') % 7 = 0", name="first_is_a_monday"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    first: Mapped[dt.date] = mapped_column(primary_key=True)
    layout: Mapped[int] = mapped_column(BigInteger())
    known: Mapped[bytes] = mapped_column(LargeBinary())
    cells: Mapped[bytes] = mapped_column(LargeBinary())


class StaleDay(Base):
    """A change of entries of that day, which triggers note. There may be many of one day: a writer
    never waits for another."""

    __tablename__ = "stale_days"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger(), Identity(), primary_key=True)
