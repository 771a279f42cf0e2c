"""Where one is signed in, and ending that."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFoundError
from app.models import LoginSession, RefreshToken
from app.schemas.auth import SessionOut
from app.services.people import Person


class LoginSessionService:
    """One person's sessions."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def all(self) -> Sequence[SessionOut]:
        """Those that live, newest first."""
        newest_token = (
            select(func.max(RefreshToken.created_at))
            .where(
                RefreshToken.user_id == self._person.id,
                RefreshToken.session_id == LoginSession.id,
            )
            .scalar_subquery()
        )
        statement = (
            select(
                LoginSession.id,
                LoginSession.created_at,
                func.coalesce(newest_token, LoginSession.created_at).label("last_used_at"),
                LoginSession.expires_at,
                LoginSession.user_agent,
                (LoginSession.id == self._person.session_id).label("current"),
            )
            .where(*_living(self._person.id))
            .order_by(LoginSession.id.desc())
        )
        rows = await self._session.execute(statement)
        return [SessionOut.model_validate(row) for row in rows]

    async def end(self, session_id: UUID) -> None:
        """Raises NotFoundError for one that has ended, or is not the person's."""
        if not await end_sessions(self._session, self._person.id, LoginSession.id == session_id):
            raise NotFoundError("You have no such session.")


async def end_sessions(
    session: AsyncSession, user_id: UUID, *conditions: ColumnElement[bool]
) -> int:
    """How many of the user's living sessions ended by this."""
    ended = await session.scalars(
        update(LoginSession)
        .where(*_living(user_id), *conditions)
        .values(revoked_at=func.now())
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def _living(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        LoginSession.user_id == user_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > func.now(),
    )
