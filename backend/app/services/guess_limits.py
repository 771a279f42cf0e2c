"""How often one may guess passwords, codes and tokens, across all processes of the server."""

import datetime as dt
import hmac
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Interval, bindparam, text

from app import meters
from app.config import Settings
from app.database import Database
from app.errors import SecondFactorError, TooManyRequestsError, UnavailableError
from app.utils.security import Tokens

WINDOW = dt.timedelta(minutes=15)
"""In this time an empty bucket fills up again, evenly."""

_TAKE = text("SELECT app.take_guess(:bucket, :per_guess, :whole)").bindparams(
    bindparam("per_guess", type_=Interval), bindparam("whole", type_=Interval)
)
_GIVE_BACK = text("SELECT app.give_back_guess(:bucket, :per_guess)").bindparams(
    bindparam("per_guess", type_=Interval)
)


@dataclass(frozen=True, slots=True)
class _Bucket:
    whose: str
    key: bytes
    per_guess: dt.timedelta


class GuessLimits:
    """Token buckets in PostgreSQL, one an account and one a client address.

    Each token is taken in a transaction of its own before the guess is looked at, so that it counts
    whatever the answer, and of parallel guesses none is free. A guess that was right is given back:
    who knows the password is never slowed down by using it.
    """

    def __init__(self, database: Database, tokens: Tokens, settings: Settings) -> None:
        self._database = database
        self._key = tokens.derived_key("guess limits")
        self._per_account = WINDOW / settings.guesses_per_account
        self._per_client = WINDOW / settings.guesses_per_client

    @asynccontextmanager
    async def guess(self, *, account: str | None, client: str | None) -> AsyncIterator[None]:
        """A guess at an account's secrets, or (without an account) at a token that names itself.
        It counts if the block raises, unless nothing was guessed. Unknown accounts count like
        others. Raises TooManyRequestsError.
        """
        taken = await self._take_all(self._buckets(account, client))
        try:
            yield
        except (SecondFactorError, UnavailableError) as error:
            if not getattr(error, "is_guess", False):
                await self._give_back(*taken)
            raise
        await self._give_back(*taken)

    async def spend(self, *, client: str | None, kind: str = "client") -> None:
        """What costs the client a guess even if it succeeds; of another `kind` it costs none, and
        has a bucket of the same size. Raises TooManyRequestsError."""
        if client is not None:
            await self._take_all([self._bucket(kind, client, self._per_client)])

    def _buckets(self, account: str | None, client: str | None) -> list[_Bucket]:
        wanted = []
        if client is not None:
            wanted.append(self._bucket("client", client, self._per_client))
        if account is not None:
            wanted.append(self._bucket("account", account, self._per_account))
        return wanted

    async def _take_all(self, wanted: list[_Bucket]) -> list[_Bucket]:
        for position, bucket in enumerate(wanted):
            wait = await self._take(bucket)
            if wait:
                # Nothing was guessed: others at this client's address keep their share.
                await self._give_back(*wanted[:position])
                meters.GUESSES_REFUSED.labels(bucket.whose).inc()
                raise TooManyRequestsError(retry_after=wait)
        return wanted

    def _bucket(self, kind: str, name: str, per_guess: dt.timedelta) -> _Bucket:
        return _Bucket(kind, hmac.digest(self._key, f"{kind} {name}".encode(), "sha256"), per_guess)

    async def _take(self, bucket: _Bucket) -> int:
        """Seconds until there is a token; 0 if one was taken."""
        values = {"bucket": bucket.key, "per_guess": bucket.per_guess, "whole": WINDOW}
        async with self._database.session() as session:
            return math.ceil(await session.scalar(_TAKE, values) or 0)

    async def _give_back(self, *buckets: _Bucket) -> None:
        if not buckets:
            return
        async with self._database.session() as session:
            for bucket in buckets:
                values = {"bucket": bucket.key, "per_guess": bucket.per_guess}
                await session.execute(_GIVE_BACK, values)
