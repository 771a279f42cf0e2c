"""Token buckets in PostgreSQL: how often something may be done, across all processes."""

import datetime as dt
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Interval, bindparam, text

from app.database import Database

_TAKE = text("SELECT app.take_guess(:bucket, :per_token, :whole)").bindparams(
    bindparam("per_token", type_=Interval), bindparam("whole", type_=Interval)
)
_GIVE_BACK = text("SELECT app.give_back_guess(:bucket, :per_token)").bindparams(
    bindparam("per_token", type_=Interval)
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """`key` is a keyed hash, so that the table names nobody. In the time `whole` an empty bucket
    fills up again, evenly, a token each `per_token`."""

    whose: str
    key: bytes
    per_token: dt.timedelta
    whole: dt.timedelta


class Shortage(NamedTuple):
    bucket: Bucket
    seconds: int


class TokenBuckets:
    """Each token is taken in a transaction of its own, before what it is for."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def bucket(self, whose: str, name: str, *, size: int, whole: dt.timedelta) -> Bucket:
        key = hmac.digest(self._key, f"{whose} {name}".encode(), "sha256")
        return Bucket(whose, key, whole / size, whole)

    async def take_all(self, wanted: Sequence[Bucket]) -> Shortage | None:
        """A token of each, or of none and where one is missing, and for how long."""
        for position, bucket in enumerate(wanted):
            wait = await self._take(bucket)
            if wait:
                await self.give_back(wanted[:position])
                return Shortage(bucket, wait)
        return None

    async def give_back(self, buckets: Sequence[Bucket]) -> None:
        if not buckets:
            return
        async with self._database.session() as session:
            for bucket in buckets:
                values = {"bucket": bucket.key, "per_token": bucket.per_token}
                await session.execute(_GIVE_BACK, values)

    async def _take(self, bucket: Bucket) -> int:
        """Seconds until there is a token; 0 if one was taken."""
        values = {"bucket": bucket.key, "per_token": bucket.per_token, "whole": bucket.whole}
        async with self._database.session() as session:
            return math.ceil(await session.scalar(_TAKE, values) or 0)
