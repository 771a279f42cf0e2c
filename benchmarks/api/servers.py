"""The servers that are measured, each a process as its documentation starts it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import httpx

from app.config import Settings
from benchmarks.api.load import HOST
from crash.server import free_port

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
_PATIENCE = 120.0
_UVICORN = (
    *("uvicorn", "--loop", "uvloop", "--http", "httptools", "--no-access-log"),
    *("--host", HOST, "--port", "{port}"),
)
_PEERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "FastAPI + SQLAlchemy ORM": (
        "asyncpg",
        (*_UVICORN, "benchmarks.api.peers.fastapi_orm:app"),
    ),
    "Django REST Framework": (
        "rest_framework",
        (
            *(
                "gunicorn",
                "--worker-class",
                "gthread",
                "--threads",
                "8",
                "--bind",
                HOST + ":{port}",
            ),
            *("--no-control-socket", "benchmarks.api.peers.django_rest:application"),
        ),
    ),
    "Litestar + msgspec": (
        "litestar",
        (
            *_UVICORN,
            "--host",
            HOST,
            "--port",
            "{port}",
            "benchmarks.api.peers.litestar_msgspec:app",
        ),
    ),
}
"""By name: the package without which it is left out, and its command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`paths` has the operations that it knows."""

    name: str
    pid: int
    port: int
    token: str
    paths: Mapping[str, str]
    extra: Mapping[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        kind = "Content-Type: application/json\r\n" if body else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n{kind}"
            f"Authorization: Bearer {self.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def environment(**ours: str) -> dict[str, str]:
    """Without the settings that whoever measures may have."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return kept | {"PYTHONPATH": f"{ROOT}:{ROOT / 'backend'}"} | ours


@contextlib.contextmanager
def process(
    command: Sequence[str], given: Mapping[str, str], ready: str, folder: Path
) -> Iterator[int]:
    """A program until the block ends, which begins with its first answer at `ready`."""
    log = folder / "server.log"
    with log.open("ab") as file:
        started = subprocess.Popen(  # noqa: S603
            [str(PROGRAMS / command[0]), *command[1:]],
            env=dict(given),
            cwd=folder,
            stdout=file,
            stderr=file,
        )
    try:
        await_answer(started, ready, log)
        yield started.pid
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(_PATIENCE)


def await_answer(started: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while started.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(address, trust_env=False)
            return
        time.sleep(0.01)
    raise RuntimeError(f"no answer at {address}: {log.read_text(errors='replace')[-2_000:]}")


@contextlib.contextmanager
def product(data_dir: Path, port: int) -> Iterator[int]:
    """`vitaliq serve` with the settings as shipped, but for invented data, tokens that outlive the
    run, and one person who may sign in many times at once."""
    given = environment(DATA_DIR=str(data_dir), MOCK_DATA_ENABLED="true")
    given |= {"ACCESS_TOKEN_MINUTES": "1440", "GUESSES_PER_ACCOUNT": "1000"}
    command = ("vitaliq", "serve", "--host", HOST, "--port", str(port))
    with process(command, given, f"http://{HOST}:{port}/readyz", data_dir.parent) as pid:
        yield pid


@contextlib.contextmanager
def peers(url: str, secret: str, token: str, folder: Path) -> Iterator[list[Server]]:
    """Those whose packages are installed."""
    given = environment(PEER_DATABASE_URL=url, PEER_SECRET=secret)
    paths = {"list": "/food", "create": "/food"}
    with contextlib.ExitStack() as running:
        servers = []
        for name, (needed, command) in _PEERS.items():
            if find_spec(needed) is not None:
                port = free_port()
                words = [word.format(port=port) for word in command]
                ready = f"http://{HOST}:{port}/food"
                pid = running.enter_context(process(words, given, ready, folder))
                servers.append(Server(name=name, pid=pid, port=port, token=token, paths=paths))
        yield servers
