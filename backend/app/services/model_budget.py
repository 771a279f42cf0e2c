"""How many calls of the language model a person and the whole server may make."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from app.config import Settings
from app.database import Database
from app.services.token_buckets import Bucket, TokenBuckets
from app.utils.security import Tokens

_DAY = dt.timedelta(days=1)


class ModelBudget:
    """Refilled evenly over the day and not at midnight: no hour is a bad one, and after a budget is
    used up there is soon a little of it again."""

    def __init__(self, database: Database, tokens: Tokens, settings: Settings) -> None:
        self._buckets = TokenBuckets(database, tokens.derived_key("model budget"))
        self._per_person = settings.openai_calls_per_user
        self._for_all = settings.openai_calls

    async def take(self, user_id: UUID) -> bool:
        """Whether there is a call left, which is thereby counted, whatever comes of it."""
        return await self._buckets.take_all(self._of(user_id)) is None

    async def give_back(self, user_id: UUID) -> None:
        """A call that was not made after all."""
        await self._buckets.give_back(self._of(user_id))

    def _of(self, user_id: UUID) -> Sequence[Bucket]:
        bucket = self._buckets.bucket
        return (
            bucket("model person", str(user_id), size=self._per_person, whole=_DAY),
            bucket("model", "all", size=self._for_all, whole=_DAY),
        )
