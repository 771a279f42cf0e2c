"""The tables can be split by user: each key holds the user, and each hot query meets one part."""

import datetime as dt
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Connection, event, text

from app.config import Settings
from app.database import Database
from app.migrations import upgrade
from app.models import ENTRY_MODELS, Base
from app.postgres import DatabaseUrls
from app.prepared import Prepared, Row, Values
from tests.conftest import client_of
from tests.contracts.trackers import TRACKERS
from tests.folders import PATIENCE
from tests.partitioned import GLOBAL, partition
from tests.people import Account, register

PARTS = 4
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "citus.sql"
KEYS = """
    SELECT c.relname, EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
        AND a.attnum = ANY (i.indkey::smallint[]) AND a.attname = 'user_id'
    ) AS holds
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
"""
REFERENCES = """
    SELECT k.conname, EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
        AND a.attnum = ANY (k.conkey) AND a.attname = 'user_id'
    ) AS holds
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
"""
HOT = (
    *(tracker.path for tracker in TRACKERS),
    "/api/nutrition/daily-summary",
    "/api/sleep/stats",
    "/api/exercise/weekly-summary",
    "/api/dashboard",
    "/api/anomalies",
    "/api/episodes",
)


async def test_every_unique_key_holds_the_user(database: Database) -> None:
    async with database.session() as session:
        keys = (await session.execute(text(KEYS))).all()
    assert len(keys) > len(ENTRY_MODELS)
    assert {key.relname for key in keys if not key.holds} == set(GLOBAL)


async def test_every_reference_holds_the_user(database: Database) -> None:
    async with database.session() as session:
        references = (await session.execute(text(REFERENCES))).all()
    assert len(references) > len(ENTRY_MODELS)
    assert [reference.conname for reference in references if not reference.holds] == []


def test_the_script_for_citus_names_every_table() -> None:
    script = SCRIPT.read_text()
    distributed = re.findall(r"create_distributed_table\('(\w+)', 'user_id'", script)
    shared = re.findall(r"create_reference_table\('(\w+)'\)", script)
    owned = {name for name, table in Base.metadata.tables.items() if "user_id" in table.c}
    assert sorted(distributed) == sorted(owned)
    wanted = [name for name, how in GLOBAL.items() if how == "reference"]
    assert sorted(shared) == sorted(set(wanted) - {"alembic_version"})


@pytest.fixture
async def split(make_database: Callable[[], DatabaseUrls]) -> AsyncIterator[Database]:
    """A database of its own whose tables are in parts."""
    urls = make_database()
    upgrade(urls.owner)
    partition(urls.owner, PARTS)
    database = Database(urls.app, pool_size=4, statement_timeout=PATIENCE)
    yield database
    await database.close()


@pytest.fixture
async def person(split: Database, settings: Settings) -> AsyncIterator[Account]:
    async with client_of(split, settings) as client:
        yield await _with_entries(client)


async def _with_entries(client: AsyncClient) -> Account:
    person = await register(client, "ada@example.com")
    for tracker in TRACKERS:
        assert (await person.post(tracker.path, json=tracker.example())).status_code == 201
    return person


async def test_each_hot_query_meets_one_part_of_each_table(
    split: Database, person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_: Connection, cursor: Any, statement: str, given: Any, *rest: object) -> None:
        asked.append((statement, given))

    prepared: list[tuple[Prepared, Values]] = []
    fetch = split.fetch

    async def noting(statement: Prepared, values: Values) -> list[Row]:
        prepared.append((statement, values))
        return await fetch(statement, values)

    monkeypatch.setattr(split, "fetch", noting)
    event.listen(split.engine.sync_engine, "before_cursor_execute", note)
    for path in HOT:
        assert (await person.get(path)).status_code == 200, path
    today = {"last": str(dt.datetime.now(dt.UTC).date())}
    assert (await person.post("/api/anomalies/detect", json=today)).status_code == 200
    event.remove(split.engine.sync_engine, "before_cursor_execute", note)
    user_id = (await person.get("/api/auth/me")).json()["id"]
    tables = {name for name, table in Base.metadata.tables.items() if "user_id" in table.c}
    reads = [one for one in asked if re.match(r"\s*(SELECT|WITH)\b", one[0])]
    met = [await _parts_met(split, user_id, *one) for one in reads]
    met += [_told(await fetch(*_explained(*one))) for one in prepared]
    assert sum(map(len, met)) > len(HOT)
    for statement, parts in zip([*reads, *prepared], met, strict=True):
        by_table = {name: {p for p in parts if p.rpartition("_")[0] == name} for name in tables}
        many = {name for name, some in by_table.items() if len(some) > 1}
        assert not many, statement[0]


async def _parts_met(split: Database, user_id: str, statement: str, given: Any) -> set[str]:
    """The parts that are really looked into: a plan may name those that it prunes at run time."""
    async with split.engine.connect() as connection:
        await connection.execute(text(f"SET app.user_id = '{user_id}'"))
        plan = await connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given or None
        )
        return set(_relations(plan.scalar_one()))


def _explained(statement: Prepared, values: Values) -> tuple[Prepared, Values]:
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}"
    return Prepared(f"explain {statement.name}", explain), values


def _told(rows: list[Row]) -> set[str]:
    (row,) = rows
    return set(_relations(json.loads(row[0] or b"")))


def _relations(plan: Any) -> list[str]:
    if isinstance(plan, list):
        return [name for part in plan for name in _relations(part)]
    if not isinstance(plan, dict):
        return []
    looked = plan.get("Actual Loops", 1) > 0
    own = [plan["Relation Name"]] if looked and "Relation Name" in plan else []
    return own + [name for part in plan.values() for name in _relations(part)]
