"""Passkeys (WebAuthn): public keys that sign people in, and challenges that wait to be signed."""

import datetime as dt

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned

LONGEST_CREDENTIAL_ID = 1_023  # WebAuthn Level 3, 4: "Credential ID"
LONGEST_PUBLIC_KEY = 1_200  # RSA of 8,192 bits; what is common has less than 300 bytes


class Passkey(Owned, Base):
    """`sign_count` is what the authenticator last counted; 0 from those that do not count."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("uq_passkeys_credential_id", "user_id", "credential_id", unique=True),)

    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(LONGEST_CREDENTIAL_ID))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(LONGEST_PUBLIC_KEY))
    sign_count: Mapped[int] = mapped_column(BigInteger())
    last_used_at: Mapped[dt.datetime | None]


class PasskeyChallenge(Base):
    """A challenge that was given out, as a hash of it and of what it is for, so that the table
    names nobody. Unlogged: after a crash one tries again."""

    __tablename__ = "passkey_challenges"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    challenge: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
