"""The account."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, enum_column
from app.utils.enums import AlarmBudget, Sex
from app.utils.identifiers import uuid7


class User(Base):
    """`thresholds` holds the user's own z limits by metric. `entries_full`: they hold as many
    entries as the server keeps for one. `preferences` is how the page shows things, `telling`
    how they wish to be told of findings. `source_order` names sources of readings, those first
    that count before others. `nightly_on` is the newest day in whose night detection has run.
    `ai_consent_at` is when the user agreed to send figures to the configured language-model server,
    `ai_consent_version` to which text."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("height_cm BETWEEN 30 AND 280", name="height_cm_plausible"),
        CheckConstraint(
            "date_of_birth BETWEEN '1900-01-01' AND '2100-12-31'", name="date_of_birth_plausible"
        ),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    hashed_password: Mapped[str] = mapped_column(String(300))
    name: Mapped[str | None] = mapped_column(String(NAME_LIMIT))
    date_of_birth: Mapped[dt.date | None]
    timezone: Mapped[str] = mapped_column(String(64), server_default=text("'UTC'"))
    height_cm: Mapped[float | None]
    sex: Mapped[Sex | None] = mapped_column(enum_column(Sex))
    thresholds: Mapped[dict[str, float]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    preferences: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    telling: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    alarm_budget: Mapped[AlarmBudget] = mapped_column(
        enum_column(AlarmBudget), server_default=text("'monthly'")
    )
    source_order: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    entries_full: Mapped[bool] = mapped_column(server_default=text("false"))
    nightly_on: Mapped[dt.date | None]
    ai_consent_at: Mapped[dt.datetime | None]
    ai_consent_version: Mapped[int | None]
    ai_notes_allowed: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
