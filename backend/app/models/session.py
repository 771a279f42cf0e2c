"""Sign-ins: a session is the family of refresh tokens that descend from one login."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned


class LoginSession(Owned, Base):
    """`expires_at` is absolute: refreshing does not move it."""

    __tablename__ = "sessions"

    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    user_agent: Mapped[str | None] = mapped_column(String(NAME_LIMIT))


class RefreshToken(Owned, Base):
    """One refresh token, kept as its SHA-256; used once, then replaced by the next."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "session_id"],
            ["sessions.user_id", "sessions.id"],
            name="fk_refresh_tokens_session",
            ondelete="CASCADE",
        ),
        Index("uq_refresh_tokens_token_hash", "user_id", "token_hash", unique=True),
        Index("ix_refresh_tokens_session", "user_id", "session_id"),
    )

    session_id: Mapped[uuid.UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[dt.datetime | None]
