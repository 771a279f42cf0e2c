"""Accounts: signing up, signing in, the profile, consent."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, computed_field
from pydantic_core import PydanticCustomError

from app.schemas.base import DayOf, Name, ReadSchema, Schema
from app.schemas.two_factor import LONGEST_CODE
from app.utils.enums import Sex
from app.utils.passwords import LONGEST, SHORTEST
from app.utils.time import zone_of

CONSENT_VERSION = 1
"""Of the text in `ConsentIn`; raised with every change of its meaning."""

_PASSPHRASE = "seven quiet rivers at noon"  # noqa: S105  (an example for the docs)
_OTHER_PASSPHRASE = "nine amber lanterns by the sea"  # noqa: S105  (likewise)


def _address(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise PydanticCustomError("no-address", "not an e-mail address") from None


def _zone(name: str) -> str:
    return zone_of(name).key


Email = Annotated[str, Field(max_length=320), AfterValidator(_address)]
_Hidden = Field(repr=False, json_schema_extra={"format": "password"})
# Spaces at the ends of a password belong to it.
Password = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=1, max_length=LONGEST), _Hidden
]
NewPassword = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=SHORTEST, max_length=LONGEST), _Hidden
]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Height = Annotated[float, Field(ge=30, le=280, strict=True, json_schema_extra={"unit": "cm"})]


class _Profile(Schema):
    name: Name | None = None
    date_of_birth: DayOf | None = None
    height_cm: Height | None = None
    sex: Sex | None = None


class RegisterIn(_Profile):
    """A password has at least 15 characters of any kind; a few words do well. `timezone` is an
    IANA name and decides where your days begin."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "email": "you@example.com",
                "password": _PASSPHRASE,
                "timezone": "Europe/Berlin",
                "height_cm": 172,
            }
        }
    )

    email: Email
    password: NewPassword
    timezone: TimeZone = "UTC"


class LoginIn(Schema):
    model_config = ConfigDict(
        json_schema_extra={"example": {"email": "you@example.com", "password": _PASSPHRASE}}
    )

    email: Email
    password: Password
    code: Annotated[
        str | None,
        Field(
            max_length=LONGEST_CODE,
            repr=False,
            description="With a second factor: the code of your app, or a recovery code.",
        ),
    ] = None


class LoginForm(LoginIn):
    """The password form of OAuth2 (RFC 6749, 4.3.2); its other fields are not looked at. It has no
    field for the code of a second factor, which goes into `client_secret`."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"example": {"username": "you@example.com", "password": _PASSPHRASE}},
    )

    email: Email = Field(validation_alias="username")
    code: str | None = Field(
        None,
        max_length=LONGEST_CODE,
        repr=False,
        validation_alias="client_secret",
        description="With a second factor: the code of your app, or a recovery code.",
    )


class RefreshIn(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "refresh_token": "0199b0b45a1e7b2c8f6e2d9c1f1f3a77."
                "an-invented-secret-of-forty-three-characters"
            }
        }
    )

    refresh_token: str = Field(max_length=2_000, repr=False)


class TokensOut(ReadSchema):
    """`expires_in` is the access token's lifetime in seconds. The refresh token is good for one
    use, which gives the next one."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  (RFC 6750's name of the scheme)
    expires_in: int
    refresh_token: str


class SessionOut(ReadSchema):
    """Where you are signed in. `last_used_at` is when its tokens were last renewed, `expires_at`
    when it ends at the latest, `current` whether it is the one that asks."""

    id: UUID
    created_at: dt.datetime
    last_used_at: dt.datetime
    expires_at: dt.datetime
    user_agent: str | None
    current: bool


class SessionsOut(ReadSchema):
    items: list[SessionOut]


_Word = StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")
_Code = StringConstraints(pattern=r"^[!-~]{1,20}$")


class Preferences(Schema):
    """How a page shows things; the API speaks in stored units and in English whatever stands here.
    `units` gives a unit (UCUM) for what the page lets choose, as `{"weight": "[lb_av]"}`."""

    units: Annotated[dict[Annotated[str, _Word], Annotated[str, _Code]], Field(max_length=30)] = (
        Field(default_factory=dict)
    )
    language: Annotated[
        str | None, Field(max_length=35, pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    ] = None
    theme: Literal["light", "dark"] | None = None


class ProfileIn(_Profile):
    """What is left out stays as it is; `null` clears it, except for the time zone and the
    preferences, which are replaced whole."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Robin", "height_cm": 172, "timezone": "Asia/Tokyo"}}
    )

    # The factory only makes the field optional: what is not sent is never looked at.
    timezone: TimeZone = Field(default_factory=str)
    preferences: Preferences = Field(default_factory=Preferences)


class ProfileOut(ReadSchema):
    id: UUID
    email: str
    name: str | None
    date_of_birth: dt.date | None
    timezone: str
    height_cm: float | None
    sex: Sex | None
    preferences: Preferences
    ai_consent_at: dt.datetime | None
    ai_notes_allowed: bool
    created_at: dt.datetime
    updated_at: dt.datetime

    @computed_field  # type: ignore[prop-decorator]  # mypy allows no decorator above property
    @property
    def ai_consent(self) -> bool:
        """Whether figures may go to the language-model server."""
        return self.ai_consent_at is not None


class ConsentIn(Schema):
    """With `granted: true` you agree to this (version 1):

    To word its explanations, VitalIQ sends the figures behind an explanation to the language-model
    server that the operator of this installation has chosen: names of metrics, values, what is
    usual for you, differences, and numbers of days. It never sends your name, e-mail address, date
    of birth or any identifier. With `notes: true` it may also send what you wrote in notes of the
    entries concerned. That server may belong to another company or stand in another country; ask
    the operator. Without your consent nothing is sent, and explanations are worded by fixed rules.
    You can withdraw at any time with `granted: false`; from then on nothing more is sent.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"granted": True, "notes": False}})

    granted: bool = Field(strict=True)
    notes: bool = Field(default=False, strict=True)


class PasswordChangeIn(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"current_password": _PASSPHRASE, "new_password": _OTHER_PASSPHRASE}
        }
    )

    current_password: Password
    new_password: NewPassword


class ConfirmationIn(Schema):
    """Your password once more, for what cannot be undone."""

    model_config = ConfigDict(json_schema_extra={"example": {"password": _PASSPHRASE}})

    password: Password
