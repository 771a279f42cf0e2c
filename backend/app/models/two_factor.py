"""The second factor: a TOTP secret (RFC 6238), and codes for when its device is lost."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class TotpSecret(Base):
    """`sealed` is encrypted. It counts from `confirmed_at` on; `last_step` is the newest time step
    whose code was used, and no code of that step or an older one is taken again."""

    __tablename__ = "totp_secrets"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary(100))
    confirmed_at: Mapped[dt.datetime | None]
    last_step: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class RecoveryCode(Base):
    """A code that replaces one TOTP code, kept as its SHA-256; a used one is no row."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
