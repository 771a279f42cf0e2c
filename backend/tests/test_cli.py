"""The command, run as a person runs it: in a process of its own, with an empty home."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.config import Settings
from app.demo import EMAIL
from app.postgres import DatabaseUrls
from tests.folders import PATIENCE, reachable_folder
from tests.people import PASSWORD

VITALIQ = Path(sys.executable).parent / "vitaliq"


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


def _environment(home: Path, **settings: str) -> dict[str, str]:
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return (
        kept
        | {"HOME": str(home), "DATA_DIR": str(home / "data"), "SERVE_WITH_WORKER": "false"}
        | settings
    )


def _run(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VITALIQ, *words],
        cwd=home,
        env=_environment(home, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextlib.contextmanager
def _serving(home: Path, command: str, **settings: str) -> Iterator[tuple[str, str]]:
    """The address and what was printed until the server answered; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    output = home / "output.txt"
    with output.open("w") as file:
        server = subprocess.Popen(
            [VITALIQ, command, "--port", str(port)],
            cwd=home,
            env=_environment(home, **settings),
            stdout=file,
            stderr=subprocess.DEVNULL,
        )
    try:
        _await_ready(server, address)
        yield address, output.read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0


def _await_ready(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not answer")


def _sign_in(address: str, email: str, password: str) -> dict[str, str]:
    answer = httpx.post(
        f"{address}/api/auth/login", json={"email": email, "password": password}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _everything(address: str, headers: dict[str, str]) -> list[str]:
    paths = ("nutrition", "sleep", "exercise", "vitals", "body", "chronic", "anomalies", "batches")
    return [httpx.get(f"{address}/api/{path}", headers=headers, timeout=30).text for path in paths]


def test_demo_is_full_of_life_and_stays_as_it_was(home: Path) -> None:
    with _serving(home, "demo", SERVE_WITH_WORKER="true") as (address, printed):
        password = re.search(r"Password  (\S+)", printed)
        assert password is not None
        assert "120 invented days" in printed
        assert printed.count("curl -s") == 3
        headers = _sign_in(address, EMAIL, password[1])
        before = _everything(address, headers)
        assert json.loads(before[6])["items"][0]["explanation"]
        if shutil.which("curl"):
            _try_what_is_printed(printed)
        _await_export(address, headers, password[1])
    with _serving(home, "demo") as (address, printed):
        assert "as you left it" in printed
        assert _everything(address, _sign_in(address, EMAIL, password[1])) == before


def _await_export(address: str, headers: dict[str, str], password: str) -> None:
    """A worker does what lies in the queue."""
    asked = httpx.post(
        f"{address}/api/jobs/export", headers=headers, json={"password": password}, timeout=30
    )
    assert asked.status_code == 202, asked.text
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        (job,) = httpx.get(f"{address}/api/jobs", headers=headers, timeout=30).json()["items"]
        if job["status"] == "done":
            return
        time.sleep(0.2)
    raise AssertionError("nobody did the job")


def _try_what_is_printed(printed: str) -> None:
    script = printed[printed.index("  TOKEN=") : printed.index("Stop with")]
    tried = subprocess.run(
        ["/bin/sh", "-ec", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert '"metrics"' in tried.stdout
    assert '"explanation"' in tried.stdout


def test_serve_makes_secrets_and_no_demo_account(home: Path) -> None:
    with _serving(home, "serve") as (address, _):
        body = {"email": EMAIL, "password": PASSWORD}
        assert httpx.post(f"{address}/api/auth/login", json=body).status_code == 401
        assert httpx.get(f"{address}/docs").status_code == 200
        assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
        assert httpx.post(f"{address}/api/auth/register", json=body).status_code == 201
        invented = httpx.post(
            f"{address}/api/mock/generate", headers=_sign_in(address, EMAIL, PASSWORD)
        )
        assert invented.status_code == 404
    secret = home / "data" / "secret_key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text()) >= 32


def test_an_imported_person_gets_findings(home: Path) -> None:
    rows = [f"2024-03-{day:02},{58 + day % 3},7.{day % 5},{60 - day % 4}" for day in range(1, 31)]
    rows[24] = "2024-03-25,95,3.1,22"
    (home / "days.csv").write_text("\n".join(["date,resting_hr,sleep_hours,hrv", *rows]))
    made = _run(home, "user", "add", "--email", "me@example.com", "--password", PASSWORD)
    assert made.returncode == 0, made.stderr
    done = _run(home, "import", "days", "days.csv", "--email", "me@example.com")
    assert done.returncode == 0, done.stderr
    assert "30 days from 2024-03-01 to 2024-03-30" in done.stdout
    assert "Resting heart rate" in done.stdout
    again = _run(home, "import", "days", "days.csv", "--email", "me@example.com")
    assert "stored nothing" in again.stdout


def test_a_bad_row_stores_nothing(home: Path) -> None:
    (home / "days.csv").write_text("date,resting_hr\n2024-03-01,60\n2024-03-02,900\n")
    _run(home, "user", "add", "--email", "me@example.com", "--password", PASSWORD)
    refused = _run(home, "import", "days", "days.csv", "--email", "me@example.com")
    assert refused.returncode == 1
    assert "line 3, resting_hr" in refused.stdout
    assert "900" not in refused.stdout
    rest = _run(home, "import", "days", "days.csv", "--email", "me@example.com", "--skip-rejected")
    assert "1 days from 2024-03-01" in rest.stdout


def test_serves_on_another_server(home: Path, make_database: Callable[[], DatabaseUrls]) -> None:
    urls = make_database()
    with _serving(home, "serve", DATABASE_URL=urls.app, DATABASE_OWNER_URL=urls.owner) as (
        address,
        _,
    ):
        body = {"email": EMAIL, "password": PASSWORD}
        assert httpx.post(f"{address}/api/auth/register", json=body).status_code == 201
    assert not (home / "data" / "postgres").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SECRET_KEY": "changethis"}, "secret_key"),
        ({"DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none"}, "cannot be reached"),
        ({"ACCESS_TOKEN_MINUTES": "soon"}, "access_token_minutes"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(home: Path, settings: dict[str, str], said: str) -> None:
    refused = _run(home, "serve", **settings)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
