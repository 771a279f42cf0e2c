"""Pure ASGI middleware: a request id, standing headers, limits on bodies."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import IPNetwork
from app.headers import API_PATHS, OVER_TLS, STANDING_HEADERS
from app.problems import http_problem
from app.utils.identifiers import uuid7

logger = logging.getLogger("vitaliq.access")


def _raw(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


_PLAIN = _raw(STANDING_HEADERS)
_SECURE = _raw(STANDING_HEADERS | OVER_TLS)
_OF_THE_API = _raw({"Cache-Control": "no-store"})


class RequestContext:
    """Gives each request an id, sets the standing headers, and logs one line without query string
    or body: health values can stand in both."""

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[IPNetwork] = ()) -> None:
        self.app = app
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid7())
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500
        secure = scope["state"]["is_secure"] = is_secure(scope, self.trusted_proxies)
        standing = _SECURE if secure else _PLAIN
        if scope["path"].startswith(API_PATHS):
            standing += _OF_THE_API

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message.get("headers", ())
                names = {name for name, _ in given}
                more = (header for header in standing if header[0] not in names)
                told = (b"x-request-id", request_id.encode())
                message["headers"] = [*given, told, *more]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            milliseconds = (time.perf_counter() - started) * 1_000
            logger.info(
                "%s %s %d %.1f ms %s",
                scope["method"],
                route,
                status,
                milliseconds,
                request_id,
                extra={"request_id": request_id},
            )


def is_secure(scope: Scope, trusted_proxies: Sequence[IPNetwork]) -> bool:
    """Whether the client came over TLS, to us or to a proxy that is trusted to say so."""
    if scope["scheme"] == "https":
        return True
    if not trusted_proxies:
        return False
    try:
        peer = ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return False
    told = Headers(scope=scope).get("x-forwarded-proto", "")
    return told.lower() == "https" and any(peer in network for network in trusted_proxies)


class ReceiveDeadline:
    """Answers 408 where a body is not all there in time."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self.seconds
        whole = False

        async def receive_in_time() -> Message:
            nonlocal whole
            if whole:  # what comes now is that the client has gone, which may take its time
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            whole = not message.get("more_body", False)
            return message

        await self.app(scope, receive_in_time, send)


class BodyLimit:
    """Refuses bodies over the limit: by their stated length before reading, else while reading."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self.app = app
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdigit() and int(stated) > self.most_bytes:
            answer = http_problem(Request(scope), HTTPException(413))
            await answer(scope, receive, send)
            return
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most_bytes:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)
