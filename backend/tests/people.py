"""Signed-in people for tests."""

from dataclasses import dataclass
from typing import Any

from httpx import AsyncClient, Response

PASSWORD = "six grey herons over the marsh"
"""Of everyone in the tests."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person with a client and an access token."""

    client: AsyncClient
    email: str
    access_token: str
    refresh_token: str

    async def request(self, method: str, path: str, **kwargs: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.access_token}"} | kwargs.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **kwargs)

    async def get(self, path: str, **kwargs: Any) -> Response:
        return await self.request("GET", path, **kwargs)

    async def post(self, path: str, **kwargs: Any) -> Response:
        return await self.request("POST", path, **kwargs)

    async def put(self, path: str, **kwargs: Any) -> Response:
        return await self.request("PUT", path, **kwargs)

    async def patch(self, path: str, **kwargs: Any) -> Response:
        return await self.request("PATCH", path, **kwargs)

    async def delete(self, path: str, **kwargs: Any) -> Response:
        return await self.request("DELETE", path, **kwargs)


async def register(client: AsyncClient, email: str, **profile: Any) -> Account:
    """A new account, signed in."""
    body = {"email": email, "password": PASSWORD} | profile
    made = await client.post("/api/auth/register", json=body)
    assert made.status_code == 201, made.text
    return await sign_in(client, email)


async def sign_in(client: AsyncClient, email: str, password: str = PASSWORD) -> Account:
    answer = await client.post("/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return Account(client, email, tokens["access_token"], tokens["refresh_token"])
