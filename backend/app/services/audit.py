"""The audit trail: what happened to an account, each event one row that nobody changes."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Uuid, cast, insert, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.models import AuditEvent, User
from app.services.paging import KeysetPages, Window
from app.services.people import Person
from app.utils.enums import AuditKind, AuditOutcome
from app.utils.identifiers import uuid7
from app.utils.security import Tokens

logger = logging.getLogger("vitaliq.audit")

_LONGEST_SECONDS = 2
_SHOWN = ("id", "date", "occurred_at", "kind", "outcome", "detail", "request_id", "session_id")
# Whether a row is written must not show in the time that a refused sign-in takes, and a commit
# that waits for the disk would show it. The price: a crash may lose the last half second.
_DO_NOT_WAIT = text("SET LOCAL synchronous_commit = off")


class Trace:
    """Keys of a session's `info` that events are made from."""

    REQUEST_ID = "request_id"
    LOGIN_SESSION = "login_session_id"


async def record(
    session: AsyncSession,
    user_id: UUID,
    kind: AuditKind,
    *,
    session_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """What was done, in the transaction that does it. `detail` holds names and counts, never a
    health value."""
    await session.execute(
        insert(AuditEvent).values(
            user_id=user_id,
            id=uuid7(),
            kind=kind,
            outcome=AuditOutcome.SUCCESS,
            detail=dict(detail or {}),
            request_id=session.info.get(Trace.REQUEST_ID),
            session_id=session_id or session.info.get(Trace.LOGIN_SESSION),
        )
    )


async def record_failure(
    database: Database,
    user_id: UUID,
    kind: AuditKind,
    *,
    trace: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """What was refused, in a short transaction of its own. Never raises: a trail that cannot be
    written costs a line in the log, not the answer. An account that is not there leaves nothing."""
    told = trace or {}
    values = select(
        User.id,
        literal(uuid7(), Uuid()),
        literal(kind.value),
        literal(AuditOutcome.FAILURE.value),
        cast(dict(detail or {}), JSONB),
        literal(told.get(Trace.REQUEST_ID)),
        literal(told.get(Trace.LOGIN_SESSION), Uuid()),
    ).where(User.id == user_id)
    columns = ["user_id", "id", "kind", "outcome", "detail", "request_id", "session_id"]
    try:
        async with asyncio.timeout(_LONGEST_SECONDS), database.session(user_id) as session:
            await session.execute(_DO_NOT_WAIT)
            await session.execute(insert(AuditEvent).from_select(columns, values))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        logger.warning("an audit event (%s) was not kept: %s", kind, type(error).__name__)


class AuditService:
    """One person's trail, to read."""

    def __init__(self, session: AsyncSession, person: Person, tokens: Tokens) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens

    async def page(self, window: Window) -> str:
        """The page as JSON, newest first. Raises InvalidInputError for a foreign cursor."""
        table = AuditEvent.__table__
        assert isinstance(table, Table)  # noqa: S101  (for the type checker: it is mapped to one)
        pages = KeysetPages(
            self._session,
            table,
            _SHOWN,
            tokens=self._tokens,
            scope=f"{self._person.id}/audit",
        )
        return await pages.page([table.c.user_id == self._person.id], window)
