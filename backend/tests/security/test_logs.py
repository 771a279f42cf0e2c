"""No log holds a health value, an address, a password, a token or a key (T47, T48)."""

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from httpx import AsyncClient

from app.config import Settings
from app.database import Database
from app.utils.log_lines import JsonLine, TextLine
from tests.conftest import client_of
from tests.folders import PATIENCE, reachable_folder

VITALIQ = Path(sys.executable).parent / "vitaliq"
NOTE = "canary7f3a9c"
ADDRESS = f"{NOTE}@example.com"
PASSWORD = "a passphrase nobody logs 51c0"
GLUCOSE = 123.4567
KEY = "sk-canary-5e1d"
SECRET = "q7Wz-canary-9f0d-0123456789-abcdefghij"


class Run(NamedTuple):
    """What a server wrote while it was tried: its output with the database's, its files."""

    output: str
    requests: int
    canaries: tuple[str, ...]
    folder: Path


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with reachable_folder() as home:
        ours = {name.upper() for name in Settings.model_fields}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        environment = kept | {
            "HOME": str(home),
            "DATA_DIR": str(home / "data"),
            "SECRET_KEY": SECRET,
            "LOG_FORMAT": "json",
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
            "OPENAI_MODEL": "none",
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        output = home / "output.txt"
        with output.open("w") as file:
            server = subprocess.Popen(
                [VITALIQ, "serve", "--port", str(port)],
                cwd=home,
                env=environment,
                stdout=file,
                stderr=file,
            )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                before = _await_ready(server, client)
                requests, canaries = _try_everything(client)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)
        written = output.read_text()
        assert written.count('"vitaliq.access"') - before == requests
        yield Run(written, requests, canaries, home)


def _await_ready(server: subprocess.Popen[bytes], client: httpx.Client) -> int:
    """How many requests were answered until it was: each has its line, written a moment later."""
    deadline, answered = time.monotonic() + PATIENCE, 0
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(httpx.TransportError):
            status = client.get("/readyz").status_code
            answered += 1
            if status == 200:
                return answered
        time.sleep(0.1)
    raise AssertionError("the server never got ready")


def _try_everything(client: httpx.Client) -> tuple[int, tuple[str, ...]]:
    """Requests that succeed and fail, all with canaries; how many they were, and the canaries."""
    statuses = []

    def ask(method: str, path: str, **parts: object) -> httpx.Response:
        answer = client.request(method, path, **parts)  # type: ignore[arg-type]
        statuses.append(answer.status_code)
        return answer

    account = {"email": ADDRESS, "password": PASSWORD, "name": NOTE}
    ask("POST", "/api/auth/register", json=account)
    ask("POST", "/api/auth/register", json=account)
    signing = {"email": ADDRESS, "password": PASSWORD}
    ask("POST", "/api/auth/login", json=signing | {"password": f"{PASSWORD}!"})
    tokens = ask("POST", "/api/auth/login", json=signing).json()
    signed = {"Authorization": f"Bearer {tokens['access_token']}"}
    reading = {
        "date": "2026-03-12",
        "time_of_day": "fasting",
        "condition_type": "diabetes",
        "blood_glucose_mgdl": GLUCOSE,
        "notes": f"{NOTE}\r\n2026-03-12 ERROR vitaliq forged\r\n",
    }
    made = ask("POST", "/api/chronic", json=reading, headers=signed).json()
    for body in (
        reading | {"blood_glucose_mgdl": -GLUCOSE},
        reading | {"notes": f"{NOTE}\0"},
        reading | {NOTE: GLUCOSE},
        [reading],
    ):
        ask("POST", "/api/chronic", json=body, headers=signed)
    ask("POST", "/api/chronic", content=f'{{"{NOTE}": ', headers=signed)
    ask("POST", "/api/chronic/bulk", json=[reading, {NOTE: NOTE}], headers=signed)
    ask("PUT", f"/api/chronic/{made['id']}", json=reading, headers=signed | {"If-Match": '"99"'})
    ask("GET", f"/api/chronic/{NOTE}", headers=signed)
    ask("GET", f"/api/{NOTE}%0d%0aforged/{GLUCOSE}?note={NOTE}", headers=signed)
    ask("GET", "/api/nutrition", params={"cursor": NOTE, "from": NOTE}, headers=signed)
    ask("GET", "/api/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}x"})
    ask("GET", "/api/auth/me", headers={"User-Agent": NOTE, "Cookie": NOTE, "Referer": NOTE})
    ask("PATCH", "/api/auth/me", json={"timezone": NOTE}, headers=signed)
    ask("POST", "/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    ask("POST", "/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    secrets = (tokens["access_token"], tokens["refresh_token"], SECRET, KEY)
    assert {200, 201, 401, 404, 409, 422} <= set(statuses), statuses
    return len(statuses), (NOTE, ADDRESS, PASSWORD, str(GLUCOSE), *secrets)


def test_t48_no_log_holds_what_is_private(run: Run) -> None:
    assert [canary for canary in run.canaries if canary in run.output] == []


def test_t48_no_log_of_the_database_holds_what_is_private(run: Run) -> None:
    logs = [p for p in run.folder.rglob("*") if p.is_file() and "log" in p.name.lower()]
    logs = [path for path in logs if "base" not in path.parts and "pg_wal" not in path.parts]
    assert logs, "the database keeps a log"
    for path in logs:
        text = path.read_bytes().decode(errors="replace")
        assert [canary for canary in run.canaries if canary in text] == [], path


def test_t48_each_request_is_one_line_with_its_id(run: Run) -> None:
    lines = [line for line in run.output.splitlines() if '"vitaliq.access"' in line]
    assert len(lines) >= run.requests
    for line in lines:
        assert len(json.loads(line)["request_id"]) == 36
    assert "forged" not in run.output


@pytest.mark.parametrize("line", [JsonLine(), TextLine()])
def test_t48_a_message_is_one_line(line: logging.Formatter) -> None:
    record = logging.LogRecord("a", logging.INFO, "f", 1, "one\r\ntwo\u2028three", None, None)
    assert len(line.format(record).splitlines()) == 1


async def test_t47_the_key_is_in_nothing_that_is_served(database: Database) -> None:
    settings = Settings(
        _env_file=None,
        openai_base_url="http://127.0.0.1:1/v1",
        openai_model="none",
        openai_api_key=KEY,
        secret_key=SECRET,
    )
    assert KEY not in f"{settings!r} {settings} {settings.model_dump_json()}"
    async with client_of(database, settings) as client:
        assert [key for key in (KEY, SECRET) if key in await _served(client)] == []


async def _served(client: AsyncClient) -> str:
    paths = ("/openapi.json", "/docs", "/api/auth/me", "/nothing", "/healthz", "/readyz")
    return "".join([(await client.get(path)).text for path in paths])


async def test_requests_are_not_traced(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although the web framework would, once the process has a tracer: spans hold queries."""
    asked = []
    for module, name in (
        ("trace", "get_tracer_provider"),
        ("metrics", "get_meter_provider"),
        ("_logs", "get_logger_provider"),
    ):
        monkeypatch.setattr(f"opentelemetry.{module}.{name}", lambda: asked.append(1))
    async with client_of(database, settings) as client:
        assert (await client.get("/healthz")).status_code == 200
    assert not asked
