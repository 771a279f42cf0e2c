"""Signing in and out of the page: the routes under /api/auth/page.

Where `routers/auth.py` answers with tokens, these set a cookie that the page's scripts cannot read.
They take no `Idempotency-Key`: what they answer with is no body.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.config import Settings
from app.dependencies import AppSettings, AppTokens
from app.errors import ForbiddenError
from app.routers.auth import Account, Credentials, SignIn, UserAgent, credentials_body
from app.routers.owner import TOO_MANY, ClientAddress, failure
from app.routers.passkeys import PasskeySignIn
from app.schemas.auth import TokensOut
from app.schemas.passkeys import PasskeySignInIn
from app.strict_route import StrictRoute
from app.utils.page_cookie import SEALED_FOR, comes_from_elsewhere, cookie_name, cookie_with
from app.utils.security import Tokens

router = APIRouter(prefix="/api/auth/page", tags=["Accounts"], route_class=StrictRoute)
ELSEWHERE = failure(403, "Asked by another page, or over a connection that others can read.")


class PageCookie:
    """Sets and clears the cookie on an answer."""

    def __init__(
        self, request: Request, response: Response, tokens: Tokens, settings: Settings
    ) -> None:
        self._request = request
        self._response = response
        self._tokens = tokens
        self._days = settings.refresh_token_days

    def check(self) -> str:
        """The cookie's name. Raises ForbiddenError for another page, and without TLS."""
        headers, is_secure = self._request.headers, self._request.state.is_secure
        if comes_from_elsewhere(headers, is_secure=is_secure):
            raise ForbiddenError(
                "The request does not come from VitalIQ's own page.", code="not-own-page"
            )
        name = cookie_name(headers.get("host", ""), is_secure=is_secure)
        if name is None:
            raise ForbiddenError(
                "The page signs in over HTTPS, or on the machine that it runs on: others could "
                "read the connection. See docs/operations.md.",
                code="needs-https",
            )
        return name

    def set(self, issued: TokensOut) -> None:
        claims = self._tokens.read_access(issued.access_token)
        sealed = self._tokens.seal(SEALED_FOR, [str(claims.user_id), str(claims.session_id)])
        self._send(cookie_with(self.check(), sealed, days=self._days))

    def clear(self) -> None:
        self._send(cookie_with(self.check(), "", days=0))
        self._response.headers["Clear-Site-Data"] = '"cache", "storage"'

    def _send(self, cookie: str) -> None:
        self._response.headers.append("Set-Cookie", cookie)


async def get_cookie(
    request: Request, response: Response, tokens: AppTokens, settings: AppSettings
) -> PageCookie:
    return PageCookie(request, response, tokens, settings)


Cookie = Annotated[PageCookie, Depends(get_cookie)]


@router.post(
    "/login",
    status_code=204,
    summary="Sign in to the page",
    responses=failure(401, "As `POST /api/auth/login` answers.") | ELSEWHERE | TOO_MANY,
    openapi_extra=credentials_body("application/json"),
)
async def login_page(
    credentials: Credentials,
    sign_in: SignIn,
    client: ClientAddress,
    cookie: Cookie,
    user_agent: UserAgent = None,
) -> None:
    """As `POST /api/auth/login`, but the session comes as a cookie (`HttpOnly`, `SameSite=Strict`),
    which counts only together with the header `X-VitalIQ-Page`. It is `__Host-vitaliq` over TLS;
    without, the page can be used on the machine itself alone."""
    cookie.check()
    cookie.set(await sign_in.login(credentials, user_agent=user_agent, client=client))


@router.post(
    "/login/passkey",
    status_code=204,
    summary="Sign in to the page with a passkey",
    responses=failure(401, "The passkey does not sign in here.") | ELSEWHERE | TOO_MANY,
)
async def login_page_with_passkey(
    signed: PasskeySignInIn,
    sign_in: PasskeySignIn,
    client: ClientAddress,
    cookie: Cookie,
    user_agent: UserAgent = None,
) -> None:
    """As `POST /api/auth/login/passkey`, with the session as a cookie."""
    cookie.check()
    issued = await sign_in.sign_in(signed.credential, user_agent=user_agent, client=client)
    cookie.set(issued)


@router.post("/logout", status_code=204, summary="Sign out of the page", responses=ELSEWHERE)
async def logout_page(account: Account, cookie: Cookie) -> None:
    """Ends the session, and tells the browser to forget the cookie and all that it kept."""
    await account.logout()
    cookie.clear()
