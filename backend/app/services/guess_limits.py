"""How often one may guess passwords, codes and tokens, across all processes of the server."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import meters
from app.config import Settings
from app.database import Database
from app.errors import SecondFactorError, TooManyRequestsError, UnavailableError
from app.services.token_buckets import Bucket, TokenBuckets
from app.utils.security import Tokens

WINDOW = dt.timedelta(minutes=15)
"""In this time an empty bucket fills up again, evenly."""


class GuessLimits:
    """One token bucket an account and one a client address.

    A token is taken before the guess is looked at, so that it counts whatever the answer, and of
    parallel guesses none is free. A guess that was right is given back: who knows the password is
    never slowed down by using it.
    """

    def __init__(self, database: Database, tokens: Tokens, settings: Settings) -> None:
        self._tokens = TokenBuckets(database, tokens.derived_key("guess limits"))
        self._per_account = settings.guesses_per_account
        self._per_client = settings.guesses_per_client

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
                await self._tokens.give_back(taken)
            raise
        await self._tokens.give_back(taken)

    async def spend(self, *, client: str | None, kind: str = "client") -> None:
        """What costs the client a guess even if it succeeds; of another `kind` it costs none, and
        has a bucket of the same size. Raises TooManyRequestsError."""
        if client is not None:
            await self._take_all([self._bucket(kind, client, self._per_client)])

    def _buckets(self, account: str | None, client: str | None) -> list[Bucket]:
        wanted = []
        if client is not None:
            wanted.append(self._bucket("client", client, self._per_client))
        if account is not None:
            wanted.append(self._bucket("account", account, self._per_account))
        return wanted

    def _bucket(self, whose: str, name: str, size: int) -> Bucket:
        return self._tokens.bucket(whose, name, size=size, whole=WINDOW)

    async def _take_all(self, wanted: list[Bucket]) -> list[Bucket]:
        short = await self._tokens.take_all(wanted)
        if short is not None:
            meters.GUESSES_REFUSED.labels(short.bucket.whose).inc()
            raise TooManyRequestsError(retry_after=short.seconds)
        return wanted
