"""What detection remembers of a person between runs."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DetectionMemory(Base):
    """Derived from entries; as `app.ml.memory_bytes` writes it."""

    __tablename__ = "detection_memories"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes]
