"""Answers already given, so that a repeated POST is not carried out twice."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, LargeBinary, String, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base

ETAG_LIMIT = 40


class IdempotencyKey(Base):
    """`status` and `body` are null only inside the transaction that first carries the key."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    body: Mapped[bytes | None]
    etag: Mapped[str | None] = mapped_column(String(ETAG_LIMIT))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
