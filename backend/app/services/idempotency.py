"""Carrying out a repeated request once (Idempotency-Key, draft-ietf-httpapi-idempotency-key)."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError
from app.models import IdempotencyKey
from app.services.people import Person

KEPT_FOR = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given before."""

    status: int
    body: bytes
    etag: str | None = None


class IdempotencyService:
    """The key is claimed in the transaction that does the work, so both happen or neither."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def claim(self, key: str, *, operation: str, body: bytes) -> Answer | None:
        """None for a key never seen, which is now taken; otherwise the answer it got.

        Waits for a request in progress with the same key. Raises InvalidInputError where the key
        was used for something else.
        """
        fingerprint = hashlib.sha256(operation.encode() + b"\0" + body).digest()
        await self._forget_old()
        taken = await self._session.execute(
            insert(IdempotencyKey)
            .values(user_id=self._person.id, key=key, fingerprint=fingerprint)
            .on_conflict_do_nothing()
            .returning(IdempotencyKey.key)
        )
        if taken.one_or_none() is not None:
            return None
        return await self._recall(key, fingerprint)

    async def settle(self, key: str, answer: Answer) -> None:
        """Keep the answer that the claimed key got."""
        await self._session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.user_id == self._person.id, IdempotencyKey.key == key)
            .values(status=answer.status, body=answer.body, etag=answer.etag)
        )

    async def _recall(self, key: str, fingerprint: bytes) -> Answer:
        row = (
            await self._session.execute(
                select(
                    IdempotencyKey.fingerprint,
                    IdempotencyKey.status,
                    IdempotencyKey.body,
                    IdempotencyKey.etag,
                ).where(IdempotencyKey.user_id == self._person.id, IdempotencyKey.key == key)
            )
        ).one()
        if row.fingerprint != fingerprint:
            raise InvalidInputError.at(
                ("header", "Idempotency-Key"),
                "was used for another request; choose a new key",
                code="key-used",
            )
        return Answer(row.status, row.body, row.etag)

    async def _forget_old(self) -> None:
        await self._session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.user_id == self._person.id,
                IdempotencyKey.created_at < func.now() - KEPT_FOR,
            )
        )
