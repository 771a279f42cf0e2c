"""Entries that were written together and can be removed together."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned, enum_column
from app.utils.enums import BatchKind


class Batch(Owned, Base):
    """`details` holds what is known of the batch: for invented data its seed and the truth."""

    __tablename__ = "batches"

    kind: Mapped[BatchKind] = mapped_column(enum_column(BatchKind))
    label: Mapped[str] = mapped_column(String(NAME_LIMIT))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
