"""What was answered is stored, and a database that fails is told as such (T22, T28)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.pool import QueuePool
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.migrations import owner_engine
from app.services.entries import table_of
from app.utils.security import Claims, Tokens
from tests.conftest import SECRET, client_of
from tests.contracts.test_openapi import OPERATIONS
from tests.contracts.trackers import TRACKERS
from tests.folders import PATIENCE
from tests.people import Account, register

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
NUTRITION = TRACKERS[0]
FAILING_COMMIT = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'canary 7f3a9c' USING ERRCODE = '{code}'; END $$
"""
REFUSE = """
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
"""


@pytest.fixture
def owner(superuser: str, live_database: Database) -> Iterator[Connection]:
    """A superuser's connection to the live database; each statement is a transaction."""
    name = live_database.engine.url.database
    engine = owner_engine(make_url(superuser).set(database=name).render_as_string(False))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


@pytest.fixture
async def eve(live_client: AsyncClient) -> Account:
    """A person whose entries are truly committed."""
    return await register(live_client, "eve@example.com")


async def id_of(account: Account) -> UUID:
    return UUID((await account.get("/api/auth/me")).json()["id"])


def assert_unavailable(answer: Response, *, said_as: str = "application/problem+json") -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (503, said_as)
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(("code", "status"), [("53100", 503), ("40001", 503), ("XX000", 500)])
async def test_a_commit_that_fails_is_no_success(
    code: str, status: int, eve: Account, owner: Connection
) -> None:
    owner.execute(text(FAILING_COMMIT.format(code=code)))
    for tracker in TRACKERS:
        entry = (await eve.post(tracker.path, json=tracker.example())).json()
        owner.execute(text(REFUSE.format(table=table_of(tracker.model).name)))
        body, path = tracker.example(), f"{tracker.path}/{entry['id']}"
        for write in (
            eve.post(tracker.path, json=body, headers={"Idempotency-Key": "one"}),
            eve.post(f"{tracker.path}/bulk", json=[body, body]),
            eve.put(path, json=tracker.smallest),
            eve.delete(path),
        ):
            answer = await write
            assert answer.status_code == status, answer.text
            assert "canary" not in answer.text
        assert (await eve.get(tracker.path)).json()["items"] == [entry]


class Witness:
    """Looks, at the moment when an answer begins, at what has been committed by then."""

    def __init__(self, app: ASGIApp, look: Callable[[], Any]) -> None:
        self.app = app
        self.look = look
        self.seen: list[object] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def look_and_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.seen.append(await self.look())
            await send(message)

        await self.app(scope, receive, look_and_send)


def witnessed(account: Account, witness: Witness) -> Account:
    transport = ASGITransport(witness, raise_app_exceptions=False)
    client = AsyncClient(transport=transport, base_url="http://testserver")
    return Account(client, account.email, account.access_token, account.refresh_token)


@pytest.fixture
async def elsewhere(live_database: Database) -> AsyncIterator[Database]:
    """Another process on the same database."""
    url = live_database.engine.url.render_as_string(hide_password=False)
    database = Database(url, pool_size=1, statement_timeout=30)
    yield database
    await database.close()


async def test_what_is_answered_is_stored_already(
    eve: Account, live_database: Database, elsewhere: Database, settings: Settings
) -> None:
    user_id = await id_of(eve)

    async def versions() -> dict[str, int]:
        async with elsewhere.session(user_id) as session:
            counts = {}
            for tracker in TRACKERS:
                table = table_of(tracker.model)
                total = select(func.coalesce(func.sum(table.c.version), 0))
                counts[tracker.key] = int(await session.scalar(total) or 0)
            return counts

    app = create_app(settings, live_database, secret=SECRET)
    witness = Witness(app, versions)
    writer = witnessed(eve, witness)
    expected = dict.fromkeys((tracker.key for tracker in TRACKERS), 0)
    for turn in range(50):
        tracker = TRACKERS[turn % len(TRACKERS)]
        made = await writer.post(tracker.path, json=tracker.example())
        expected[tracker.key] += 1
        assert (made.status_code, witness.seen[-1]) == (201, expected)
        path = f"{tracker.path}/{made.json()['id']}"
        await writer.put(path, json=tracker.smallest)
        expected[tracker.key] += 1
        assert witness.seen[-1] == expected
        if turn % 2:
            await writer.delete(path)
            expected[tracker.key] -= 2
            assert witness.seen[-1] == expected
    await writer.client.aclose()


async def test_no_transaction_is_open_when_an_answer_begins(
    eve: Account, live_database: Database, settings: Settings
) -> None:
    pool = live_database.engine.pool
    assert isinstance(pool, QueuePool)

    async def in_use() -> int:
        return pool.checkedout()

    witness = Witness(create_app(settings, live_database, secret=SECRET), in_use)
    caller = witnessed(eve, witness)
    for operation in OPERATIONS:
        if operation.path.startswith("/api/auth/logout"):
            continue
        await caller.request(
            operation.method,
            operation.at(uuid4()),
            json=operation.example(),
            params=operation.needed_query(),
        )
        assert witness.seen[-1] == 0, operation
    await caller.client.aclose()


def cut_what_waits(owner: Connection) -> None:
    """End the connection that waits for a lock, once there is one."""
    waiting = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = time.monotonic() + PATIENCE
    while owner.scalar(waiting) == 0:
        assert time.monotonic() < deadline, "nothing waits for a lock"
        time.sleep(0.01)


async def test_a_connection_that_is_cut_is_told_and_replaced(
    eve: Account, owner: Connection
) -> None:
    owner.execute(text("SELECT pg_advisory_lock(1)"))
    slow_down(owner, "pg_advisory_xact_lock(1)")
    posting = asyncio.create_task(eve.post(NUTRITION.path, json=NUTRITION.example()))
    await asyncio.to_thread(cut_what_waits, owner)
    assert_unavailable(await posting)
    owner.execute(text("SELECT pg_advisory_unlock_all()"))
    assert (await eve.get(NUTRITION.path)).json()["items"] == []
    assert (await eve.post(NUTRITION.path, json=NUTRITION.example())).status_code == 201


def slow_down(owner: Connection, wait: str) -> None:
    """From here on, storing food takes its time."""
    owner.execute(
        text(
            "CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN PERFORM {wait}; RETURN NEW; END $$"
        )
    )
    owner.execute(
        text(
            "CREATE TRIGGER slow_down BEFORE INSERT ON food_entries"
            " FOR EACH ROW EXECUTE FUNCTION slow_down()"
        )
    )


async def test_connections_that_were_cut_while_idle_do_not_matter(
    eve: Account, owner: Connection
) -> None:
    await asyncio.gather(*(eve.get("/api/auth/me") for _ in range(10)))
    cut = owner.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    assert len(cut.all()) > 1
    answers = await asyncio.gather(
        *(eve.post(NUTRITION.path, json=NUTRITION.example()) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}


async def test_a_statement_that_takes_too_long_is_cut(
    eve: Account, elsewhere: Database, owner: Connection, settings: Settings
) -> None:
    url = elsewhere.engine.url.render_as_string(hide_password=False)
    hasty = Database(url, pool_size=1, statement_timeout=0.2)
    slow_down(owner, "pg_sleep(60)")
    async with client_of(hasty, settings) as client:
        account = Account(client, eve.email, eve.access_token, eve.refresh_token)
        assert_unavailable(await account.post(NUTRITION.path, json=NUTRITION.example()))
        assert (await account.get(NUTRITION.path)).json()["items"] == []
    await hasty.close()


@pytest.fixture
async def cut_off(settings: Settings) -> AsyncIterator[AsyncClient]:
    """The application without its database."""
    database = Database(NOWHERE, pool_size=1, statement_timeout=1)
    async with client_of(database, settings) as client:
        yield client
    await database.close()


async def test_without_a_database_every_operation_says_so(cut_off: AsyncClient) -> None:
    token = Tokens(SECRET).access(Claims(uuid4(), uuid4()), minutes=5)
    someone = Account(cut_off, "someone@example.com", token, "")
    for operation in OPERATIONS:
        if operation.path in ("/healthz", "/api/metrics", "/api/auth/refresh", "/fhir/metadata"):
            continue
        if operation.path.startswith("/api/auth/page/"):  # refused to all but a page's own requests
            continue
        answer = await someone.request(
            operation.method,
            operation.at(uuid4()),
            json=operation.example(),
            params=operation.needed_query(),
        )
        is_fhir = operation.path.startswith("/fhir/")
        said_as = "application/fhir+json" if is_fhir else "application/problem+json"
        assert_unavailable(answer, said_as=said_as)


async def test_the_process_lives_without_its_database(cut_off: AsyncClient) -> None:
    assert (await cut_off.get("/healthz")).status_code == 200
    assert_unavailable(await cut_off.get("/readyz"))
    assert (await cut_off.get("/api/auth/me")).status_code == 401


async def test_an_older_schema_is_not_ready_and_a_newer_one_is(
    live_client: AsyncClient, owner: Connection
) -> None:
    owner.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert (await live_client.get("/readyz")).status_code == 200
    for change in (
        "UPDATE alembic_version SET version_num = '0001'",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
    ):
        owner.execute(text(change))
        assert_unavailable(await live_client.get("/readyz"))
        assert (await live_client.get("/healthz")).status_code == 200
