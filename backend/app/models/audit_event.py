"""What happened to an account and its data: rows that are added and read, never changed."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, enum_column
from app.utils.enums import AuditKind, AuditOutcome
from app.utils.identifiers import uuid7


class AuditEvent(Base):
    """`detail` holds names, counts and ids, never a health value. `date` is the day in UTC, which
    the pages of the trail are ordered by. `kind` has no list of values in the database, so that a
    new kind of event needs no new version of the schema."""

    __tablename__ = "audit_events"
    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z_]+$'", name="kind_plain"),
        CheckConstraint("jsonb_typeof(detail) = 'object'", name="detail_object"),
        Index("ix_audit_events_user_id_date_id", "user_id", "date", "id"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    occurred_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    date: Mapped[dt.date] = mapped_column(
        Computed("(occurred_at AT TIME ZONE 'UTC')::date", persisted=True)
    )
    kind: Mapped[AuditKind] = mapped_column(String(40))
    outcome: Mapped[AuditOutcome] = mapped_column(enum_column(AuditOutcome))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    request_id: Mapped[str | None] = mapped_column(String(36))
    session_id: Mapped[uuid.UUID | None]
