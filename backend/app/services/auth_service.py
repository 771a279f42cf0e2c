"""Accounts: making one, signing in and going on, and what its owner does with it."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.database import Database
from app.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    SecondFactorError,
    UnauthorizedError,
)
from app.models import LoginSession, RefreshToken, User
from app.schemas.auth import (
    CONSENT_VERSION,
    ConsentIn,
    LoginIn,
    ProfileIn,
    RegisterIn,
    TokensOut,
)
from app.services import audit, tombstones
from app.services.guess_limits import GuessLimits
from app.services.issuing import TokenIssuer
from app.services.login_sessions import end_sessions
from app.services.people import Person
from app.services.two_factor import TwoFactorService
from app.utils.enums import AuditKind
from app.utils.identifiers import uuid7
from app.utils.passwords import weakness
from app.utils.security import (
    Claims,
    Tokens,
    digest,
    hash_password,
    needs_rehash,
    verify_password,
)
from app.utils.time import local_day, now, zone_of

_CREDENTIALS = text("SELECT id, hashed_password FROM app.credentials(:email)")
_REFRESH_TOKEN = re.compile(r"([0-9a-f]{32})\.[A-Za-z0-9_-]{43}")


class SignInService:
    """What nobody is signed in for yet: making an account, signing in, and going on.

    Unlike other services it opens its own short transactions, each committed when its block ends:
    no connection is held while a password is hashed, and the end of a session whose refresh token
    came twice is stored although the answer is a refusal.
    """

    def __init__(self, database: Database, tokens: Tokens, settings: Settings) -> None:
        self._database = database
        self._tokens = tokens
        self._settings = settings
        self._issuer = TokenIssuer(tokens, settings)
        self._limits = GuessLimits(database, tokens, settings)

    async def register(self, account: RegisterIn, *, client: str | None = None) -> User:
        """Raises ForbiddenError where sign-up is closed, ConflictError for a taken address,
        InvalidInputError for a password that is easy to guess or a birth in the future, and
        TooManyRequestsError for too many accounts from one client."""
        if not self._settings.registration_enabled:
            raise ForbiddenError(
                "Sign-up is closed here; ask the operator for an account.", code="sign-up-closed"
            )
        _refuse_unborn(account.date_of_birth, zone_of(account.timezone))
        refuse_weak(account.password, email=account.email, field="password")
        await self._limits.spend(client=client)
        columns = account.model_dump(exclude={"password"})
        columns |= {"id": uuid7(), "hashed_password": await hash_password(account.password)}
        async with self._database.session(columns["id"]) as session:
            made: User | None = await session.scalar(
                insert(User)
                .values(columns)
                .on_conflict_do_nothing(index_elements=[User.email])
                .returning(User)
            )
        if made is None:
            raise ConflictError(
                "There is an account with this address. Sign in instead.", code="address-taken"
            )
        return made

    async def login(
        self, credentials: LoginIn, *, user_agent: str | None, client: str | None = None
    ) -> TokensOut:
        """Raises UnauthorizedError, after the same work, for a wrong password and for an unknown
        address; SecondFactorError for a right password without the code that is asked for; and
        TooManyRequestsError after too many guesses at the account or from the client."""
        async with self._limits.guess(account=credentials.email, client=client):
            return await self._login(credentials, user_agent)

    async def _login(self, credentials: LoginIn, user_agent: str | None) -> TokensOut:
        refused = UnauthorizedError("The e-mail address or the password is wrong.")
        user_id, hashed = await self._credentials(credentials.email)
        fits = await verify_password(hashed, credentials.password)
        if not fits or user_id is None or hashed is None:
            # For an unknown address too, where it writes nothing: the same work for both.
            await audit.record_failure(self._database, user_id or uuid7(), AuditKind.SIGN_IN)
            raise refused
        current = hashed
        if needs_rehash(hashed):
            current = await hash_password(credentials.password)
        try:
            async with self._database.session(user_id) as session:
                if not await still_valid(session, user_id, hashed=hashed, renewed=current):
                    raise refused
                await TwoFactorService(session, user_id, self._tokens).check(credentials.code)
                return await self._issuer.open_session(session, user_id, user_agent=user_agent)
        except UnauthorizedError as error:
            if not isinstance(error, SecondFactorError) or error.is_guess:
                await audit.record_failure(self._database, user_id, AuditKind.SIGN_IN)
            raise

    async def refresh(self, refresh_token: str, *, client: str | None = None) -> TokensOut:
        """A new pair for a refresh token, which is thereby used up.

        A token that comes a second time is in the wrong hands, or the first use was not the
        owner's: its session ends. There is no grace period, so a client that loses the answer
        signs in again. Raises UnauthorizedError, and TooManyRequestsError after too many guesses.
        """
        async with self._limits.guess(account=None, client=client):
            return await self._refresh(refresh_token)

    async def _refresh(self, refresh_token: str) -> TokensOut:
        issued = None
        match = _REFRESH_TOKEN.fullmatch(refresh_token)
        if match is not None:
            async with self._database.session(UUID(match[1])) as session:
                issued = await self._exchange(session, UUID(match[1]), digest(refresh_token))
        if issued is None:
            raise UnauthorizedError("The refresh token is used, expired or revoked. Sign in again.")
        return issued

    async def _credentials(self, email: str) -> tuple[UUID | None, str | None]:
        async with self._database.session() as session:
            row = (await session.execute(_CREDENTIALS, {"email": email})).one_or_none()
        return (None, None) if row is None else (row.id, row.hashed_password)

    async def _exchange(
        self, session: AsyncSession, user_id: UUID, token_hash: bytes
    ) -> TokensOut | None:
        token = (RefreshToken.user_id == user_id, RefreshToken.token_hash == token_hash)
        # One statement decides, so of parallel uses one wins: the others wait for its row.
        session_id = await session.scalar(
            update(RefreshToken)
            .where(
                *token,
                RefreshToken.used_at.is_(None),
                LoginSession.user_id == user_id,
                LoginSession.id == RefreshToken.session_id,
                LoginSession.revoked_at.is_(None),
                LoginSession.expires_at > func.now(),
            )
            .values(used_at=func.now())
            .returning(RefreshToken.session_id)
            .execution_options(synchronize_session=False)
        )
        if session_id is not None:
            return await self._issuer.issue(session, Claims(user_id, session_id))
        used = select(RefreshToken.session_id).where(*token, RefreshToken.used_at.is_not(None))
        reused = await session.scalar(used)
        if reused is not None:
            await end_sessions(session, user_id, LoginSession.id == reused)
            await audit.record(session, user_id, AuditKind.REFRESH_REUSED, session_id=reused)
        return None


class AccountService:
    """One person's account. It cannot be built without the person, and touches no other row."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def profile(self) -> User:
        return _present(await self._session.scalar(select(User).where(User.id == self._person.id)))

    async def change_profile(self, changes: ProfileIn) -> User:
        """Raises InvalidInputError for a birth in the future."""
        columns = changes.model_dump(exclude_unset=True)
        zone = zone_of(columns["timezone"]) if "timezone" in columns else self._person.zone
        _refuse_unborn(changes.date_of_birth, zone)
        await self._record(AuditKind.PROFILE_CHANGED, {"fields": sorted(columns)})
        return await self._update(**columns)

    async def set_consent(self, consent: ConsentIn) -> User:
        """Withdrawing also withdraws the notes."""
        given = consent.granted
        kind = AuditKind.CONSENT_GIVEN if given else AuditKind.CONSENT_WITHDRAWN
        await self._record(kind, {"version": CONSENT_VERSION, "notes": given and consent.notes})
        return await self._update(
            ai_consent_at=func.now() if consent.granted else None,
            ai_consent_version=CONSENT_VERSION if consent.granted else None,
            ai_notes_allowed=consent.granted and consent.notes,
        )

    async def set_password(self, hashed: str) -> None:
        """Ends all other sessions."""
        await self._update(hashed_password=hashed)
        other = LoginSession.id != self._person.session_id
        await end_sessions(self._session, self._person.id, other)
        await self._record(AuditKind.PASSWORD_CHANGED)

    async def logout(self) -> None:
        """Ends the session that the access token belongs to."""
        this = LoginSession.id == self._person.session_id
        await end_sessions(self._session, self._person.id, this)
        await self._record(AuditKind.SIGN_OUT)

    async def logout_everywhere(self) -> None:
        await end_sessions(self._session, self._person.id)
        await self._record(AuditKind.SIGN_OUT, {"everywhere": True})

    async def delete(self) -> None:
        """The account and all that hangs on it."""
        await tombstones.keep(self._session, self._person.id)
        await self._session.execute(delete(User).where(User.id == self._person.id))

    async def _record(self, kind: AuditKind, detail: Mapping[str, Any] | None = None) -> None:
        await audit.record(self._session, self._person.id, kind, detail=detail)

    async def _update(self, **columns: object) -> User:
        statement = (
            update(User)
            .where(User.id == self._person.id)
            .values(**columns, updated_at=func.now())
            .returning(User)
        )
        return _present(await self._session.scalar(statement))


async def still_valid(session: AsyncSession, user_id: UUID, *, hashed: str, renewed: str) -> bool:
    """Whether the password that was verified is still the account's, which then stays so until
    the transaction ends; a changed password ends sessions, and none may slip in behind it."""
    statement = (
        select(User)
        .where(User.id == user_id, User.hashed_password == hashed)
        .with_for_update(key_share=True)
    )
    user = await session.scalar(statement)
    if user is not None:
        user.hashed_password = renewed
    return user is not None


def _present(user: User | None) -> User:
    if user is None:  # deleted since the request was authenticated
        raise UnauthorizedError
    return user


def refuse_weak(password: str, *, email: str, field: str) -> None:
    reason = weakness(password, email=email)
    if reason is not None:
        raise InvalidInputError.at(("body", field), reason, code="weak-password")


def _refuse_unborn(birth: dt.date | None, zone: ZoneInfo) -> None:
    if birth is not None and birth > local_day(now(), zone):
        raise InvalidInputError.at(
            ("body", "date_of_birth"), "must not lie in the future", code="in-the-future"
        )
