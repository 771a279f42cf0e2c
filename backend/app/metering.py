"""Requests counted and timed, and the page that Prometheus reads on a listener of its own."""

import asyncio
import time

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import meters
from app.database import Database
from app.services.readiness import is_ready
from app.stopping import Stop

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
PATH = "/metrics"
READY_SECONDS = 2
"""How long the database may take to say that it is there, before a reading says that it is not."""


class Metered:
    """Times each request by its route's template; paths and methods as sent are no labels."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = getattr(scope.get("route"), "path", "none")
            meters.REQUEST_SECONDS.labels(method, route, f"{status // 100}xx").observe(
                time.perf_counter() - started
            )


class MetersPage:
    """The application behind the listener for Prometheus: one page, and nothing else."""

    def __init__(self, database: Database, stop: Stop) -> None:
        self.database = database
        self.stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope["method"], scope["path"])
        await answer(scope, receive, send)

    async def _answer(self, method: str, path: str) -> Response:
        if path != PATH:
            return PlainTextResponse(f"There is {PATH} alone.\n", 404)
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("Only GET.\n", 405, {"Allow": "GET, HEAD"})
        await self._read()
        return Response(generate_latest(meters.REGISTRY), media_type=CONTENT_TYPE_LATEST)

    async def _read(self) -> None:
        """What is not counted as it happens."""
        use = self.database.connections()
        meters.CONNECTIONS.labels("in_use").set(use.in_use)
        meters.CONNECTIONS.labels("idle").set(use.idle)
        meters.CONNECTIONS_MOST.set(use.most)
        meters.REQUESTS_IN_FLIGHT.set(self.stop.in_flight)
        meters.READY.set(not self.stop.is_told and await self._is_ready())

    async def _is_ready(self) -> bool:
        try:
            async with asyncio.timeout(READY_SECONDS):
                return await is_ready(self.database)
        except TimeoutError:
            return False
