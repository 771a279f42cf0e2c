"""What asks its owner for the password once more: a new password, other ways in, the end."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import IO, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.database import Database
from app.errors import ForbiddenError, InvalidInputError
from app.models import User
from app.schemas.auth import PasswordChangeIn
from app.schemas.job import JobOut
from app.schemas.passkeys import PasskeyIn, PasskeyOut
from app.schemas.two_factor import TotpOut
from app.services import audit
from app.services.auth_service import AccountService, refuse_weak, still_valid
from app.services.authentication import authenticate
from app.services.challenges import Challenges
from app.services.export import export_account
from app.services.guess_limits import GuessLimits
from app.services.job_service import JobService
from app.services.passkeys import PasskeyService
from app.services.people import Person
from app.services.relying_party import CredentialError, RelyingParty, challenge_of
from app.services.two_factor import TwoFactorService
from app.utils.enums import AuditKind, JobKind
from app.utils.security import Claims, Tokens, hash_password, verify_password


class _Owner(NamedTuple):
    email: str
    hashed_password: str


class OwnerService:
    """Changes that a stolen access token alone cannot make.

    Like signing in it opens its own short transactions: guesses count whatever the answer, and no
    connection is held while a password is hashed. All methods raise UnauthorizedError once the
    session has ended and TooManyRequestsError after too many guesses.
    """

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        settings: Settings,
        *,
        claims: Claims,
        client: str | None,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._limits = GuessLimits(database, tokens, settings)
        self._challenges = Challenges(database)
        self._party = RelyingParty.of(settings)
        self._claims = claims
        self._client = client

    async def change_password(self, change: PasswordChangeIn) -> None:
        """Ends all other sessions. Raises ForbiddenError for a wrong current password and
        InvalidInputError for a new one that is easy to guess."""
        owner = await self._confirm(change.current_password, AuditKind.PASSWORD_CHANGED)
        refuse_weak(change.new_password, email=owner.email, field="new_password")
        hashed = await hash_password(change.new_password)
        async with self._acting(owner) as (session, person):
            await AccountService(session, person).set_password(hashed)

    async def delete_account(self, password: str) -> None:
        """The account and all that hangs on it. Raises ForbiddenError for a wrong password."""
        owner = await self._confirm(password, AuditKind.ACCOUNT_DELETED)
        async with self._acting(owner) as (session, person):
            await AccountService(session, person).delete()

    async def export(self, password: str) -> IO[bytes]:
        """All that is kept of the person, as an archive that the caller closes. Raises
        ForbiddenError for a wrong password."""
        owner = await self._confirm(password, AuditKind.EXPORTED)
        async with self._acting(owner) as (session, person):
            return await export_account(session, person)

    async def export_later(self, password: str) -> JobOut:
        """The same as a job of a worker. Raises ForbiddenError for a wrong password."""
        owner = await self._confirm(password, AuditKind.EXPORTED)
        async with self._acting(owner) as (session, person):
            return await JobService(session, person).ask(JobKind.EXPORT)

    async def begin_two_factor(self, password: str) -> TotpOut:
        """Raises ForbiddenError for a wrong password, ConflictError while a factor is active."""
        owner = await self._confirm(password, AuditKind.TWO_FACTOR_ON)
        async with self._acting(owner) as (session, person):
            return await self._two_factor(session, person).begin(email=owner.email)

    async def confirm_two_factor(self, code: str) -> Sequence[str]:
        """The recovery codes. Raises ConflictError with nothing to confirm, InvalidInputError for a
        wrong code."""
        owner = await self._owner()
        async with (
            self._limits.guess(account=owner.email, client=self._client),
            self._acting(owner) as (session, person),
        ):
            codes = await self._two_factor(session, person).confirm(code)
            await audit.record(session, person.id, AuditKind.TWO_FACTOR_ON)
            return codes

    async def remove_two_factor(self, password: str) -> None:
        """Raises ForbiddenError for a wrong password."""
        owner = await self._confirm(password, AuditKind.TWO_FACTOR_OFF)
        async with self._acting(owner) as (session, person):
            await self._two_factor(session, person).remove()
            await audit.record(session, person.id, AuditKind.TWO_FACTOR_OFF)

    async def begin_passkey(self, password: str, *, origin: str | None) -> dict[str, Any]:
        """Options for the browser to make a passkey with. Raises ForbiddenError for a wrong
        password, ConflictError where there is no room for one more, InvalidInputError on a page
        that passkeys are not set up for."""
        self._party.refuse_other_page(origin)
        owner = await self._confirm(password, AuditKind.PASSKEY_ADDED)
        challenge = await self._challenges.give(self._passkey_purpose)
        async with self._acting(owner) as (session, person):
            known = await PasskeyService(session, person.id).credential_ids()
            return self._party.creation_options(
                person.id, owner.email, challenge=challenge, known=known
            )

    async def add_passkey(self, new: PasskeyIn) -> PasskeyOut:
        """Its challenge was given for a password. Raises InvalidInputError for what is no passkey
        for this server, ConflictError for one that is there, or where there is no room."""
        owner = await self._owner()
        credential = new.credential.model_dump()
        try:
            challenge = challenge_of(credential)
            if not await self._challenges.use(self._passkey_purpose, challenge):
                raise CredentialError("the challenge is used up or too old; begin anew")
            made = self._party.verify_new(credential, challenge=challenge)
        except CredentialError as error:
            raise InvalidInputError.at(("body", "credential"), str(error)) from None
        async with self._acting(owner) as (session, person):
            return await PasskeyService(session, person.id).add(new.name, made)

    @property
    def _passkey_purpose(self) -> str:
        """Only the session that gave the password gets further."""
        return f"passkey of {self._claims.user_id} in {self._claims.session_id}"

    async def _confirm(self, password: str, kind: AuditKind) -> _Owner:
        owner = await self._owner()
        async with self._limits.guess(account=owner.email, client=self._client):
            if not await verify_password(owner.hashed_password, password):
                await audit.record_failure(self._database, self._claims.user_id, kind)
                raise ForbiddenError("The password is wrong.", code="wrong-password")
        return owner

    async def _owner(self) -> _Owner:
        async with self._database.session() as session:
            person = await authenticate(session, self._claims)
            columns = select(User.email, User.hashed_password).where(User.id == person.id)
            return _Owner(*(await session.execute(columns)).one())

    @asynccontextmanager
    async def _acting(self, owner: _Owner) -> AsyncIterator[tuple[AsyncSession, Person]]:
        """A transaction for the person whose password was verified, if it is still the same."""
        async with self._database.session() as session:
            person = await authenticate(session, self._claims)
            hashed = owner.hashed_password
            if not await still_valid(session, person.id, hashed=hashed, renewed=hashed):
                raise ForbiddenError(
                    "The password has just been changed.", code="password-changed-meanwhile"
                )
            yield session, person

    def _two_factor(self, session: AsyncSession, person: Person) -> TwoFactorService:
        return TwoFactorService(session, person.id, self._tokens)
