"""What uvicorn leaves open: connections that send slowly or without end, or do not read what they
asked for, and too many of them."""

import asyncio
import json
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import BadRequestError
from app.headers import STANDING_HEADERS

MOST_HEAD_BYTES = 64 * 1024
GRACE_SECONDS = 2  # the middleware's 408, which says why, comes first


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose request is not all there in time, whatever part is missing, and
    drops one that takes nothing of its answer for as long: closing would wait for it.

    Between requests uvicorn's own keep-alive timer runs; it stops at the first byte.
    """

    receive_timeout: float = 20
    most_connections: int = 1_000
    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _in_request = False
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > self.most_connections:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._is_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._in_request or self.cycle is None or self.cycle.response_complete:
            self._await_request()  # also for line ends before a request, which begin none

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self.flow.write_paused:
            self._is_read()
        self._stop_waiting()
        self._in_request = True

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_waiting()
        self._in_request, self._in_head, self._head_bytes = False, True, 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """More waits to be sent than the transport likes to hold."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        self._is_read()
        super().resume_writing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # What is left is too little to pause for, yet a transport that closes waits for it.
        if self.transport.get_write_buffer_size():
            self._await_reader()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (uvicorn's name)
        self._refuse(HTTPStatus.BAD_REQUEST)

    def _await_request(self) -> None:
        if self._deadline is None:
            seconds = self.receive_timeout + GRACE_SECONDS
            self._deadline = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()

    def _await_reader(self) -> None:
        if self._unread is None:
            seconds = self.receive_timeout + GRACE_SECONDS
            self._unread = self.loop.call_later(seconds, self._drop)

    def _is_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _drop(self) -> None:
        self._unread = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _refuse(self, status: HTTPStatus) -> None:
        self.transport.write(_answer(status))
        self.transport.close()


def bounded_protocol(receive_timeout: float, most_connections: int) -> type[BoundedProtocol]:
    """The protocol with these limits, as uvicorn makes one for each connection itself."""
    limits = {"receive_timeout": receive_timeout, "most_connections": most_connections}
    return type("LimitedProtocol", (BoundedProtocol,), limits)


def _answer(status: HTTPStatus) -> bytes:
    """A problem, for what never becomes a request."""
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": "The connection did not carry an HTTP request that is served.",
        "code": BadRequestError.code,
        "errors": [],
        "request_id": "",
    }
    body = json.dumps(problem)
    headers = {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **STANDING_HEADERS,
    }
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", body]).encode()
