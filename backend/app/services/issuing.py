"""Tokens for someone who has just shown who they are, or who goes on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.models import LoginSession, RefreshToken
from app.models.base import NAME_LIMIT
from app.schemas.auth import TokensOut
from app.services import audit
from app.utils.enums import AuditKind
from app.utils.identifiers import uuid7
from app.utils.security import Claims, Tokens, digest, new_refresh_secret


class TokenIssuer:
    """Works in the caller's transaction, which acts for the person."""

    def __init__(self, tokens: Tokens, settings: Settings) -> None:
        self._tokens = tokens
        self._access_minutes = settings.access_token_minutes
        self._lifetime = dt.timedelta(days=settings.refresh_token_days)

    async def open_session(
        self,
        session: AsyncSession,
        user_id: UUID,
        *,
        user_agent: str | None,
        detail: Mapping[str, Any] | None = None,
    ) -> TokensOut:
        """A new session; those that have expired are forgotten. `detail` is for the audit trail."""
        await session.execute(
            delete(LoginSession).where(
                LoginSession.user_id == user_id, LoginSession.expires_at < func.now()
            )
        )
        session_id = uuid7()
        await session.execute(
            insert(LoginSession).values(
                user_id=user_id,
                id=session_id,
                expires_at=func.now() + self._lifetime,
                user_agent=_legible(user_agent),
            )
        )
        await audit.record(
            session, user_id, AuditKind.SIGN_IN, session_id=session_id, detail=detail
        )
        return await self.issue(session, Claims(user_id, session_id))

    async def issue(self, session: AsyncSession, claims: Claims) -> TokensOut:
        """The next pair of tokens of a session."""
        refresh_token = f"{claims.user_id.hex}.{new_refresh_secret()}"
        await session.execute(
            insert(RefreshToken).values(
                user_id=claims.user_id,
                session_id=claims.session_id,
                token_hash=digest(refresh_token),
            )
        )
        return TokensOut(
            access_token=self._tokens.access(claims, minutes=self._access_minutes),
            expires_in=self._access_minutes * 60,
            refresh_token=refresh_token,
        )


def _legible(user_agent: str | None) -> str | None:
    """The user agent without what text columns refuse."""
    return "".join(filter(str.isprintable, user_agent or ""))[:NAME_LIMIT] or None
