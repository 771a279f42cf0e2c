"""A signed-in person over the network, who goes on asking when there is no answer."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

TIMEOUT_SECONDS = 60.0
ATTEMPTS = 200
PAUSE_SECONDS = 0.1


@asynccontextmanager
async def signed_in(*urls: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A new person's client at each of these processes, which share one database."""
    account = {"email": f"{secrets.token_hex(8)}@example.com", "password": secrets.token_hex(16)}
    clients = [client_at(url) for url in urls]
    try:
        (await clients[0].post("/api/auth/register", json=account)).raise_for_status()
        answer = (await clients[0].post("/api/auth/login", json=account)).raise_for_status()
        for client in clients:
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield clients
    finally:
        for client in clients:
            await client.aclose()


def client_at(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)


async def ask(
    client: httpx.AsyncClient, path: str, body: Any, *, key: str
) -> tuple[int | None, Mapping[str, Any]]:
    """Post once: the status and the answer, or None and nothing where none came."""
    try:
        answer = await client.post(path, json=body, headers={"Idempotency-Key": key})
    except httpx.TransportError:
        return None, {}
    return answer.status_code, answer.json() if answer.is_success else {}


async def insist(
    client: httpx.AsyncClient, path: str, body: Any, *, key: str
) -> tuple[int, Mapping[str, Any]]:
    """Post until there is an answer other than 503."""
    for _ in range(ATTEMPTS):
        status, answer = await ask(client, path, body, key=key)
        if status is not None and status != 503:
            return status, answer
        await asyncio.sleep(PAUSE_SECONDS)
    raise TimeoutError(f"{path} was not answered in {ATTEMPTS} attempts")
