"""Signing in with a passkey, which is two factors by itself."""

from typing import Any
from uuid import UUID

from webauthn.helpers import base64url_to_bytes

from app.config import Settings
from app.database import Database
from app.errors import UnauthorizedError
from app.schemas.auth import TokensOut
from app.schemas.passkeys import Signed
from app.services import audit
from app.services.challenges import SIGN_IN, Challenges
from app.services.guess_limits import GuessLimits
from app.services.issuing import TokenIssuer
from app.services.passkeys import PasskeyService
from app.services.relying_party import Credential, CredentialError, RelyingParty, challenge_of
from app.utils.enums import AuditKind
from app.utils.security import Tokens

_REFUSED = "This passkey does not sign in here."


class PasskeySignInService:
    """Like signing in with a password it opens its own short transactions.

    No e-mail address is asked for, and nothing is looked up past row-level security: the passkey
    itself names its account, by the user handle that it was made with, and its signature proves it.
    """

    def __init__(self, database: Database, tokens: Tokens, settings: Settings) -> None:
        self._database = database
        self._limits = GuessLimits(database, tokens, settings)
        self._challenges = Challenges(database)
        self._party = RelyingParty.of(settings)
        self._issuer = TokenIssuer(tokens, settings)

    async def options(self, *, origin: str | None, client: str | None) -> dict[str, Any]:
        """Options for the browser to ask for a passkey with. Raises InvalidInputError on a page
        that passkeys are not set up for, and TooManyRequestsError."""
        self._party.refuse_other_page(origin)
        await self._limits.spend(client=client, kind="challenges")
        return self._party.request_options(challenge=await self._challenges.give(SIGN_IN))

    async def sign_in(
        self, signed: Signed, *, user_agent: str | None, client: str | None
    ) -> TokensOut:
        """Raises UnauthorizedError for whatever does not sign in, and TooManyRequestsError after
        too many tries."""
        credential = signed.model_dump()
        async with self._limits.guess(account=None, client=client):
            try:
                self._party.check_origin(credential)
                challenge, user_id = challenge_of(credential), _account_of(credential)
            except CredentialError as error:
                raise UnauthorizedError(f"{_REFUSED} It is {error}.") from None
            if not await self._challenges.use(SIGN_IN, challenge):
                raise UnauthorizedError(f"{_REFUSED} Its challenge is used up or too old.")
            try:
                return await self._open(user_id, credential, challenge, user_agent)
            except CredentialError:
                way = {"way": "passkey"}
                await audit.record_failure(self._database, user_id, AuditKind.SIGN_IN, detail=way)
                raise UnauthorizedError(_REFUSED) from None

    async def _open(
        self, user_id: UUID, credential: Credential, challenge: bytes, user_agent: str | None
    ) -> TokensOut:
        async with self._database.session(user_id) as session:
            passkeys = PasskeyService(session, user_id)
            passkey = await passkeys.find(base64url_to_bytes(credential["rawId"]))
            if passkey is None:
                raise CredentialError("unknown")
            verified = self._party.verify(
                credential,
                challenge=challenge,
                public_key=passkey.public_key,
                sign_count=passkey.sign_count,
            )
            await passkeys.used(passkey, sign_count=verified.new_sign_count)
            return await self._issuer.open_session(
                session, user_id, user_agent=user_agent, detail={"passkey": str(passkey.id)}
            )


def _account_of(credential: Credential) -> UUID:
    try:
        return UUID(bytes=base64url_to_bytes(credential["response"]["userHandle"]))
    except ValueError:
        raise CredentialError("of another server") from None
