"""Tombstones: which accounts were deleted, so that an older backup does not bring them back."""

import datetime as dt
import uuid

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DeletedAccount(Base):
    """The account's random id and nothing else of the person."""

    __tablename__ = "deleted_accounts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    deleted_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
