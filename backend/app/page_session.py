"""Pure ASGI middleware: a page's cookie becomes the access token that it stands for."""

import time
from collections.abc import Set
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import ForbiddenError, InvalidInputError
from app.problems import app_problem
from app.utils.page_cookie import (
    PAGE_HEADER,
    SEALED_FOR,
    comes_from_elsewhere,
    cookie_name,
    cookie_with,
)
from app.utils.security import Claims, Tokens

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LEAVING = ("DELETE", "/api/auth/me")
"""Deletes the account, and every session with it."""
_MINUTES = 2
_ELSEWHERE = ForbiddenError(
    "The request does not come from VitalIQ's own page.", code="not-own-page"
)


class PageSession:
    """Lets a page sign its requests with a cookie that its scripts cannot read.

    What stands behind is the same session as a bearer token's: it is listed, ended and looked at on
    every request alike. A request with a bearer token of its own is left alone.
    """

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self.app = app
        self._tokens = tokens
        self._token_of = lru_cache(maxsize=4_096)(self._mint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "authorization" in headers:
            await self.app(scope, receive, send)
            return
        is_secure = scope["state"]["is_secure"]
        name = cookie_name(headers.get("host", ""), is_secure=is_secure)
        cookie = _cookie(headers, name)
        if name is None or cookie is None:
            await self.app(scope, receive, send)
        elif PAGE_HEADER in headers and not comes_from_elsewhere(headers, is_secure=is_secure):
            token = self._token_of(cookie, int(time.time() // 60))
            if token is not None:
                signed = (b"authorization", b"Bearer " + token.encode())
                scope["headers"] = [*scope["headers"], signed]
            is_leaving = (scope["method"], scope["path"]) == _LEAVING
            ends_at = {401, 204} if is_leaving else {401}
            await self.app(scope, receive, _forgetting(name, send, ends_at))
        elif scope["method"] in _READING:  # nothing changes, and the cookie does not count
            await self.app(scope, receive, send)
        else:
            await app_problem(Request(scope), _ELSEWHERE)(scope, receive, send)

    def _mint(self, cookie: str, _minute: int) -> str | None:
        claims = read_cookie(self._tokens, cookie)
        return claims and self._tokens.access(claims, minutes=_MINUTES)


def read_cookie(tokens: Tokens, cookie: str) -> Claims | None:
    """Whom the cookie is for; None for one that is not ours."""
    try:
        match tokens.unseal(SEALED_FOR, cookie):
            case [str(user_id), str(session_id)]:
                return Claims(UUID(user_id), UUID(session_id))
    except (InvalidInputError, ValueError):
        pass
    return None


def _cookie(headers: Headers, name: str | None) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name or "")
    except CookieError:
        return None
    return None if morsel is None else morsel.value


def _forgetting(name: str, send: Send, ends_at: Set[int]) -> Send:
    """Where the session has ended, the browser need not go on sending its cookie."""

    async def send_and_forget(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in ends_at:
            MutableHeaders(scope=message).append("Set-Cookie", cookie_with(name, "", days=0))
        await send(message)

    return send_and_forget
