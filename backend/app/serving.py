"""The server process: the API over HTTP until a signal comes, and then to its last answer."""

import asyncio
import contextlib
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.server import HANDLED_SIGNALS

from app.config import Address, Settings
from app.connections import bounded_protocol
from app.metering import PATH, MetersPage
from app.stopping import Stop

GRACE_SECONDS = 30
"""How long requests in flight may take once nothing new is taken."""
LAST_BYTES_SECONDS = 5
"""How long answers may take to leave; requests that are still not answered are cut."""
POLL_SECONDS = 0.02
MOST_SCRAPERS = 20

logger = logging.getLogger("vitaliq")


class ListenError(Exception):
    """An address is taken, or not ours; the message says which setting to change."""


class Server(uvicorn.Server):
    """Goes on listening while it finishes what it has begun, and says that it is stopping.

    uvicorn alone would refuse connections at once, and reset those that wait to be accepted; and at
    its end it would have the signal end the process, which has a worker to wait for.
    """

    def __init__(self, config: uvicorn.Config, stop: Stop, *, delay: float = 0) -> None:
        super().__init__(config)
        self._stop = stop
        self._delay = delay

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stop.is_told = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stop.is_told = True
        await self._wait(self._delay, lambda: True)
        self._stop.is_closing = True
        await self._wait(GRACE_SECONDS, lambda: self._stop.in_flight > 0)
        await super().shutdown(sockets)

    async def _wait(self, seconds: float, goes_on: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while (  # noqa: ASYNC110  (a signal handler can set no event of a loop)
            goes_on() and time.monotonic() < deadline and not self.force_exit
        ):
            await asyncio.sleep(POLL_SECONDS)


class _Listener(uvicorn.Server):
    """Beside the server of the API, which alone hears signals."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # as uvicorn's
        return nullcontext()


def serve(app: FastAPI, settings: Settings, host: str, port: int) -> None:
    """Until a signal. Raises ListenError."""
    server = Server(
        _config(app, settings, host=host, port=port, most_connections=settings.max_connections),
        app.state.stop,
        delay=settings.stop_delay_seconds,
    )
    with (
        _listening(settings.metrics_listen) as metrics,
        asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner,
    ):
        runner.run(server.serve() if metrics is None else _both(server, app, settings, metrics))


async def _both(server: Server, app: FastAPI, settings: Settings, listening: socket.socket) -> None:
    page = MetersPage(app.state.database, app.state.stop)
    config = _config(page, settings, lifespan="off", most_connections=MOST_SCRAPERS)
    beside = _Listener(config)
    reading = asyncio.create_task(beside.serve([listening]))
    try:
        await server.serve()
    finally:
        beside.should_exit = True
        await reading


@contextlib.contextmanager
def _listening(address: Address | None) -> Iterator[socket.socket | None]:
    if address is None:
        yield None
        return
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        listener = socket.create_server(address, family=family)
    except OSError as error:
        raise ListenError(f"METRICS_LISTEN: cannot listen there: {error.strerror}") from error
    with listener:
        host, port, *_ = listener.getsockname()
        logger.info("metrics for Prometheus are at http://%s:%d%s", host, port, PATH)
        yield listener


def _config(
    app: ASGIApp, settings: Settings, *, most_connections: int, **more: Any
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded_protocol(settings.receive_timeout_seconds, most_connections),
        timeout_keep_alive=5,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_BYTES_SECONDS,
        **more,
    )
