"""A file that a person brings: sent in parts, read, shown, and then taken or not."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned, enum_column
from app.utils.enums import ImportStatus


class FileImport(Owned, Base):
    """`options` is what its owner said about the file, `preview` what a worker found in it,
    `result` what was stored as the batch. `progress` runs from 0 to 1 while a worker reads."""

    __tablename__ = "imports"
    __table_args__ = (CheckConstraint("received BETWEEN 0 AND bytes", name="received_fits"),)

    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    bytes: Mapped[int] = mapped_column(BigInteger())
    received: Mapped[int] = mapped_column(BigInteger(), server_default=text("0"))
    status: Mapped[ImportStatus] = mapped_column(
        enum_column(ImportStatus), server_default=text("'receiving'")
    )
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    progress: Mapped[float] = mapped_column(Float(), server_default=text("0"))
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    problem: Mapped[str | None] = mapped_column(Text())
    batch_id: Mapped[uuid.UUID | None]
    finished_at: Mapped[dt.datetime | None]


class ImportPart(Base):
    """The bytes of a file from `start` on."""

    __tablename__ = "import_parts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "import_id"],
            ["imports.user_id", "imports.id"],
            name="fk_import_parts_import",
            ondelete="CASCADE",
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    import_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
