"""The second factor: the routes under /api/auth/me/totp.

They take no `Idempotency-Key`: their bodies and answers hold secrets, which are stored nowhere.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from app.dependencies import AppTokens, CurrentUser, Session
from app.routers.owner import TOO_MANY, WRONG_PASSWORD, Owner, failure
from app.schemas.auth import ConfirmationIn
from app.schemas.two_factor import CodeIn, RecoveryCodesOut, TotpOut, TwoFactorOut
from app.services.two_factor import TwoFactorService
from app.strict_route import StrictRoute

router = APIRouter(prefix="/api/auth/me/totp", tags=["Accounts"], route_class=StrictRoute)


async def get_two_factor(
    session: Session, user: CurrentUser, tokens: AppTokens
) -> TwoFactorService:
    return TwoFactorService(session, user.id, tokens)


TwoFactor = Annotated[TwoFactorService, Depends(get_two_factor)]


@router.get("", summary="See your second factor")
async def get_standing(two_factor: TwoFactor) -> TwoFactorOut:
    """Whether signing in asks for a code, and how many recovery codes you have left."""
    return await two_factor.standing()


@router.post(
    "",
    summary="Set up a second factor",
    responses=WRONG_PASSWORD | failure(409, "A second factor is active already.") | TOO_MANY,
)
async def begin(confirmation: ConfirmationIn, owner: Owner) -> TotpOut:
    """Asks for the password, then gives a secret for an authenticator app. Signing in asks for its
    codes once you have confirmed it."""
    return await owner.begin_two_factor(confirmation.password)


@router.post(
    "/confirm",
    summary="Confirm the second factor",
    responses=failure(409, "There is no second factor to confirm.") | TOO_MANY,
)
async def confirm(confirmation: CodeIn, owner: Owner) -> RecoveryCodesOut:
    """With the app's code of this moment the second factor becomes active. The answer holds ten
    recovery codes, each good for one sign-in without the app."""
    return RecoveryCodesOut(recovery_codes=list(await owner.confirm_two_factor(confirmation.code)))


@router.delete(
    "", status_code=204, summary="Turn the second factor off", responses=WRONG_PASSWORD | TOO_MANY
)
async def remove(confirmation: ConfirmationIn, owner: Owner) -> None:
    """Asks for the password. The secret and all recovery codes are deleted."""
    await owner.remove_two_factor(confirmation.password)
