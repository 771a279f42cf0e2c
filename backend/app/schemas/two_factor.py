"""The second factor: setting it up, confirming it, and what is kept of it."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.schemas.base import ReadSchema, Schema

LONGEST_CODE = 40
Code = Annotated[str, Field(min_length=1, max_length=LONGEST_CODE, repr=False)]


class TwoFactorOut(ReadSchema):
    """Whether signing in asks for a code, and how many recovery codes are unused."""

    active: bool
    recovery_codes_left: int


class TotpOut(ReadSchema):
    """For an authenticator app: the secret to type, or the address to show as a QR code. Neither
    is shown again."""

    secret: str
    otpauth_uri: str


class CodeIn(Schema):
    """The six digits that the authenticator app shows now."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": "123456"}})

    code: Code


class RecoveryCodesOut(ReadSchema):
    """Each replaces one code of the app, once. Write them down: they are not shown again."""

    recovery_codes: list[str]
