"""How many entries one may hold, and how many one request may bring (T38)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.config import Settings
from app.database import Database
from tests.conftest import RolledBackDatabase, client_of
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import Account, register
from tests.routers.test_auth import assert_problem

MOST = 5
SLEEP = next(tracker for tracker in TRACKERS if tracker.key == "sleep")


@asynccontextmanager
async def someone(database: Database, **limits: Any) -> AsyncIterator[Account]:
    limits = {"entries_per_user": MOST, "mock_data_enabled": True} | limits
    async with client_of(database, Settings(_env_file=None, **limits)) as client:
        yield await register(client, "ada@example.com")


async def log(account: Account, tracker: TrackerCase = SLEEP) -> str:
    made = await account.post(tracker.path, json=tracker.example())
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def count(account: Account) -> int:
    return sum([len((await account.get(tracker.path)).json()["items"]) for tracker in TRACKERS])


async def test_t38_who_is_full_logs_nothing_more_in_any_tracker(database: Database) -> None:
    async with someone(database) as account:
        for tracker in TRACKERS[:MOST]:
            await log(account, tracker)
        for tracker in TRACKERS:
            for path, body in (
                (tracker.path, tracker.example()),
                (f"{tracker.path}/bulk", [tracker.example()]),
            ):
                refused = await account.post(path, json=body)
                assert_problem(refused, 403)
                assert refused.json()["title"] == "No room left"
                assert str(MOST) in refused.json()["detail"]
        assert_problem(await account.post("/api/mock/generate", json={"days": 1}), 403)
        assert await count(account) == MOST


async def test_t38_deleting_makes_room(database: Database) -> None:
    async with someone(database) as account:
        ids = [await log(account) for _ in range(MOST)]
        assert_problem(await account.post(SLEEP.path, json=SLEEP.example()), 403)
        await account.put(f"{SLEEP.path}/{ids[0]}", json=SLEEP.example())
        assert (await account.delete(f"{SLEEP.path}/{ids[0]}")).status_code == 204
        await log(account)
        assert_problem(await account.post(SLEEP.path, json=SLEEP.example()), 403)


async def test_t38_removing_a_batch_makes_room(database: Database) -> None:
    async with someone(database) as account:
        made = (await account.post("/api/mock/generate", json={"days": 5})).json()
        assert_problem(await account.post(SLEEP.path, json=SLEEP.example()), 403)
        await account.delete(f"/api/batches/{made['id']}")
        await log(account)


async def test_t38_a_larger_quota_holds_at_once(database: Database) -> None:
    async with someone(database) as account:
        for _ in range(MOST):
            await log(account)
        assert_problem(await account.post(SLEEP.path, json=SLEEP.example()), 403)
        settings = Settings(_env_file=None, entries_per_user=MOST + 1)
        async with client_of(database, settings) as client:
            later = Account(client, account.email, account.access_token, account.refresh_token)
            await log(later)
            assert_problem(await later.post(SLEEP.path, json=SLEEP.example()), 403)


async def test_t38_one_persons_quota_is_not_anothers(database: Database) -> None:
    async with someone(database) as account:
        for _ in range(MOST):
            await log(account)
        other = await register(account.client, "other@example.com")
        await log(other)


async def test_t38_a_large_write_is_always_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.quota.COUNTS_PER_QUOTA", 10)
    monkeypatch.setattr("app.services.quota.secrets.randbelow", lambda below: below - 1)
    async with someone(database, entries_per_user=100) as account:
        for rows in (90, 10):
            nights = [SLEEP.example()] * rows
            stored = await account.post(f"{SLEEP.path}/bulk", json=nights)
            assert stored.json()["created"] == rows
        assert_problem(await account.post(SLEEP.path, json=SLEEP.example()), 403)


async def test_t38_few_writes_count_what_is_there(
    database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    async with someone(database, entries_per_user=1_000_000) as account:
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        monkeypatch.setattr("app.services.quota.secrets.randbelow", lambda below: below - 1)
        await log(account)
        seldom = len(statements)
        assert not [statement for statement in statements if "count(" in statement]
        monkeypatch.setattr("app.services.quota.secrets.randbelow", lambda _: 0)
        await log(account)
    counted = [statement for statement in statements[seldom:] if "count(" in statement]
    assert len(counted) == 1


async def test_t38_a_request_brings_only_so_many(database: Database) -> None:
    async with someone(database, bulk_entries=3) as account:
        for tracker in TRACKERS:
            refused = await account.post(f"{tracker.path}/bulk", json=[tracker.example()] * 4)
            assert_problem(refused, 422)
            (error,) = refused.json()["errors"]
            assert (error["loc"], error["msg"]) == (["body"], "send at most 3 at once")
        assert await count(account) == 0
        three = await account.post(f"{SLEEP.path}/bulk", json=[SLEEP.example()] * 3)
        assert three.json()["created"] == 3
