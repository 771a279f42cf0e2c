"""How much guessing each account and each client address has left."""

import datetime as dt

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class GuessLimit(Base):
    """A token bucket, kept as the instant when it is full again: nothing but that is needed, and
    a bucket that is full is no row. `bucket` is a keyed hash, so that the table names nobody.
    Unlogged: what a crash forgets are a few guesses."""

    __tablename__ = "guess_limits"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    bucket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    full_at: Mapped[dt.datetime] = mapped_column(index=True)
