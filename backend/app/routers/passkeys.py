"""Passkeys: the routes under /api/auth/me/passkeys and /api/auth/login/passkey.

They take no `Idempotency-Key`: a challenge is good for one use, and the answers hold tokens.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request

from app.dependencies import AppSettings, AppTokens, CurrentUser, Session
from app.routers.owner import TOO_MANY, WRONG_PASSWORD, ClientAddress, Owner, failure
from app.schemas.auth import ConfirmationIn, TokensOut
from app.schemas.passkeys import (
    PasskeyIn,
    PasskeyNameIn,
    PasskeyOptionsOut,
    PasskeyOut,
    PasskeySignInIn,
    PasskeysOut,
)
from app.services.passkey_sign_in import PasskeySignInService
from app.services.passkeys import PasskeyService
from app.strict_route import StrictRoute

router = APIRouter(prefix="/api/auth", tags=["Accounts"], route_class=StrictRoute)


async def get_passkey_sign_in(
    request: Request, tokens: AppTokens, settings: AppSettings
) -> PasskeySignInService:
    return PasskeySignInService(request.app.state.database, tokens, settings)


async def get_passkeys(session: Session, user: CurrentUser) -> PasskeyService:
    return PasskeyService(session, user.id)


PasskeySignIn = Annotated[PasskeySignInService, Depends(get_passkey_sign_in)]
Passkeys = Annotated[PasskeyService, Depends(get_passkeys)]
Hidden = Header(include_in_schema=False)
Origin = Annotated[str | None, Hidden]
UserAgent = Annotated[str | None, Hidden]


@router.post(
    "/login/passkey/options", summary="Begin to sign in with a passkey", responses=TOO_MANY
)
async def begin_sign_in(
    sign_in: PasskeySignIn, client: ClientAddress, origin: Origin = None
) -> PasskeyOptionsOut:
    """Options for `navigator.credentials.get()`. No address is asked for: your device offers the
    passkeys that it has."""
    return PasskeyOptionsOut(options=await sign_in.options(origin=origin, client=client))


@router.post(
    "/login/passkey",
    summary="Sign in with a passkey",
    responses=failure(401, "The passkey does not sign in here.") | TOO_MANY,
)
async def sign_in_with_passkey(
    signed: PasskeySignInIn,
    sign_in: PasskeySignIn,
    client: ClientAddress,
    user_agent: UserAgent = None,
) -> TokensOut:
    """The same tokens as `POST /api/auth/login` gives. A passkey is a complete sign-in: it is a
    thing that you have and that you unlock, so no code of an authenticator app is asked for."""
    return await sign_in.sign_in(signed.credential, user_agent=user_agent, client=client)


@router.post(
    "/me/passkeys/options",
    summary="Begin to add a passkey",
    responses=WRONG_PASSWORD | failure(409, "You have the most there may be.") | TOO_MANY,
)
async def begin_passkey(
    confirmation: ConfirmationIn, owner: Owner, origin: Origin = None
) -> PasskeyOptionsOut:
    """Asks for the password, then gives options for `navigator.credentials.create()`."""
    options = await owner.begin_passkey(confirmation.password, origin=origin)
    return PasskeyOptionsOut(options=options)


@router.post(
    "/me/passkeys",
    status_code=201,
    summary="Add a passkey",
    responses=failure(409, "It is there already, or you have the most there may be."),
)
async def add_passkey(new: PasskeyIn, owner: Owner) -> PasskeyOut:
    """What the browser made of the options, with a name of yours for it. From now on it signs you
    in, without your password."""
    return await owner.add_passkey(new)


@router.get("/me/passkeys", summary="List your passkeys")
async def list_passkeys(passkeys: Passkeys) -> PasskeysOut:
    """Newest first."""
    return PasskeysOut(items=list(await passkeys.all()))


@router.patch("/me/passkeys/{passkey_id}", summary="Rename a passkey")
async def rename_passkey(
    passkey_id: UUID, changes: PasskeyNameIn, passkeys: Passkeys
) -> PasskeyOut:
    """Its name is for you alone."""
    return await passkeys.rename(passkey_id, changes.name)


@router.delete("/me/passkeys/{passkey_id}", status_code=204, summary="Delete a passkey")
async def delete_passkey(passkey_id: UUID, passkeys: Passkeys) -> None:
    """It signs in no more. Where it is signed in already, it stays so until you end that session
    (`DELETE /api/auth/sessions/{session_id}`)."""
    await passkeys.remove(passkey_id)
