"""Passkeys: as browsers give and take them (WebAuthn Level 3, 5.1 and 5.2), and what is kept."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.schemas.base import Name, ReadSchema, Schema

LONGEST_PART = 20_000
"""Of one part of a credential: attestations carry certificates."""
_LONGEST_ID = 1_364  # 1,023 bytes

Base64Url = Annotated[
    str, Field(min_length=1, max_length=LONGEST_PART, pattern="^[A-Za-z0-9_-]+$", repr=False)
]
_Id = Annotated[str, Field(min_length=1, max_length=_LONGEST_ID, pattern="^[A-Za-z0-9_-]+$")]
_Key = dict[str, Any]
_ID = "a-passkeys-own-name-in-base64url"


class _FromBrowser(Schema):
    """What `toJSON()` of a browser's credential gives; what browsers add to it is not looked at."""

    model_config = ConfigDict(extra="ignore")


class NewKeyResponse(_FromBrowser):
    clientDataJSON: Base64Url  # noqa: N815  (the standard's name, as are those below)
    attestationObject: Base64Url  # noqa: N815


class SignedResponse(_FromBrowser):
    clientDataJSON: Base64Url  # noqa: N815
    authenticatorData: Base64Url  # noqa: N815
    signature: Base64Url
    userHandle: Base64Url  # noqa: N815


class NewKey(_FromBrowser):
    id: _Id
    rawId: _Id  # noqa: N815
    type: Literal["public-key"]
    response: NewKeyResponse


class Signed(_FromBrowser):
    id: _Id
    rawId: _Id  # noqa: N815
    type: Literal["public-key"]
    response: SignedResponse


def _credential(**response: str) -> _Key:
    told = {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4ifQ"} | response
    return {"id": _ID, "rawId": _ID, "type": "public-key", "response": told}


class PasskeyIn(Schema):
    """A new passkey: what `navigator.credentials.create()` gave, by its `toJSON()`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "My phone", "credential": _credential(attestationObject="o2NmbXQ")}
        }
    )

    name: Name
    credential: NewKey


class PasskeySignInIn(Schema):
    """What `navigator.credentials.get()` gave, by its `toJSON()`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "credential": _credential(
                    authenticatorData="SZYN5Q", signature="MEUCIQ", userHandle="AZmwtFoe"
                )
            }
        }
    )

    credential: Signed


class PasskeyNameIn(Schema):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "My old phone"}})

    name: Name


class PasskeyOptionsOut(ReadSchema):
    """`options` is for the browser: `PublicKeyCredential.parseCreationOptionsFromJSON` or
    `parseRequestOptionsFromJSON` takes it. Its challenge is good for one use in five minutes."""

    options: dict[str, Any]


class PasskeyOut(ReadSchema):
    id: UUID
    name: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None


class PasskeysOut(ReadSchema):
    items: list[PasskeyOut]
