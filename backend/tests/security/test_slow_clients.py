"""Clients that send slowly, in part, or no request at all, against the command itself (T7, T39)."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx import ASGITransport, AsyncClient
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

import app
from app.config import Settings
from app.connections import GRACE_SECONDS
from app.middleware import ReceiveDeadline
from app.postgres import DatabaseUrls
from tests.folders import PATIENCE
from tests.operations.servers import await_that

VITALIQ = Path(sys.executable).parent / "vitaliq"
TIMEOUT = 2.0
# A server that waits for ever keeps a client until its PATIENCE is over; a busy machine does not.
CUT = PATIENCE / 2
HEAD = b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def port(
    make_database: Callable[[], DatabaseUrls], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """A real `vitaliq serve` that waits 2 seconds for requests and holds 300 connections."""
    home = tmp_path_factory.mktemp("serve")
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    urls = make_database()
    environment = kept | {
        "DATABASE_URL": urls.app,
        "DATABASE_OWNER_URL": urls.owner,
        "DATA_DIR": str(home),
        "RECEIVE_TIMEOUT_SECONDS": str(TIMEOUT),
        "MAX_CONNECTIONS": "300",
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    command: list[str | Path] = [VITALIQ, "serve", "--port", str(free)]
    with subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _await_ready(server, free)
            yield free
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)


def _await_ready(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the server is not ready")


@contextlib.contextmanager
def connection(port: int, sent: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as opened:
        opened.sendall(sent)
        yield opened


def answer_of(opened: socket.socket) -> bytes:
    """All that comes until the server closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := opened.recv(65_536):
            received += piece
    return received


def exchange(port: int, sent: bytes) -> bytes:
    with connection(port, sent) as opened:
        return answer_of(opened)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


HALVES = {
    "nothing": b"",
    "line ends": b"\r\n\r\n",
    "part of the request line": b"GET /health",
    "part of the headers": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-",
    "part of the body": HEAD + b"Content-Length: 100\r\n\r\n{",
    "part of a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    "a body nobody reads": b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{",
    "a second half": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /hea",
    "an answered request": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_t39_what_is_sent_in_part_is_cut(half: bytes, port: int) -> None:
    started = time.monotonic()
    answer = exchange(port, half)
    assert time.monotonic() - started < CUT
    if b"login" in half:
        assert status_of(answer) == 408
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


@pytest.mark.parametrize("half", [HALVES["part of the headers"], HALVES["part of the body"]])
def test_t39_sending_byte_by_byte_gains_no_time(half: bytes, port: int) -> None:
    started = time.monotonic()
    with connection(port, half) as opened, contextlib.suppress(OSError):
        while time.monotonic() - started < CUT:
            opened.sendall(b"a")
            time.sleep(0.2)
    assert time.monotonic() - started < CUT


def test_t39_others_are_served_meanwhile(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_served_beside_halves(port):
        assert time.monotonic() < deadline


def is_served_beside_halves(port: int) -> bool:
    """Whether an answer comes before the first of 200 halves is cut; a busy machine may miss it."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(connection(port, HALVES["part of the body"]))
        for number in range(199):
            stack.enter_context(connection(port, list(HALVES.values())[number % 7]))
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).status_code == 200
        first.setblocking(False)
        try:
            first.recv(1)
        except BlockingIOError:
            return True
    return False


def test_t38_connections_beyond_the_most_are_refused(port: int) -> None:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(connection(port)) for _ in range(320)]
        answer = answer_of(held[-1])
        assert status_of(answer) == 503
        assert b"retry-after" in answer.lower()
    await_that(lambda: httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200)


def test_t38_a_head_without_end_is_refused(port: int) -> None:
    endless = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Much: " + b"a" * 2_000_000
    answer = b""
    with connection(port) as opened:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            opened.sendall(endless)
        answer = answer_of(opened)
    assert answer == b"" or status_of(answer) == 431


SCRIPT = Path(app.__file__).parent / "web" / "swagger_ui" / "swagger-ui-bundle.js"
TIMES = 12  # more than the kernel takes off the server's hands


def ask_for_much(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=30)
    one = b"GET /docs/files/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n%s\r\n"
    opened.sendall(one % b"" * (TIMES - 1) + one % b"Connection: close\r\n")
    return opened


def test_t39_a_client_that_does_not_read_is_dropped(port: int) -> None:
    with ask_for_much(port) as opened:
        time.sleep(3 * (TIMEOUT + GRACE_SECONDS))
        # Once this is answered, the server has come to what was due before.
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).is_success
        received = answer_of(opened)
    assert len(received) < TIMES * SCRIPT.stat().st_size


def test_t39_a_client_that_reads_slowly_gets_it_all(port: int) -> None:
    received, started = 0, time.monotonic()
    with ask_for_much(port) as opened:
        while piece := opened.recv(1_000_000):
            received += len(piece)
            time.sleep(0.3)
    assert time.monotonic() - started > TIMEOUT + GRACE_SECONDS
    assert received > TIMES * SCRIPT.stat().st_size


AMBIGUOUS = {
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}aaa",
    "a length that is none": b"Content-Length: -1\r\n\r\n{}",
    "a length with a sign": b"Content-Length: +2\r\n\r\n{}",
    "a header on two lines": b"X-A: b\r\n c\r\nContent-Length : 2\r\n\r\n{}",
    "NUL in a header": b"X-A: \0\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("rest", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_t39_what_two_servers_would_read_differently_is_refused(rest: bytes, port: int) -> None:
    answer = exchange(port, HEAD + rest)
    assert status_of(answer) == 400
    assert b"application/problem+json" in answer
    assert b"Content-Security-Policy" in answer


TARGETS = [
    *("/api/auth/me", "//api/auth/me", "/./api/auth/me", "/api//auth/me", "/api/auth/me/"),
    *(
        "/healthz/../api/auth/me",
        "/healthz%2f..%2fapi/auth/me",
        "/api/auth/me%00",
        "/api/auth/%6de",
    ),
    *("http://evil/api/auth/me", "http://a@evil/api/auth/me", "@evil/api/auth/me", "evil:80"),
    *("/api/auth/me?x=/healthz", "/api/auth/me#/healthz", "/api/auth/me;/healthz", "*"),
    *("/docs/../api/auth/me", "/docs/files/../../api/auth/me", "/docs/files/%2e%2e/%2e%2e/main.py"),
]
HOSTS = ["a", "a/?x=", "x@y", "a#", "a\\b", "", "a:99999", "localhost/healthz", "[::1", "a b"]


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "CONNECT", "TRACE"])
def test_t7_tricks_with_path_and_host_open_nothing(method: str, port: int) -> None:
    for target in TARGETS:
        for host in HOSTS if target in TARGETS[:2] else HOSTS[:2]:
            extra = (
                "X-Original-URL: /healthz\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Prefix: /x\r\n"
            )
            request = (
                f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{extra}Connection: close\r\n\r\n"
            )
            status = status_of(exchange(port, request.encode()))
            assert 400 <= status < 500, (method, target, host)


async def read_whole(scope: Scope, receive: Receive, send: Send) -> None:
    status = 200
    try:
        while (await receive()).get("more_body"):
            pass
    except HTTPException as error:
        status = error.status_code
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_t39_the_deadline_is_for_the_whole_body() -> None:
    async def slowly(scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_slowly() -> Any:
            await asyncio.sleep(0.05)
            return {"type": "http.request", "body": b"a", "more_body": True}

        await ReceiveDeadline(read_whole, seconds=0.3)(scope, receive_slowly, send)

    async with AsyncClient(transport=ASGITransport(slowly), base_url="http://a") as client:
        assert (await client.post("/")).status_code == 408
