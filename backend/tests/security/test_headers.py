"""Headers that stand on every answer, and a docs page that runs under its policy (T18, T20)."""

import asyncio
import contextlib
import re
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from app.config import Settings
from app.connections import bounded_protocol
from app.database import Database
from app.main import create_app
from tests.browser import chromium
from tests.conftest import SECRET, client_of
from tests.contracts.test_openapi import OPERATIONS
from tests.people import Account

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
BROWSER_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--v=0",
    "--virtual-time-budget=8000",
)
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def assert_standing(answer: Response, *, policy: str = POLICY) -> None:
    headers = answer.headers
    told = (answer.status_code, str(answer.url))
    assert headers["content-security-policy"] == policy, told
    assert headers["x-content-type-options"] == "nosniff", told
    assert headers["referrer-policy"] == "no-referrer", told
    assert headers["cross-origin-opener-policy"] == "same-origin", told
    assert "geolocation=()" in headers["permissions-policy"], told
    assert headers["x-frame-options"] == "DENY", told
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-request-id"]), told
    assert "server" not in headers, told
    if answer.url.path.startswith("/api/"):
        assert headers["cache-control"] == "no-store", told


async def test_t20_every_answer_has_them(client: AsyncClient, ada: Account) -> None:
    body = {"content": "{", "headers": {"Content-Type": "application/json"}}
    answers = [
        await client.get("/api/auth/me"),
        await client.get("/nothing/here"),
        await client.put("/healthz"),
        await ada.get("/api/nutrition/no-id"),
        await ada.post("/api/nutrition", **body),
        await ada.post("/api/nutrition", content=b"x" * 6_000_000),
        await ada.get("/api/nutrition"),
        await client.get("/healthz"),
        await client.get("/openapi.json"),
        await client.get("/docs/files/swagger-ui.css"),
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [401, 404, 405, 422, 422, 413, 200, 200, 200, 200]
    for answer in answers:
        assert_standing(answer)


async def test_t20_failures_of_the_server_have_them(settings: Settings) -> None:
    async with client_of(Database(NOWHERE, pool_size=1, statement_timeout=1), settings) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert_standing(answer)


def broken(settings: Settings) -> FastAPI:
    app = create_app(settings, Database(NOWHERE, pool_size=1, statement_timeout=1), secret=SECRET)

    async def bug() -> None:
        raise RuntimeError("canary 7f3a9c")

    app.add_api_route("/api/bug", bug)
    return app


async def test_t43_a_bug_answers_as_a_problem_without_its_message(settings: Settings) -> None:
    transport = ASGITransport(broken(settings), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get("/api/bug")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text
    assert_standing(answer)


@contextlib.asynccontextmanager
async def client_from(
    peer: str, settings: Settings, database: Database, base_url: str = "http://testserver"
) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(create_app(settings, database, secret=SECRET), client=(peer, 1))
    async with AsyncClient(transport=transport, base_url=base_url) as client:
        yield client


async def test_t20_strict_transport_security_only_over_tls(database: Database) -> None:
    proxied = Settings(_env_file=None, trusted_proxies=(ip_network("10.0.0.0/8"),))
    told = {"X-Forwarded-Proto": "https"}
    tries = [
        ("10.1.2.3", told, "http://testserver", True),
        ("10.1.2.3", {}, "http://testserver", False),
        ("192.0.2.1", told, "http://testserver", False),
        ("192.0.2.1", {}, "https://testserver", True),
        ("unix", told, "http://testserver", False),
    ]
    for peer, headers, base_url, secure in tries:
        async with client_from(peer, proxied, database, base_url) as client:
            answer = await client.get("/healthz", headers=headers)
        assert ("strict-transport-security" in answer.headers) == secure, (peer, headers)


async def test_t17_t18_no_answer_sets_a_cookie_and_a_cookie_opens_nothing(ada: Account) -> None:
    """Tokens come in a header alone, which no other page's form or image can send."""
    cookie = {"Cookie": f"access_token={ada.access_token}; Authorization=Bearer {ada.access_token}"}
    for operation in OPERATIONS:
        if operation.method != "GET" or operation.is_public or "{" in operation.path:
            continue
        query = operation.needed_query()
        answer = await ada.client.get(operation.path, params=query, headers=cookie)
        assert answer.status_code == 401, operation
        assert "set-cookie" not in answer.headers, operation


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_t18_a_form_of_another_page_is_no_body(kind: str, ada: Account) -> None:
    headers = {"Content-Type": kind, "Origin": "https://evil.example"}
    answer = await ada.post("/api/body", content=b'{"weight_kg": 70}', headers=headers)
    assert answer.status_code == 422
    assert (await ada.get("/api/body")).json()["items"] == []


async def test_t20_the_docs_page_runs_its_own_scripts_alone(client: AsyncClient) -> None:
    for path in ("/docs", "/docs/oauth2-redirect"):
        page = await client.get(path)
        policy = page.headers["content-security-policy"]
        assert_standing(page, policy=policy)
        (script_src,) = re.findall(r"script-src ([^;]+)", policy)
        assert re.fullmatch(r"'self'( 'sha256-[^']+')+", script_src)
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@contextlib.contextmanager
def serving(app: Any) -> Iterator[str]:
    """The application on a port of its own, in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        protocol = bounded_protocol(20, 100)
        config = uvicorn.Config(app, http=protocol, log_config=None, server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def test_t20_a_browser_shows_the_docs_page_without_a_violation(
    settings: Settings, tmp_path: Path
) -> None:
    database = Database(NOWHERE, pool_size=1, statement_timeout=1)
    with serving(create_app(settings, database, secret=SECRET)) as address:
        profile, page = f"--user-data-dir={tmp_path}", f"{address}/docs"
        shown = subprocess.run(
            [chromium.needed(), *BROWSER_FLAGS, profile, "--dump-dom", page],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert "List food entries" in shown.stdout or "opblock-tag" in shown.stdout, shown.stderr
    told = [line for line in shown.stderr.splitlines() if "CONSOLE" in line]
    assert [line for line in told if "Content Security Policy" in line] == []
