"""The same work for accounts that are there and for those that are not (T13).

What is counted is the work, which no load of the machine changes; the time that it takes is
measured by `python -m benchmarks.security.enumeration`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import event

from app.database import Database
from app.utils import security
from tests.authenticator import Authenticator
from tests.contracts.test_access import id_of
from tests.people import PASSWORD, Account
from tests.security.test_passkeys import post_signed, request_options

NOBODY = "nobody@example.com"


class Work:
    """The statements that were sent, and the passwords that were hashed."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.hashes: list[str] = []

    async def of(self, answer: Awaitable[Response]) -> tuple[list[str], list[str], Response]:
        self.statements.clear()
        self.hashes.clear()
        answered = await answer
        return list(self.statements), list(self.hashes), answered


@pytest.fixture
async def work(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Work]:
    counted = Work()
    run = security.HashingQueue.run

    async def run_and_note(
        queue: security.HashingQueue, job: Callable[..., object], *args: str
    ) -> object:
        counted.hashes.append(job.__name__)
        return await run(queue, job, *args)

    def note(*told: object) -> None:
        # the names of savepoints count up
        counted.statements.append(str(told[2]).rstrip("0123456789"))

    monkeypatch.setattr(security.HashingQueue, "run", run_and_note)
    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield counted
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


def body_of(answer: Response) -> dict[str, object]:
    return {k: v for k, v in answer.json().items() if k != "request_id"}


def log_in(client: AsyncClient, email: str) -> Awaitable[Response]:
    body = {"email": email, "password": "not the right password"}
    return client.post("/api/auth/login", json=body)


async def test_t13_a_wrong_password_costs_the_same(ada: Account, work: Work) -> None:
    known = await work.of(log_in(ada.client, ada.email))
    unknown = await work.of(log_in(ada.client, NOBODY))
    assert known[:2] == unknown[:2]
    assert known[1] == ["_verify"]
    assert len(known[0]) > 3
    assert body_of(known[2]) == body_of(unknown[2])
    assert known[2].status_code == unknown[2].status_code == 401


async def test_t13_a_wrong_refresh_token_costs_the_same(ada: Account, work: Work) -> None:
    def refresh(account: UUID) -> Awaitable[Response]:
        body = {"refresh_token": f"{account.hex}.{'A' * 43}"}
        return ada.client.post("/api/auth/refresh", json=body)

    user_id = await id_of(ada)
    known, unknown = await work.of(refresh(user_id)), await work.of(refresh(uuid4()))
    assert known[:2] == unknown[:2]
    assert known[1] == []
    assert body_of(known[2]) == body_of(unknown[2])
    assert known[2].status_code == unknown[2].status_code == 401


async def test_t13_an_unknown_passkey_costs_the_same(ada: Account, work: Work) -> None:
    client, user_id = ada.client, await id_of(ada)

    async def sign_in(account: UUID) -> tuple[list[str], list[str], Response]:
        device = Authenticator()
        device.make_key(account.bytes)
        signed = device.get(await request_options(client))
        return await work.of(post_signed(client, signed))

    known, unknown = await sign_in(user_id), await sign_in(uuid4())
    assert known[:2] == unknown[:2]
    assert body_of(known[2]) == body_of(unknown[2])
    assert known[2].status_code == unknown[2].status_code == 401


async def test_t13_registering_costs_the_same_though_it_says_so(ada: Account, work: Work) -> None:
    def register(email: str) -> Awaitable[Response]:
        body = {"email": email, "password": PASSWORD}
        return ada.client.post("/api/auth/register", json=body)

    taken, free = await work.of(register(ada.email)), await work.of(register(NOBODY))
    assert (taken[2].status_code, free[2].status_code) == (409, 201)
    assert taken[:2] == free[:2]
    assert taken[1] == ["hash"]
