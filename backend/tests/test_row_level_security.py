"""Two walls between users, each tried alone: PostgreSQL's row security, and the services (T6)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.database import APP_ROLE, Database
from app.migrations import owner_engine
from app.models import Base, User
from app.postgres import DatabaseUrls
from app.services.entries import EntryService
from app.utils.identifiers import uuid7
from tests.conftest import RolledBackDatabase, client_of, in_database_of
from tests.contracts.test_access import CANARY, recipe_for
from tests.contracts.test_openapi import OPERATIONS
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import Account, register

APPEND_ONLY = {"audit_events"}
OWNED = sorted(name for name, table in Base.metadata.tables.items() if "user_id" in table.c)
WITH_USER_ID = """
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND a.attname = 'user_id' AND NOT a.attisdropped
    AND NOT c.relispartition
"""
OPEN_PARTS = """
    SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'
    AND has_table_privilege(current_user, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
"""


_BATCH = """
    INSERT INTO batches (user_id, id, kind, label, details)
    VALUES (:user_id, :id, 'invented', 'x', '{}')
"""
_ANOMALY = """
    INSERT INTO anomalies (user_id, id, date, source_table, metric_name, metric_value,
        detector_type, severity, anomaly_score, explanation, direction, is_unusual,
        detector_version, evidence)
    VALUES (:user_id, :id, '2026-03-12', 'vital_signs', 'hrv', 20,
        'zscore', 'low', 10, 'x', 'below', true, 'x', '{}')
"""
_EPISODE = """
    INSERT INTO episodes (user_id, id, date, peak, last, days, severity, metrics, explanation)
    VALUES (:user_id, :id, '2026-03-12', '2026-03-12', '2026-03-12', 1, 'low', '["hrv"]', 'x')
"""
_TAG = """
    INSERT INTO tags (user_id, id, kind, first, last)
    VALUES (:user_id, :id, 'travel', '2026-03-12', '2026-03-14')
"""

_PASSKEY = """
    INSERT INTO passkeys (user_id, id, name, credential_id, public_key, sign_count)
    VALUES (:user_id, :id, 'x', '', '', 0)
"""
_JOB = """
    WITH job AS (INSERT INTO jobs (user_id, id, kind) VALUES (:user_id, :id, 'export'))
    INSERT INTO job_parts (user_id, job_id, number, content) VALUES (:user_id, :id, 0, '')
"""
_PAGE = """
    INSERT INTO day_pages (user_id, first, layout, known, cells)
    VALUES (:user_id, '2026-03-09', 0, '', '')
"""
_DELIVERY = """
    WITH channel AS (
        INSERT INTO channels (user_id, id, kind, shown, sealed)
        VALUES (:user_id, :id, 'webhook', 'x', '')
    )
    INSERT INTO deliveries (user_id, id, channel_id, kind) VALUES (:user_id, :id, :id, 'test')
"""
_IMPORT = """
    WITH made AS (
        INSERT INTO imports (user_id, id, name, bytes) VALUES (:user_id, :id, 'x', 1)
    ), series AS (
        INSERT INTO reading_series (user_id, id, kind, source, unit)
        VALUES (:user_id, 1, 'weight', 'x', 'kg')
    ), reading AS (
        INSERT INTO readings (user_id, series, at, identity, value, batch_id)
        VALUES (:user_id, 1, '2026-03-12', 1, 70, :id)
    ), batch AS (
        INSERT INTO batches (user_id, id, kind, label, details)
        VALUES (:user_id, :id, 'imported', 'x', '{}')
    ), held AS (
        INSERT INTO held_groups (user_id, id, batch_id, kind, source, unit, reason, count)
        VALUES (:user_id, :id, :id, 'weight', 'x', 'kg', 'implausible', 1)
    ), held_reading AS (
        INSERT INTO held_readings (user_id, group_id, at, identity, value)
        VALUES (:user_id, :id, '2026-03-12', 1, 700)
    ), template AS (
        INSERT INTO import_templates (user_id, id, name, signature, options)
        VALUES (:user_id, :id, 'x', 'x', '{}')
    )
    INSERT INTO import_parts (user_id, import_id, start, content) VALUES (:user_id, :id, 0, '')
"""
_MEMORY = "INSERT INTO detection_memories (user_id, content) VALUES (:user_id, '')"
_TOTP = "INSERT INTO totp_secrets (user_id, sealed) VALUES (:user_id, :id)"
_RECOVERY = "INSERT INTO recovery_codes (user_id, code_hash) VALUES (:user_id, :id)"


@pytest.fixture
async def two_people(database: Database, ada: Account, bob: Account) -> tuple[UUID, UUID]:
    """Both have one row in every table that has users."""
    people = []
    for account in (ada, bob):
        user_id = UUID((await account.get("/api/auth/me")).json()["id"])
        for tracker in TRACKERS:
            await account.post(
                tracker.path, json=tracker.example(), headers={"Idempotency-Key": tracker.key}
            )
        async with database.session(user_id) as session:
            await session.execute(text(_BATCH), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_ANOMALY), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_EPISODE), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_TAG), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_JOB), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_IMPORT), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_PAGE), {"user_id": user_id})
            await session.execute(text(_DELIVERY), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_PASSKEY), {"user_id": user_id, "id": uuid7()})
            await session.execute(text(_MEMORY), {"user_id": user_id})
            for secret in (_TOTP, _RECOVERY):
                await session.execute(text(secret), {"user_id": user_id, "id": bytes(32)})
        people.append(user_id)
    return people[0], people[1]


async def counted(session: AsyncSession) -> dict[str, int]:
    return {
        table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608
        for table in OWNED
    }


async def test_t6_every_table_with_users_is_walled(database: Database) -> None:
    async with database.session() as session:
        tables = (await session.execute(text(WITH_USER_ID))).all()
    assert sorted(table.relname for table in tables) == OWNED
    assert [t.relname for t in tables if not (t.relrowsecurity and t.relforcerowsecurity)] == []


async def test_parts_of_a_table_are_reached_through_the_whole_alone(database: Database) -> None:
    async with database.session() as session:
        assert (await session.execute(text(OPEN_PARTS))).all() == []


async def test_the_accounts_themselves_are_walled(
    database: Database, two_people: tuple[UUID, UUID]
) -> None:
    for person, expected in ((None, []), (two_people[0], [two_people[0]])):
        async with database.session(person) as session:
            assert list(await session.scalars(select(User.id))) == expected


async def test_every_policy_is_for_all_commands_and_both_ways(database: Database) -> None:
    async with database.session() as session:
        policies = await session.execute(text("SELECT * FROM pg_policies ORDER BY tablename"))
    told = [(p.tablename, p.permissive, p.cmd, p.roles, p.qual, p.with_check) for p in policies]
    assert [policy[0] for policy in told] == sorted([*OWNED, "users", "deleted_accounts"])
    for table, permissive, command, roles, shown, checked in told:
        column = "user_id" if table in OWNED else "id"
        assert (permissive, command, roles) == ("PERMISSIVE", "ALL", ["public"])
        assert shown == checked == f"({column} = ( SELECT app.uid() AS uid))"


async def test_the_application_is_nobody_special(database: Database) -> None:
    async with database.session() as session:
        assert await session.scalar(text("SELECT current_user")) == APP_ROLE
        role = (
            await session.execute(text("SELECT * FROM pg_roles WHERE rolname = current_user"))
        ).one()
        owned = await session.scalars(
            text(
                "SELECT objid::regclass::text FROM pg_shdepend JOIN pg_roles r ON r.oid = refobjid"
                " WHERE deptype = 'o' AND r.rolname = current_user"
            )
        )
        assert list(owned) == []
    powers = (role.rolsuper, role.rolbypassrls, role.rolcreaterole, role.rolcreatedb)
    assert powers == (False, False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE food_entries DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON food_entries",
        "CREATE TABLE public.mine (x int)",
        "TRUNCATE food_entries",
        "UPDATE alembic_version SET version_num = 'x'",
        "SELECT * FROM pg_authid",
        "COPY food_entries TO PROGRAM 'true'",
    ],
)
async def test_the_application_cannot_take_the_wall_down(
    database: Database, statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused:
        async with database.session() as session:
            await session.execute(text(statement))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


async def test_without_a_user_nothing_shows(
    database: Database, two_people: tuple[UUID, UUID]
) -> None:
    async with database.session() as session:
        assert await counted(session) == dict.fromkeys(OWNED, 0)


async def test_each_sees_their_own_rows_only(
    database: Database, two_people: tuple[UUID, UUID]
) -> None:
    for person in two_people:
        async with database.session(person) as session:
            counts = await counted(session)
            assert all(counts.values()), counts
            for table in OWNED:
                foreign = f"SELECT count(*) FROM {table} WHERE user_id <> :user_id"  # noqa: S608
                assert await session.scalar(text(foreign), {"user_id": person}) == 0, table


@pytest.mark.parametrize("name", OWNED)
async def test_rows_of_others_can_be_neither_made_nor_changed_nor_removed(
    database: Database, two_people: tuple[UUID, UUID], name: str
) -> None:
    mine, theirs = two_people
    table = Base.metadata.tables[name]
    refusal = (
        "row-level security|permission denied" if name in APPEND_ONLY else "row-level security"
    )
    async with database.session(mine) as session:
        row = (await session.execute(select(table).limit(1))).mappings().one()
        given = {n: value for n, value in row.items() if table.c[n].computed is None}
        for attempt in (
            insert(table).values({**given, "user_id": theirs}),
            update(table).values(user_id=theirs),
        ):
            with pytest.raises(ProgrammingError, match=refusal):
                async with session.begin_nested():
                    await session.execute(attempt)
        if name in APPEND_ONLY:
            return
        gone = await session.execute(
            delete(table).where(table.c.user_id == theirs).returning(table.c.user_id)
        )
        assert gone.all() == []


async def test_the_user_is_forgotten_when_the_transaction_ends(live_database: Database) -> None:
    person = uuid7()
    asked = text("SELECT pg_backend_pid(), current_setting('app.user_id', true), app.uid()")

    async def ask(user_id: UUID | None) -> tuple[int, str | None, UUID | None]:
        async with live_database.session(user_id) as session:
            pid, setting, uid = (await session.execute(asked)).one()
            return pid, setting, uid

    first = await ask(person)
    assert first[1:] == (str(person), person)
    assert await ask(None) in [(first[0], "", None), (first[0], None, None)]
    asked_at_once = await asyncio.gather(*(ask(uuid7() if n % 2 else None) for n in range(100)))
    assert all((uid is None) == (n % 2 == 0) for n, (_, _, uid) in enumerate(asked_at_once))


async def test_every_index_begins_with_the_user(database: Database) -> None:
    async with database.session() as session:
        indexes = await session.execute(
            text(
                f"SELECT i.indexrelid::regclass::text, a.attname FROM ({WITH_USER_ID}) t"  # noqa: S608
                " JOIN pg_index i ON i.indrelid = t.oid JOIN pg_attribute a"
                " ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"
            )
        )
    leading = {row[0]: row[1] for row in indexes}
    assert len(leading) >= 2 * len(TRACKERS)
    assert {name for name, column in leading.items() if column != "user_id"} == set()


@pytest.fixture
def no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first wall is down: the service forgets to filter by user."""

    def by_id_alone(service: Any, entry_id: UUID, version: int | None = None) -> list[Any]:
        return [service._table.c.id == entry_id]

    monkeypatch.setattr(EntryService, "_own", by_id_alone)


@pytest.mark.parametrize("tracker", TRACKERS, ids=lambda case: case.key)
async def test_a_stranger_still_finds_nothing(
    tracker: TrackerCase, no_filter: None, ada: Account, bob: Account
) -> None:
    made = (await ada.post(tracker.path, json=tracker.example())).json()
    path = f"{tracker.path}/{made['id']}"
    for attempt in (bob.get(path), bob.put(path, json=tracker.example()), bob.delete(path)):
        assert (await attempt).status_code == 404
    assert (await ada.get(path)).json() == made


@pytest.fixture
async def unwalled(migrated: DatabaseUrls, superuser: str) -> AsyncIterator[RolledBackDatabase]:
    """The second wall is down: the database shows everyone everything."""
    url = in_database_of(superuser, migrated.owner)
    database = RolledBackDatabase(url, pool_size=1, statement_timeout=30)
    async with database.engine.connect() as connection:
        database.connection = connection
        transaction = await connection.begin()
        await connection.execute(text("SET LOCAL ROLE NONE"))
        for table in (*OWNED, "users"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
        await connection.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
        yield database
        await transaction.rollback()
    await database.engine.dispose()


async def test_the_services_alone_keep_strangers_out(
    unwalled: RolledBackDatabase, settings: Settings
) -> None:
    async with client_of(unwalled, settings) as client:
        eve, max_ = [await register(client, f"{n}@example.com") for n in ("eve", "max")]
        for operation in [o for o in OPERATIONS if "{" in o.path]:
            path = operation.at(await recipe_for(operation)(eve))
            strangers = await max_.request(operation.method, path, json=operation.example())
            assert strangers.status_code == 404, operation
        secrets = [CANARY, eve.email, (await eve.get("/api/auth/me")).json()["id"]]
        for operation in [o for o in OPERATIONS if o.method == "GET" and "{" not in o.path]:
            strangers = await max_.get(operation.path, params=operation.needed_query())
            assert strangers.status_code == 200
            assert not [secret for secret in secrets if secret in strangers.text], operation
        assert (await max_.post("/api/anomalies/detect")).json()["days_with_data"] == 0


async def test_the_door_for_signing_in_is_narrow(database: Database, ada: Account) -> None:
    async with database.session() as session:
        row = (
            await session.execute(text("SELECT * FROM app.credentials(:e)"), {"e": ada.email})
        ).one()
        assert list(row._mapping) == ["id", "hashed_password"]
        everyone = await session.execute(text("SELECT * FROM app.credentials('%')"))
        assert everyone.all() == []


def test_nobody_else_may_use_the_door(migrated: DatabaseUrls) -> None:
    engine = owner_engine(migrated.owner)
    with engine.connect() as connection:
        grants = connection.execute(
            text("SELECT proacl::text FROM pg_proc WHERE oid = 'app.credentials'::regproc")
        ).scalar_one()
    engine.dispose()
    assert not [grant for grant in grants.strip("{}").split(",") if grant.startswith("=")]
    assert f"{APP_ROLE}=X" in grants
