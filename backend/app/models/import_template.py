"""How a person's tables are to be read: what they answered once about a header."""

import datetime as dt
from typing import Any

from sqlalchemy import String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned


class ImportTemplate(Owned, Base):
    """`signature` is made of the header's bytes, `options` are those of an import."""

    __tablename__ = "import_templates"
    __table_args__ = (
        UniqueConstraint("user_id", "signature", name="uq_import_templates_signature"),
    )

    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    signature: Mapped[str] = mapped_column(String(64))
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), sort_order=89)
