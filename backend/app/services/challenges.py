"""Challenges for authenticators to sign: random, short-lived, and each good for one use."""

import datetime as dt
import hashlib
import secrets

from sqlalchemy import Interval, bindparam, text

from app.database import Database

LIFETIME = dt.timedelta(minutes=5)
SIGN_IN = "sign in"
_BYTES = 32
_GIVE = text("SELECT app.give_challenge(:challenge, :lifetime)").bindparams(
    bindparam("lifetime", type_=Interval)
)
_USE = text("SELECT app.use_challenge(:challenge)")


class Challenges:
    """Kept in PostgreSQL, so that any process of the server knows them. Each is given and used in a
    transaction of its own: it is used up whatever the answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, purpose: str) -> bytes:
        challenge = secrets.token_bytes(_BYTES)
        values = {"challenge": _hash(purpose, challenge), "lifetime": LIFETIME}
        async with self._database.session() as session:
            await session.execute(_GIVE, values)
        return challenge

    async def use(self, purpose: str, challenge: bytes) -> bool:
        """Whether it was given for this purpose, not long ago, and was never used."""
        async with self._database.session() as session:
            known = await session.scalar(_USE, {"challenge": _hash(purpose, challenge)})
        return bool(known)


def _hash(purpose: str, challenge: bytes) -> bytes:
    return hashlib.sha256(f"{purpose}\0".encode() + challenge).digest()
