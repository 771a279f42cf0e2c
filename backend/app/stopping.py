"""A process that was told to stop: what it has begun is answered, what comes is turned away."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import UnavailableError
from app.problems import app_problem

ALIVE = "/healthz"
READY = "/readyz"


class Stop:
    """How far a process is with stopping, and how many requests it is answering.

    Told to stop, it is no longer ready, so that a load balancer turns elsewhere; once it closes, it
    takes nothing new.
    """

    def __init__(self) -> None:
        self.is_told = False
        self.is_closing = False
        self.in_flight = 0

    def turns_away(self, path: str) -> bool:
        return (self.is_told and path == READY) or (self.is_closing and path != ALIVE)


class Stopping:
    """Answers 503 to what a stopping process no longer takes, and lets connections end."""

    def __init__(self, app: ASGIApp, stop: Stop) -> None:
        self.app = app
        self.stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_perhaps_last(message: Message) -> None:
            if message["type"] == "http.response.start" and self.stop.is_told:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        if self.stop.turns_away(scope["path"]):
            refusal = UnavailableError("This server is stopping. Try again in a moment.")
            await app_problem(Request(scope), refusal)(scope, receive, send_perhaps_last)
            return
        self.stop.in_flight += 1
        try:
            await self.app(scope, receive, send_perhaps_last)
        finally:
            self.stop.in_flight -= 1
