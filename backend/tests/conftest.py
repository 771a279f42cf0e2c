"""A real PostgreSQL for the whole run; each test in a transaction that is rolled back."""

import json
import os
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from psycopg import AsyncRawCursor
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.pool import NullPool

from app.config import Settings
from app.database import DRIVER, Database, UserSession
from app.main import create_app
from app.migrations import upgrade
from app.postgres import DatabaseUrls, EmbeddedPostgres
from app.prepared import Call, Prepared, RefusedError, Row, Values
from tests.folders import PATIENCE, reachable_folder
from tests.partitioned import partition_if_asked
from tests.people import Account, register

SECRET = "a key for tests only, long enough: 0123456789"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP_HASH = CHEAP.hash("nobody's")
_idle_apps: list[FastAPI] = []
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests for which it matters whose server it is: they run on another one too."""
    for item in items:
        if "tests/browser/" in item.nodeid:  # the page meets the API alone
            continue
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.on_server)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def cheap_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-ups that take no time, but in tests of the hash itself (marked `real_hashing`)."""
    if request.node.get_closest_marker("real_hashing") is None:
        monkeypatch.setattr("app.utils.security._HASHER", CHEAP)
        monkeypatch.setattr("app.utils.security._DUMMY_HASH", CHEAP_HASH)


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder / "data"


@pytest.fixture(scope="session")
def server(data_dir: Path) -> Iterator[DatabaseUrls]:
    """DATABASE_URL where it is set (its user must be a superuser), otherwise an embedded server in
    a folder of its own."""
    external = os.environ.get("DATABASE_URL")
    if external:
        yield DatabaseUrls(owner=external, app=external)
        return
    with EmbeddedPostgres(data_dir, settings=FAST) as urls:
        yield urls


@pytest.fixture(scope="session")
def superuser(server: DatabaseUrls, data_dir: Path) -> str:
    """For tests that look at, or end, other people's connections."""
    if "DATABASE_URL" in os.environ:
        return server.owner
    passwords = json.loads((data_dir / "postgres" / "passwords.json").read_text())
    url = make_url(server.owner).set(username="postgres", password=passwords["postgres"])
    return url.render_as_string(hide_password=False)


def in_database_of(url: str, other: str) -> str:
    """The first connection's user, in the second's database."""
    return _with_database(url, make_url(other).database or "")


@pytest.fixture(scope="session")
def copy_database(server: DatabaseUrls) -> Iterator[Callable[[str], DatabaseUrls]]:
    """Makes databases that are like the named one, to which nobody may be connected, and removes
    them at the end from a server that stays."""
    made: list[str] = []

    def make(template: str) -> DatabaseUrls:
        name = f"vitaliq_test_{uuid.uuid4().hex}"
        _as_owner(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        made.append(name)
        return DatabaseUrls(*(_with_database(url, name) for url in server))

    yield make
    if "DATABASE_URL" in os.environ:
        for name in made:
            _drop(server, name)


@pytest.fixture(scope="session")
def make_database(copy_database: Callable[[str], DatabaseUrls]) -> Callable[[], DatabaseUrls]:
    """Makes empty databases on the server."""
    return partial(copy_database, "template1")


@pytest.fixture(scope="session")
def make_migrated(
    make_database: Callable[[], DatabaseUrls], copy_database: Callable[[str], DatabaseUrls]
) -> Callable[[], DatabaseUrls]:
    """Makes migrated databases: copies of one that nobody connects to, in a tenth of the time that
    migrating takes."""
    first = make_database()
    upgrade(first.owner)
    partition_if_asked(first.owner)
    return partial(copy_database, make_url(first.owner).database or "")


@pytest.fixture(scope="session")
def migrated(make_migrated: Callable[[], DatabaseUrls]) -> DatabaseUrls:
    return make_migrated()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(
        _env_file=None,
        mock_data_enabled=True,
        webhook_origins=("https://hooks.example.com",),
        push_services=("push.example.com",),
        push_contact="mailto:operator@example.com",
        notify_services=("ntfys://ntfy.example.com",),
    )


class RolledBackDatabase(Database):
    """One connection whose outer transaction never commits; sessions are savepoints in it."""

    connection: AsyncConnection

    @asynccontextmanager
    async def session(self, user_id: uuid.UUID | None = None) -> AsyncIterator[AsyncSession]:
        # In one long transaction the user of the session before would still be set.
        await self.connection.execute(text("SELECT set_config('app.user_id', '', true)"))
        async with (
            AsyncSession(
                self.connection,
                sync_session_class=UserSession,
                join_transaction_mode="create_savepoint",
                expire_on_commit=False,
                info={"user_id": user_id},
            ) as session,
            session.begin(),
        ):
            yield session

    async def fetch_together(self, *calls: Call) -> list[list[Row]]:
        """In the same connection; psycopg finds the types, so that all columns must be text."""
        raw: Any = (await self.connection.get_raw_connection()).driver_connection
        await self.connection.execute(text("SELECT set_config('app.user_id', '', true)"))
        async with AsyncRawCursor(raw) as cursor, raw.transaction():
            try:
                return [await self._rows(cursor, *call) for call in calls]
            except psycopg.Error as error:
                raise RefusedError from error

    async def _rows(
        self, cursor: AsyncRawCursor[Any], statement: Prepared, values: Values
    ) -> list[Row]:
        given = [None if value is None else value.decode() for value in values]
        await cursor.execute(statement.sql.encode(), given)
        rows = await cursor.fetchall()
        return [tuple(None if cell is None else cell.encode() for cell in row) for row in rows]


@pytest.fixture(autouse=True)
def unhurried_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one connection stands for all, what is given up in it would break it for everybody."""
    monkeypatch.setattr("app.services.audit._LONGEST_SECONDS", PATIENCE)


@pytest.fixture
async def database(migrated: DatabaseUrls) -> AsyncIterator[Database]:
    """Rolled back when the test ends."""
    database = RolledBackDatabase(migrated.app, pool_size=1, statement_timeout=PATIENCE)
    async with database.engine.connect() as connection:
        database.connection = connection
        transaction = await connection.begin()
        yield database
        await transaction.rollback()
    await database.close()


@pytest.fixture
def live_urls(make_migrated: Callable[[], DatabaseUrls]) -> DatabaseUrls:
    """A migrated database of the test's own, which its owner may look into and turn clocks of."""
    return make_migrated()


@pytest.fixture
async def live_database(live_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """One where commits are commits: for parallel requests and lost servers."""
    database = Database(live_urls.app, pool_size=10, statement_timeout=PATIENCE)
    yield database
    await database.close()


@contextmanager
def borrowed_app(database: Database, settings: Settings) -> Iterator[FastAPI]:
    """An application that nobody else has just now.

    The first request to a new one builds its routes, which takes longer than most tests: so one
    that a test is done with serves again.
    """
    fitting = [idle for idle in _idle_apps if idle.state.settings == settings]
    app = fitting[0] if fitting else create_app(settings, database, secret=SECRET)
    if fitting:
        _idle_apps.remove(app)
    app.state.database = database
    yield app
    _idle_apps.append(app)


@asynccontextmanager
async def client_of(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    with borrowed_app(database, settings) as app:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client


@pytest.fixture
async def client(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """The application, nobody signed in."""
    async with client_of(database, settings) as client:
        yield client


@pytest.fixture
async def live_client(live_database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    async with client_of(live_database, settings) as client:
        yield client


@pytest.fixture
async def ada(client: AsyncClient) -> Account:
    """A signed-in person."""
    return await register(client, "ada@example.com")


@pytest.fixture
async def bob(client: AsyncClient) -> Account:
    """Someone else."""
    return await register(client, "bob@example.com")


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _as_owner(server: DatabaseUrls, statement: str) -> None:
    engine = create_engine(
        make_url(server.owner).set(drivername=DRIVER),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        connection.execute(text(statement))


def _drop(server: DatabaseUrls, name: str) -> None:
    """Tried again while a connection of the superuser still ends, which no owner may hasten."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _as_owner(server, f'DROP DATABASE "{name}" WITH (FORCE)')
        except ProgrammingError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
