"""What detection remembers of a person between runs."""

import datetime as dt
from uuid import UUID

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DetectionMemory(Base):
    """Derived from entries; as `app.ml.memory_bytes` writes it: `learned` goes behind `content`.

    `conditions` tells since when each was on file. Days from `changed_from` on may have changed
    since a night's whole span was last tested, and none before them; findings and episodes were in
    step with the memory then, as the code with the mark `settled_by` keeps them.
    """

    __tablename__ = "detection_memories"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes]
    learned: Mapped[bytes | None]
    changed_from: Mapped[dt.date | None]
    settled_by: Mapped[bytes | None]
    conditions: Mapped[dict[str, str] | None] = mapped_column(JSON)
