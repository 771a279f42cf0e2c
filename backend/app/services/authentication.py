"""From an access token to the person who sent it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import ACT_AS, prepared_together
from app.errors import UnauthorizedError
from app.schemas.auth import CONSENT_VERSION
from app.services.people import Person
from app.utils.enums import AlarmBudget
from app.utils.security import Claims
from app.utils.time import zone_of

PERSON_COLUMNS = b"""
    timezone, height_cm, thresholds, alarm_budget::text, entries_full,
    ai_consent_at is not null and ai_consent_version is not distinct from $2, ai_notes_allowed
    """
"""Of a user; $2 is CONSENT_VERSION."""
_PERSON = b"select" + PERSON_COLUMNS + b"from users where id = $1"
_SIGNED_IN = (
    _PERSON
    + b"""
    and exists (
        select from sessions
        where user_id = $1 and id = $3 and revoked_at is null and expires_at > now()
    )
    """
)


async def authenticate(session: AsyncSession, claims: Claims) -> Person:
    """The person, while their session lives; from here the database session acts for them.

    Raises UnauthorizedError once the session has ended, or the account is gone.
    """
    return await _person(session, claims.user_id, claims.session_id)


async def person_of(session: AsyncSession, user_id: UUID) -> Person:
    """The person without a sign-in: for the command line and workers."""
    return await _person(session, user_id, None)


async def user_id_of(session: AsyncSession, email: str) -> UUID | None:
    """The account with this address, for the command line."""
    found: UUID | None = await session.scalar(
        text("SELECT id FROM app.credentials(:email)"), {"email": email.strip().lower()}
    )
    return found


async def _person(session: AsyncSession, user_id: UUID, session_id: UUID | None) -> Person:
    """One round trip, and nothing to compile: almost every request begins with it."""
    asked: tuple[bytes, list[object]] = (_PERSON, [user_id, CONSENT_VERSION])
    if session_id is not None:
        asked = (_SIGNED_IN, [user_id, CONSENT_VERSION, session_id])
    _, rows = await prepared_together(session, (ACT_AS, [str(user_id)]), asked)
    session.info["user_id"] = user_id
    if not rows:
        raise UnauthorizedError
    return person_from(rows[0], user_id, session_id)


def person_from(row: Sequence[Any], user_id: UUID, session_id: UUID | None = None) -> Person:
    """From what PERSON_COLUMNS give."""
    zone, height, thresholds, budget, is_full, consent, notes = row
    return Person(
        id=user_id,
        session_id=session_id,
        zone=zone_of(zone),
        height_cm=height,
        thresholds=thresholds,
        alarm_budget=AlarmBudget(budget),
        is_full=is_full,
        ai_consent=consent,
        ai_notes_allowed=notes,
    )
