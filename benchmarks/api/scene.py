"""What is measured over: one PostgreSQL, one person with invented months, and for the peers a copy
of what they ate."""

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import psycopg

from app.postgres import DATABASE, HOST, ServerFiles
from app.utils.secret_file import read_or_create_secret
from benchmarks.api.servers import Server, peers, product
from crash.server import free_port, server_folder

PASSWORD = "six grey herons over the marsh"  # noqa: S105  (of an invented person)
DAYS = 90
PATHS = {
    "list": "/api/nutrition?limit=50",
    "create": "/api/nutrition",
    "daily summary": "/api/nutrition/daily-summary",
    "dashboard": "/api/dashboard",
    "anomalies": "/api/anomalies",
}
ENTRY = json.dumps(
    {
        "date": "2026-03-12",
        "meal_type": "lunch",
        "food_name": "Lentil soup with bread",
        "calories": 520,
        "protein_g": 24,
        "carbs_g": 78,
        "fats_g": 11,
        "sugar_g": 9,
        "fiber_g": 14,
        "sodium_mg": 900,
    }
).encode()
_COPY = """
    CREATE SCHEMA peer;
    CREATE TABLE peer.food_entries (LIKE public.food_entries INCLUDING ALL);
    INSERT INTO peer.food_entries SELECT * FROM public.food_entries;
    VACUUM ANALYZE;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    product: Server
    peers: list[Server]
    postmaster: int
    app_url: str
    superuser_url: str
    secret: str
    user_id: str
    email: str


@contextlib.contextmanager
def scene() -> Iterator[Scene]:
    with server_folder() as data_dir:
        port = free_port()
        with product(data_dir, port) as pid:
            yield from _populated(data_dir, pid, port)


def _populated(data_dir: Path, pid: int, port: int) -> Iterator[Scene]:
    email = "someone@example.com"
    token = someone(f"http://{HOST}:{port}", email)
    files = ServerFiles(data_dir.resolve() / "postgres")
    superuser = _url(files, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        for statement in _COPY.split(";"):
            if statement.strip():
                connection.execute(statement.encode())
    user_id = str(jwt.decode(token, options={"verify_signature": False})["sub"])
    peer_secret = secrets.token_urlsafe(32)
    peer_token = jwt.encode(
        {"sub": user_id, "exp": 4_000_000_000, "iat": 1_700_000_000}, peer_secret
    )
    with peers(superuser, peer_secret, peer_token, data_dir.parent) as others:
        yield Scene(
            product=Server(name="VitalIQ", pid=pid, port=port, token=token, paths=PATHS),
            peers=others,
            postmaster=int(files.pid_file.read_text().splitlines()[0]),
            app_url=_url(files, "vitaliq_app"),
            superuser_url=superuser,
            secret=read_or_create_secret(data_dir / "secret_key"),
            user_id=user_id,
            email=email,
        )


def someone(address: str, email: str, *, seed: int = 7) -> str:
    """A new person with months of invented data, in which detection was run; their token."""
    with httpx.Client(base_url=address, trust_env=False, timeout=120) as client:
        given = {"email": email, "password": PASSWORD}
        client.post("/api/auth/register", json=given).raise_for_status()
        token = client.post("/api/auth/login", json=given).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        client.post("/api/mock/generate", json={"days": DAYS, "seed": seed}).raise_for_status()
        client.post("/api/anomalies/detect").raise_for_status()
    return str(token)


def _url(files: ServerFiles, user: str) -> str:
    password = json.loads(files.passwords.read_text(encoding="utf-8"))[user]
    return f"postgresql://{user}:{password}@{HOST}:{files.read_status()['port']}/{DATABASE}"
