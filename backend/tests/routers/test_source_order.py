"""Entries that follow from readings follow the order of sources, in either direction."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from app.database import Database
from app.postgres import DatabaseUrls
from tests.importers.apple_export import PHONE, export, quantity, sleep
from tests.people import Account, register
from tests.queues import Queue, queue_over
from tests.routers.imports import brought

SOURCES = "/api/readings/sources"
NOON = dt.datetime(2026, 3, 11, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
DAYS = 70  # more than are worked off at once


@pytest.fixture
async def queue(live_urls: DatabaseUrls, live_database: Database) -> AsyncIterator[Queue]:
    async with queue_over(live_urls, live_database) as queue:
        yield queue


@pytest.fixture
async def person(live_client: AsyncClient) -> Account:
    return await register(live_client, "ada@example.com", timezone="Europe/Berlin")


def two_sources() -> bytes:
    lines = []
    for n in range(DAYS):
        noon = NOON - dt.timedelta(days=n)
        lines += [
            quantity("RestingHeartRate", 50 + n % 7, "count/min", noon),
            quantity("RestingHeartRate", 70 + n % 5, "count/min", noon, 0, PHONE),
            quantity("BodyMass", 70, "kg", noon),
            sleep("AsleepCore", noon - dt.timedelta(hours=12), 420),
            sleep("AsleepCore", noon - dt.timedelta(hours=13), 500, PHONE),
        ]
    return export(*lines)


async def entries(person: Account) -> dict[str, list[dict[str, Any]]]:
    """All that says what is so, and not when it was stored."""
    found = {}
    for tracker in ("vitals", "sleep", "body"):
        rows = (await person.get(f"/api/{tracker}", params={"limit": 100})).json()["items"]
        found[tracker] = [
            {k: v for k, v in row.items() if k not in ("created_at", "updated_at")} for row in rows
        ]
    return found


async def ordered(person: Account, *order: str) -> None:
    told = await person.put(SOURCES, json={"order": list(order)})
    assert told.status_code == 200, told.text


async def test_stored_days_follow_the_order_there_and_back(person: Account, queue: Queue) -> None:
    await brought(person, queue, two_sources())
    names = (await person.get(SOURCES)).json()["order"]
    assert names[-1] == PHONE
    before = await entries(person)
    assert before["vitals"][0]["resting_heart_rate"] == 50
    await ordered(person, PHONE)
    await queue.work()
    after = await entries(person)
    assert [row["resting_heart_rate"] for row in after["vitals"]] == [
        70 + n % 5 for n in range(DAYS)
    ]
    assert [row["duration_hours"] for row in after["sleep"]] == DAYS * [
        pytest.approx(500 / 60, abs=1e-4)
    ]
    assert after["body"] == before["body"], "one source, nothing to decide"
    await ordered(person)
    await queue.work()
    assert await entries(person) == before


async def test_what_its_owner_changed_stays_and_the_batch_still_takes_all_back(
    person: Account, queue: Queue
) -> None:
    one = await brought(person, queue, two_sources())
    mine, other = (await person.get("/api/vitals")).json()["items"][:2]
    wanted = {"date": mine["date"], "time_of_day": "morning", "resting_heart_rate": 61}
    changed = await person.put(f"/api/vitals/{mine['id']}", json=wanted)
    assert changed.status_code == 200, changed.text
    await ordered(person, PHONE)
    await queue.work()
    told = {row["id"]: row for row in (await person.get("/api/vitals")).json()["items"]}
    assert told[mine["id"]]["resting_heart_rate"] == 61
    assert told[other["id"]]["resting_heart_rate"] == 71
    assert told[other["id"]]["batch_id"] == one["batch_id"]
    assert (await person.delete(f"/api/batches/{one['batch_id']}")).status_code == 204
    assert [rows for rows in (await entries(person)).values() if rows] == []


async def test_the_same_order_asks_for_no_work(person: Account, queue: Queue) -> None:
    await brought(person, queue, two_sources())
    order = (await person.get(SOURCES)).json()["order"]
    await ordered(person, *order)
    assert "rework_readings" not in [name for name, _, _ in await queue.jobs()]
