"""One person's passkeys."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.errors import ConflictError, NotFoundError
from app.models import Passkey
from app.schemas.passkeys import PasskeyOut
from app.services import audit
from app.utils.enums import AuditKind
from app.utils.identifiers import uuid7

MOST = 20
T = TypeVar("T")
_SHOWN = (Passkey.id, Passkey.name, Passkey.created_at, Passkey.last_used_at)


class PasskeyService:
    """In the caller's transaction, which acts for the person."""

    def __init__(self, session: AsyncSession, user_id: UUID) -> None:
        self._session = session
        self._user_id = user_id

    async def all(self) -> Sequence[PasskeyOut]:
        """Newest first."""
        rows = await self._session.execute(
            select(*_SHOWN).where(Passkey.user_id == self._user_id).order_by(Passkey.id.desc())
        )
        return [PasskeyOut.model_validate(row) for row in rows]

    async def credential_ids(self) -> Sequence[bytes]:
        """Raises ConflictError where there is no room for one more."""
        known = await self._session.scalars(
            select(Passkey.credential_id).where(Passkey.user_id == self._user_id)
        )
        ids = known.all()
        if len(ids) >= MOST:
            raise ConflictError(
                f"You have {MOST} passkeys, the most there may be. Delete one.",
                code="most-passkeys",
            )
        return ids

    async def add(self, name: str, made: VerifiedRegistration) -> PasskeyOut:
        """Raises ConflictError for one that is there already, and where there is no room."""
        await self.credential_ids()
        statement = (
            insert(Passkey)
            .values(
                user_id=self._user_id,
                id=uuid7(),
                name=name,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
            )
            .on_conflict_do_nothing()
            .returning(*_SHOWN)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise ConflictError("This passkey is among yours already.", code="passkey-known")
        added = PasskeyOut.model_validate(row)
        await self._record(AuditKind.PASSKEY_ADDED, added.id)
        return added

    async def rename(self, passkey_id: UUID, name: str) -> PasskeyOut:
        """Raises NotFoundError."""
        row = await self._session.execute(
            update(Passkey).where(*self._own(passkey_id)).values(name=name).returning(*_SHOWN)
        )
        return PasskeyOut.model_validate(_present(row.one_or_none()))

    async def remove(self, passkey_id: UUID) -> None:
        """Raises NotFoundError."""
        gone = delete(Passkey).where(*self._own(passkey_id)).returning(Passkey.id)
        _present(await self._session.scalar(gone))
        await self._record(AuditKind.PASSKEY_REMOVED, passkey_id)

    async def find(self, credential_id: bytes) -> Passkey | None:
        """The one to sign in with, which nobody else uses until the transaction ends."""
        found: Passkey | None = await self._session.scalar(
            select(Passkey)
            .where(Passkey.user_id == self._user_id, Passkey.credential_id == credential_id)
            .with_for_update()
        )
        return found

    async def used(self, passkey: Passkey, *, sign_count: int) -> None:
        await self._session.execute(
            update(Passkey)
            .where(*self._own(passkey.id))
            .values(sign_count=sign_count, last_used_at=func.now())
        )

    def _own(self, passkey_id: UUID) -> tuple[ColumnElement[bool], ...]:
        return Passkey.user_id == self._user_id, Passkey.id == passkey_id

    async def _record(self, kind: AuditKind, passkey_id: UUID) -> None:
        detail = {"passkey": str(passkey_id)}
        await audit.record(self._session, self._user_id, kind, detail=detail)


def _present(row: T | None) -> T:
    if row is None:
        raise NotFoundError("There is no such passkey among yours.")
    return row
