"""Guessing is limited by account and by client address, across processes (T12, T13, T15)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from ipaddress import ip_network
from uuid import uuid4

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.migrations import owner_engine
from app.postgres import DatabaseUrls
from app.services import auth_service
from app.services.guess_limits import WINDOW
from app.utils import security
from app.utils.client_address import client_address
from tests.conftest import SECRET, client_of
from tests.people import PASSWORD, Account, register, sign_in
from tests.routers.test_auth import assert_problem
from tests.routers.test_auth_sessions import is_signed_in

LOGIN = "/api/auth/login"
ADA, BOB, NOBODY = "ada@example.com", "bob@example.com", "nobody@example.com"
WRONG = "not the right password"
LIMIT = 10


@pytest.fixture
async def two_workers(
    live_urls: DatabaseUrls, live_database: Database, settings: Settings
) -> AsyncIterator[tuple[AsyncClient, AsyncClient]]:
    other = Database(live_urls.app, pool_size=5, statement_timeout=30)
    async with client_of(live_database, settings) as one, client_of(other, settings) as two:
        yield one, two
    await other.close()


def let_time_pass(urls: DatabaseUrls, seconds: float) -> None:
    """As if all buckets had been filled up for so long."""
    engine = owner_engine(urls.owner)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE guess_limits SET full_at = full_at - make_interval(secs => :s)"),
            {"s": seconds},
        )
    engine.dispose()


async def guess(client: AsyncClient, email: str = ADA, password: str = WRONG) -> Response:
    headers = {"X-Forwarded-For": f"203.0.113.{hash(uuid4()) % 250}"}
    body = {"email": email, "password": password}
    return await client.post(LOGIN, json=body, headers=headers)


def assert_slowed_down(answer: Response) -> int:
    assert_problem(answer, 429)
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= WINDOW.total_seconds() / LIMIT
    return wait


@pytest.mark.parametrize("email", [ADA, NOBODY])
async def test_t12_parallel_guesses_over_two_workers_are_limited(
    email: str, two_workers: tuple[AsyncClient, AsyncClient], live_urls: DatabaseUrls
) -> None:
    for person in (ADA, BOB):
        await register(two_workers[0], person)
    answers = await asyncio.gather(*(guess(two_workers[n % 2], email) for n in range(60)))
    counts = Counter(answer.status_code for answer in answers)
    assert counts[401] + counts[429] == 60
    assert LIMIT <= counts[401] <= LIMIT + 1  # one may have come back meanwhile
    for answer in answers:
        if answer.status_code == 429:
            assert_slowed_down(answer)
    for worker in two_workers:
        await sign_in(worker, BOB)


async def test_t12_the_owner_gets_in_again_when_the_bucket_refills(
    two_workers: tuple[AsyncClient, AsyncClient], live_urls: DatabaseUrls
) -> None:
    client, other = two_workers
    await register(client, ADA)
    for _ in range(LIMIT):
        assert_problem(await guess(client), 401)
    wait = assert_slowed_down(await guess(other, password=PASSWORD))
    let_time_pass(live_urls, wait)
    await sign_in(other, ADA)
    await sign_in(client, ADA)
    let_time_pass(live_urls, WINDOW.total_seconds())
    assert [(await guess(client)).status_code for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]


async def test_t12_who_knows_the_password_is_never_slowed_down(client: AsyncClient) -> None:
    ada = await register(client, ADA)
    for _ in range(LIMIT + 5):
        await sign_in(client, ada.email)


async def test_t12_a_client_that_tries_many_accounts_is_limited(
    live_database: Database, live_urls: DatabaseUrls
) -> None:
    settings = Settings(_env_file=None, guesses_per_client=20)
    async with client_of(live_database, settings) as client:
        await register(client, ADA)
        statuses = [(await guess(client, f"{n}@example.com")).status_code for n in range(25)]
        assert statuses == [401] * 19 + [429] * 6
        # Other ways in count in the same bucket, and an account that was not guessed at is free.
        refused = [
            await client.post("/api/auth/refresh", json={"refresh_token": "x"}),
            await client.post("/api/auth/register", json={"email": BOB, "password": PASSWORD}),
        ]
        for answer in refused:
            assert_problem(answer, 429)
        let_time_pass(live_urls, WINDOW.total_seconds() / 20)
        await sign_in(client, ADA)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/auth/change-password"),
        ("DELETE", "/api/auth/me"),
        ("POST", "/api/auth/me/totp"),
        ("DELETE", "/api/auth/me/totp"),
    ],
)
async def test_t12_confirming_by_password_counts_like_signing_in(
    method: str, path: str, live_database: Database, settings: Settings
) -> None:
    async with client_of(live_database, settings) as client:
        ada = await register(client, ADA)
        body = {"password": WRONG}
        if path.endswith("change-password"):
            body = {"current_password": WRONG, "new_password": "nine amber lanterns by the sea"}
        statuses = [
            (await ada.request(method, path, json=body)).status_code for _ in range(LIMIT + 1)
        ]
        assert statuses == [403] * LIMIT + [429]
        assert_slowed_down(await guess(client))
        assert await is_signed_in(ada)


async def test_t12_misfits_are_no_guesses(client: AsyncClient) -> None:
    await register(client, ADA)
    for _ in range(LIMIT + 1):
        assert_problem(await guess(client, "no address"), 422)
    await sign_in(client, ADA)


def at(peer: str, *forwarded: str, trusted: tuple[str, ...] = ()) -> str:
    return client_address(peer, forwarded, tuple(map(ip_network, trusted)))


def test_t12_x_forwarded_for_counts_from_trusted_proxies_alone() -> None:
    proxy = ("10.0.0.0/8", "fd00::/8")
    assert at("198.51.100.7", "203.0.113.9") == "198.51.100.7"
    assert at("198.51.100.7", "203.0.113.9", trusted=proxy) == "198.51.100.7"
    assert at("10.0.0.1", "203.0.113.9", trusted=proxy) == "203.0.113.9"
    # What the client wrote stands left of what the proxy appended.
    assert at("10.0.0.1", "1.2.3.4, 203.0.113.9", trusted=proxy) == "203.0.113.9"
    assert at("10.0.0.1", "1.2.3.4", "203.0.113.9, 10.0.0.2", trusted=proxy) == "203.0.113.9"
    assert at("fd00::1", "203.0.113.9", trusted=proxy) == "203.0.113.9"
    assert at("::ffff:10.0.0.1", "203.0.113.9", trusted=proxy) == "203.0.113.9"
    for junk in ("", "x", "203.0.113.9, x", "unknown", "203.0.113.9:80"):
        assert at("10.0.0.1", junk, trusted=proxy) == "10.0.0.1"
    assert at("10.0.0.1", trusted=proxy) == "10.0.0.1"


def test_t12_a_network_of_ipv6_is_one_client() -> None:
    assert at("2001:db8:1:2:3::4") == at("2001:db8:1:2::9%eth0") == "2001:db8:1:2::/64"
    assert at("2001:db8:1:3::4") != at("2001:db8:1:2::4")
    assert at("") == at("a socket") == "unknown"


async def test_t12_behind_a_trusted_proxy_clients_are_told_apart(live_database: Database) -> None:
    settings = Settings(
        _env_file=None, guesses_per_client=10, trusted_proxies="127.0.0.1/32, ::1/128"
    )
    app = create_app(settings, live_database, secret=SECRET)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://testserver") as client:

        async def guess_from(address: str, n: int) -> int:
            body = {"email": f"{n}@example.com", "password": WRONG}
            headers = {"X-Forwarded-For": f"9.9.9.{n}, {address}"}
            return (await client.post(LOGIN, json=body, headers=headers)).status_code

        assert [await guess_from("203.0.113.9", n) for n in range(12)] == [401] * 10 + [429] * 2
        assert await guess_from("203.0.113.10", 1) == 401


async def test_t12_the_table_names_nobody_and_forgets_full_buckets(
    live_database: Database, live_urls: DatabaseUrls, settings: Settings
) -> None:
    async with client_of(live_database, settings) as client:
        for n in range(3):
            await guess(client, f"{n}@example.com")
        let_time_pass(live_urls, 2 * WINDOW.total_seconds())
        await guess(client, NOBODY)
        await guess(client, NOBODY)
    engine = owner_engine(live_urls.owner)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM guess_limits")).all()
        kind = connection.scalar(
            text("SELECT relpersistence::text FROM pg_class WHERE relname = 'guess_limits'")
        )
    engine.dispose()
    assert kind == "u"
    assert len(rows) == 2
    assert all(len(row.bucket) == 32 for row in rows)


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM guess_limits", "DELETE FROM guess_limits", "TRUNCATE guess_limits"],
)
async def test_t12_the_application_cannot_touch_the_table(
    database: Database, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.session() as session:
            await session.execute(text(statement))


async def test_t13_a_refused_guess_says_nothing_of_the_account(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = security.verify_password

    async def verify_and_count(hashed: str | None, password: str) -> bool:
        verified.append(password)
        return await verify(hashed, password)

    monkeypatch.setattr(auth_service, "verify_password", verify_and_count)
    told: dict[str, list[object]] = {ada.email: [], NOBODY: []}
    for _ in range(LIMIT + 2):
        for email, answers in told.items():
            answer = await guess(ada.client, email)
            names = ("x-request-id", "date", "content-length")
            headers = {k: v for k, v in answer.headers.items() if k not in names}
            body = {k: v for k, v in answer.json().items() if k != "request_id"}
            answers.append((answer.status_code, headers, body))
    assert told[ada.email] == told[NOBODY]
    assert len(verified) == 2 * LIMIT  # the same work for both, and none for what is refused
