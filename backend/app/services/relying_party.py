"""This server as a relying party of WebAuthn (Level 3): what it asks authenticators, and what it
takes from them. User verification is required: a passkey is two factors, a thing and its unlocking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.config import Settings
from app.errors import InvalidInputError
from app.models.passkey import LONGEST_PUBLIC_KEY
from app.services.challenges import LIFETIME

NAME = "VitalIQ"
_MILLISECONDS = round(LIFETIME.total_seconds() * 1_000)
# What the library, and those below it, raise for what is no credential. KeyError and the like come
# from CBOR that holds other things than the library expects.
_MISFITS = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError)
Credential = dict[str, Any]


class CredentialError(Exception):
    """What came is no credential, or not for this server; the message is the reason, in words of
    our own."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`domain` is the RP id, which authenticators bind passkeys to; `origins` are the pages that
    may ask for one."""

    domain: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> "RelyingParty":
        return cls(settings.passkey_domain, settings.passkey_origins)

    def creation_options(
        self, user_id: UUID, email: str, *, challenge: bytes, known: Sequence[bytes]
    ) -> dict[str, Any]:
        """For `navigator.credentials.create`; authenticators that hold a known one refuse."""
        options = webauthn.generate_registration_options(
            rp_id=self.domain,
            rp_name=NAME,
            user_id=user_id.bytes,
            user_name=email,
            challenge=challenge,
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
        return options_to_json_dict(options)

    def request_options(self, *, challenge: bytes) -> dict[str, Any]:
        """For `navigator.credentials.get`. It lists no passkeys: the authenticator offers its own,
        and nobody is told whether an account has any."""
        options = webauthn.generate_authentication_options(
            rp_id=self.domain,
            challenge=challenge,
            timeout=_MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def verify_new(self, credential: Credential, *, challenge: bytes) -> VerifiedRegistration:
        """Raises CredentialError."""
        self.check_origin(credential)
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=list(self.origins),
                require_user_verification=True,
            )
            named = base64url_to_bytes(credential["rawId"])
            # Nothing is signed with it yet, and the library takes any numbers for a key.
            decoded_public_key_to_cryptography(
                decode_credential_public_key(made.credential_public_key)
            )
        except _MISFITS as error:
            raise CredentialError("not a passkey for this server") from error
        if made.credential_id != named or len(made.credential_public_key) > LONGEST_PUBLIC_KEY:
            raise CredentialError("not a passkey for this server")
        return made

    def verify(
        self, credential: Credential, *, challenge: bytes, public_key: bytes, sign_count: int
    ) -> VerifiedAuthentication:
        """Raises CredentialError; a counter that does not go up is one reason, since two
        authenticators would then hold the same key."""
        try:
            return webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=list(self.origins),
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except _MISFITS as error:
            raise CredentialError("not signed for this server") from error

    def refuse_other_page(self, origin: str | None) -> None:
        """So that people hear at once, and not from their browser, what is wrong. What decides is
        the origin that the authenticator signs. Raises InvalidInputError."""
        if origin is not None and origin not in self.origins:
            raise InvalidInputError.at(
                ("header", "Origin"),
                f"passkeys work at {', '.join(self.origins)}; the operator can list this address "
                "in PASSKEY_ORIGINS",
            )

    def check_origin(self, credential: Credential) -> None:
        """Raises CredentialError for what another page had signed."""
        told = _client_data(credential)
        if told.origin not in self.origins or told.cross_origin:
            raise CredentialError(
                f"signed for another address: passkeys work at {', '.join(self.origins)}"
            )


def challenge_of(credential: Credential) -> bytes:
    """The challenge that the credential says it signed. Raises CredentialError."""
    return _client_data(credential).challenge


def _client_data(credential: Credential) -> CollectedClientData:
    try:
        return parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    except (*_MISFITS, RecursionError) as error:
        raise CredentialError("not a credential") from error
