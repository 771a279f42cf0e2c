"""Signing in while other things happen (T10, T15, T23)."""

import asyncio

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.config import Settings
from app.database import Database
from app.errors import UnauthorizedError
from app.schemas.auth import LoginIn
from app.services import auth_service
from app.services.auth_service import SignInService
from app.utils.security import Tokens
from tests.conftest import SECRET
from tests.people import PASSWORD, register

CREDENTIALS = LoginIn(email="ada@example.com", password=PASSWORD)


async def test_no_session_opens_with_a_password_that_was_just_changed(
    client: AsyncClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await register(client, CREDENTIALS.email)
    user_id, _ = Tokens(SECRET).read_access(ada.access_token)

    async def verify_while_it_changes(hashed: str | None, password: str) -> bool:
        async with database.session(user_id) as session:
            await session.execute(text("UPDATE users SET hashed_password = 'another'"))
        return True

    monkeypatch.setattr(auth_service, "verify_password", verify_while_it_changes)
    monkeypatch.setattr(auth_service, "needs_rehash", lambda _: False)
    with pytest.raises(UnauthorizedError):
        await SignInService(database, Tokens(SECRET), settings).login(CREDENTIALS, user_agent=None)
    async with database.session(user_id) as session:
        assert await session.scalar(text("SELECT count(*) FROM sessions")) == 1


async def test_signing_in_holds_no_connection_while_hashing(
    live_client: AsyncClient, live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(live_client, CREDENTIALS.email)
    held: list[str] = []

    async def verify_and_look(hashed: str | None, password: str) -> bool:
        held.append(live_database.engine.pool.status())
        return hashed is not None

    monkeypatch.setattr(auth_service, "verify_password", verify_and_look)
    answer = await live_client.post("/api/auth/login", json=CREDENTIALS.model_dump())
    assert answer.status_code == 200
    (status,) = held
    assert "Current Checked out connections: 0" in status


async def test_of_parallel_registrations_of_one_address_one_succeeds(
    live_client: AsyncClient,
) -> None:
    answers = await asyncio.gather(
        *(
            live_client.post("/api/auth/register", json=CREDENTIALS.model_dump(exclude={"code"}))
            for _ in range(5)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_the_program_signed_in_with_is_remembered_legibly(
    client: AsyncClient, database: Database
) -> None:
    ada = await register(client, CREDENTIALS.email)
    user_id, _ = Tokens(SECRET).read_access(ada.access_token)
    headers = {"User-Agent": "watch \x00\x7f" + "x" * 300}
    await client.post("/api/auth/login", json=CREDENTIALS.model_dump(), headers=headers)
    async with database.session(user_id) as session:
        last = await session.scalar(text("SELECT user_agent FROM sessions ORDER BY id DESC"))
    assert last == "watch " + "x" * 194
