"""From an access token to the person who sent it."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import act_as
from app.errors import UnauthorizedError
from app.models import LoginSession, User
from app.schemas.auth import CONSENT_VERSION
from app.services.people import Person
from app.utils.security import Claims
from app.utils.time import zone_of

_PERSON_COLUMNS = (
    User.id,
    User.timezone,
    User.height_cm,
    User.thresholds,
    User.alarm_budget,
    User.entries_full,
    (User.ai_consent_at.is_not(None) & (User.ai_consent_version == CONSENT_VERSION)).label(
        "ai_consent"
    ),
    User.ai_notes_allowed,
)


async def authenticate(session: AsyncSession, claims: Claims) -> Person:
    """The person, while their session lives; from here the database session acts for them.

    Raises UnauthorizedError once the session has ended, or the account is gone.
    """
    await act_as(session, claims.user_id)
    alive = (
        select(LoginSession.id)
        .where(
            LoginSession.user_id == claims.user_id,
            LoginSession.id == claims.session_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > func.now(),
        )
        .exists()
    )
    return await _person(session, claims.user_id, claims.session_id, alive)


async def user_id_of(session: AsyncSession, email: str) -> UUID | None:
    """The account with this address, for the command line."""
    found: UUID | None = await session.scalar(
        text("SELECT id FROM app.credentials(:email)"), {"email": email.strip().lower()}
    )
    return found


async def person_of(session: AsyncSession, user_id: UUID) -> Person:
    """The person without a sign-in: for the command line and workers."""
    await act_as(session, user_id)
    return await _person(session, user_id, None)


async def _person(
    session: AsyncSession, user_id: UUID, session_id: UUID | None, *conditions: ColumnElement[bool]
) -> Person:
    statement = select(*_PERSON_COLUMNS).where(User.id == user_id, *conditions)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise UnauthorizedError
    return Person(
        id=row.id,
        session_id=session_id,
        zone=zone_of(row.timezone),
        height_cm=row.height_cm,
        thresholds=row.thresholds,
        alarm_budget=row.alarm_budget,
        is_full=row.entries_full,
        ai_consent=row.ai_consent,
        ai_notes_allowed=row.ai_notes_allowed,
    )
