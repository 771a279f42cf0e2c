"""Accounts: the routes under /api/auth.

Registering, signing in and refreshing take no `Idempotency-Key`: there is nobody yet whom a kept
answer could belong to, and the answers hold tokens, which are stored nowhere. Neither does changing
the password: a key keeps a plain hash of the body, and this body is two passwords.
"""

import base64
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from pydantic import ValidationError

from app.dependencies import AppSettings, AppTokens, CurrentUser, Session
from app.errors import InvalidInputError
from app.idempotency import Idempotent, IdempotentRoute
from app.models import User
from app.routers.owner import TOO_MANY, WRONG_PASSWORD, ClientAddress, Owner, failure
from app.schemas.auth import (
    ConfirmationIn,
    ConsentIn,
    LoginForm,
    LoginIn,
    PasswordChangeIn,
    ProfileIn,
    ProfileOut,
    RefreshIn,
    RegisterIn,
    SessionsOut,
    TokensOut,
)
from app.schemas.base import misfit
from app.schemas.two_factor import LONGEST_CODE
from app.services.auth_service import AccountService, SignInService
from app.services.login_sessions import LoginSessionService

_MOST_FORM_FIELDS = 20

router = APIRouter(
    prefix="/api/auth",
    tags=["Accounts"],
    route_class=IdempotentRoute,
)


async def get_sign_in(request: Request, tokens: AppTokens, settings: AppSettings) -> SignInService:
    return SignInService(request.app.state.database, tokens, settings)


async def get_login_sessions(session: Session, user: CurrentUser) -> LoginSessionService:
    return LoginSessionService(session, user)


async def get_account(session: Session, user: CurrentUser) -> AccountService:
    return AccountService(session, user)


def _from_form(body: bytes) -> LoginIn:
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FORM_FIELDS,
        )
    except ValueError:
        message = f"not a form in UTF-8 with at most {_MOST_FORM_FIELDS} fields"
        raise InvalidInputError.at(("body",), message) from None
    return LoginForm.model_validate(dict(fields))


_CREDENTIALS: dict[str, tuple[type[LoginIn], Callable[[bytes], LoginIn]]] = {
    "application/json": (LoginIn, LoginIn.model_validate_json),
    "application/x-www-form-urlencoded": (LoginForm, _from_form),
}


def credentials_body(*kinds: str) -> dict[str, Any]:
    """For the API's description: FastAPI cannot tell what `read_credentials` reads."""
    content = {kind: {"schema": _CREDENTIALS[kind][0].model_json_schema()} for kind in kinds}
    return {"requestBody": {"required": True, "content": content}}


async def read_credentials(request: Request) -> LoginIn:
    """The body by its content type: FastAPI reads one kind, and OAuth2 clients send the other."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _CREDENTIALS:
        raise InvalidInputError.at(("header", "Content-Type"), f"send {' or '.join(_CREDENTIALS)}")
    _, read = _CREDENTIALS[kind]
    try:
        credentials = read(await request.body())
    except ValidationError as error:
        misfits = [misfit(e, "body") for e in error.errors()]
        raise InvalidInputError("The credentials do not fit.", errors=misfits) from None
    if not credentials.code:
        credentials.code = _code_in_header(request.headers.get("authorization", ""))
    return credentials


def _code_in_header(authorization: str) -> str | None:
    """The client secret in HTTP's basic scheme (RFC 6749, 2.3.1): there the Authorize button of
    the docs page puts it."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded, validate=True).decode("ascii")
    except ValueError:
        return None
    return pair.partition(":")[2][:LONGEST_CODE] or None


SignIn = Annotated[SignInService, Depends(get_sign_in)]
Account = Annotated[AccountService, Depends(get_account)]
LoginSessions = Annotated[LoginSessionService, Depends(get_login_sessions)]
Credentials = Annotated[LoginIn, Depends(read_credentials)]
UserAgent = Annotated[str | None, Header(include_in_schema=False)]


@router.post(
    "/register",
    status_code=201,
    summary="Make an account",
    response_model=ProfileOut,
    responses=failure(403, "Sign-up is closed.")
    | failure(409, "The address has an account.")
    | TOO_MANY,
)
async def register(account: RegisterIn, sign_in: SignIn, client: ClientAddress) -> User:
    """A new account; sign in next. E-mail addresses are kept in lower case."""
    return await sign_in.register(account, client=client)


@router.post(
    "/login",
    summary="Sign in",
    responses=failure(
        401,
        "The e-mail address or the password is wrong; or, titled `Second factor needed`, both are "
        "right and the code is missing or wrong.",
    )
    | TOO_MANY,
    openapi_extra=credentials_body(*_CREDENTIALS),
)
async def login(
    credentials: Credentials,
    sign_in: SignIn,
    client: ClientAddress,
    user_agent: UserAgent = None,
) -> TokensOut:
    """A short-lived access token, to be sent as `Authorization: Bearer ...`, and a refresh token
    for the next one. Takes JSON, or the password form of OAuth2.

    With a second factor, send its code or a recovery code as `code`; in the form, and with this
    page's **Authorize** button, as `client_secret`. A code is good for one use."""
    return await sign_in.login(credentials, user_agent=user_agent, client=client)


@router.post(
    "/refresh",
    summary="Renew the tokens",
    responses=failure(401, "The refresh token is used, expired or revoked.") | TOO_MANY,
)
async def refresh(token: RefreshIn, sign_in: SignIn, client: ClientAddress) -> TokensOut:
    """A new pair for a refresh token, which is good for one use. When one comes a second time, at
    whatever distance, its whole session ends and you sign in again. A session also ends at a fixed
    time after signing in, however often it is renewed."""
    return await sign_in.refresh(token.refresh_token, client=client)


@router.post("/logout", status_code=204, summary="Sign out here", dependencies=[Idempotent])
async def logout(account: Account) -> None:
    """Ends this session; its tokens are refused from now on."""
    await account.logout()


@router.post(
    "/logout-all", status_code=204, summary="Sign out everywhere", dependencies=[Idempotent]
)
async def logout_everywhere(account: Account) -> None:
    """Ends all your sessions, this one too."""
    await account.logout_everywhere()


@router.get("/sessions", summary="List your sessions")
async def list_sessions(sessions: LoginSessions) -> SessionsOut:
    """Where you are signed in, newest first."""
    return SessionsOut(items=list(await sessions.all()))


@router.delete("/sessions/{session_id}", status_code=204, summary="End a session")
async def end_session(session_id: UUID, sessions: LoginSessions) -> None:
    """Signs out wherever that session is; its tokens are refused from now on."""
    await sessions.end(session_id)


@router.get("/me", summary="Get your profile", response_model=ProfileOut)
async def get_profile(account: Account) -> User:
    """Your account as it is kept."""
    return await account.profile()


@router.patch("/me", summary="Change your profile", response_model=ProfileOut)
async def change_profile(changes: ProfileIn, account: Account) -> User:
    """Changes what is sent. A new time zone holds for entries to come; days already logged keep
    their dates."""
    return await account.change_profile(changes)


@router.put("/me/consent", summary="Agree to model-made wording", response_model=ProfileOut)
async def set_consent(consent: ConsentIn, account: Account) -> User:
    """Agree, or stop agreeing, that figures go to a language-model server; the body's description
    is the text you agree to. Nothing is sent unless you agree, and it can be withdrawn at any
    time."""
    return await account.set_consent(consent)


@router.post(
    "/change-password",
    status_code=204,
    summary="Change your password",
    responses=WRONG_PASSWORD | TOO_MANY,
)
async def change_password(change: PasswordChangeIn, owner: Owner) -> None:
    """Asks for the current password, and ends all your other sessions."""
    await owner.change_password(change)


@router.delete(
    "/me", status_code=204, summary="Delete your account", responses=WRONG_PASSWORD | TOO_MANY
)
async def delete_account(confirmation: ConfirmationIn, owner: Owner) -> None:
    """Asks for the password, then deletes the account with everything you ever stored. There is no
    way back."""
    await owner.delete_account(confirmation.password)
