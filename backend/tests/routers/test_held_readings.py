"""Readings that cannot be what they say: asked about after the import, too, and back."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from app.database import Database
from app.postgres import DatabaseUrls
from tests.importers.apple_export import export, quantity
from tests.people import Account, register
from tests.queues import Queue, queue_over
from tests.routers.imports import brought, committed, previewed

HELD = "/api/readings/held"
EIGHT = dt.datetime(2026, 3, 11, 8, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@pytest.fixture
async def queue(live_urls: DatabaseUrls, live_database: Database) -> AsyncIterator[Queue]:
    async with queue_over(live_urls, live_database) as queue:
        yield queue


@pytest.fixture
async def person(live_client: AsyncClient) -> Account:
    return await register(live_client, "ada@example.com", timezone="Europe/Berlin")


def in_mmol(first: int = 0, last: int = 12) -> bytes:
    """Values in mmol/L that say mg/dL; some of them would pass for it."""
    return export(
        *(
            quantity("BloodGlucose", 5 + n / 2, "mg/dL", EIGHT + dt.timedelta(minutes=40 * n))
            for n in range(first, last)
        )
    )


async def held(person: Account) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.get(HELD)).json()["items"]
    return items


async def answered(person: Account, group: dict[str, Any], answer: str) -> dict[str, Any]:
    path = f"{HELD}/{group['id']}/answer"
    told = await person.put(path, json={"answer": answer})
    assert told.status_code == 200, told.text
    one: dict[str, Any] = told.json()
    return one


async def glucose(person: Account) -> list[float]:
    """Of the tracker's entries."""
    items = (await person.get("/api/chronic")).json()["items"]
    return sorted(float(row["blood_glucose_mgdl"]) for row in items)


async def test_they_are_kept_and_can_be_answered_for_later(person: Account, queue: Queue) -> None:
    one = await brought(person, queue, in_mmol(), name="meter.xml")
    assert (one["result"]["readings"], one["result"]["held"]) == (0, 12)
    assert await glucose(person) == []
    (group,) = await held(person)
    assert (group["file"], group["count"], group["guess"]) == ("meter.xml", 12, "mmol/L")
    assert (group["answer"], group["stored"]) == (None, 0)
    assert group["examples"][0]["value"] == 5
    done = await answered(person, group, "mmol/L")
    assert (done["answer"], done["stored"]) == ("mmol/L", 12)
    assert (await glucose(person))[0] == pytest.approx(90.1, abs=0.05)
    page = (await person.get("/api/readings", params={"kind": "glucose"})).json()
    assert page["original"][-1] == 5
    assert page["series"] == [{"source": group["source"], "unit": "mmol/L"}]


async def test_an_answer_is_taken_back_or_changed(person: Account, queue: Queue) -> None:
    await brought(person, queue, in_mmol())
    (group,) = await held(person)
    await answered(person, group, "mmol/L")
    undone = await person.delete(f"{HELD}/{group['id']}/answer")
    assert (undone.json()["answer"], undone.json()["stored"]) == (None, 0)
    assert await glucose(person) == []
    taken = await answered(person, group, "accept")
    assert taken["stored"] == 12
    assert len((await person.get("/api/readings", params={"kind": "glucose"})).json()["at"]) == 12
    left = await answered(person, group, "leave")
    assert (left["answer"], left["stored"]) == ("leave", 0)
    assert (await person.get("/api/readings", params={"kind": "glucose"})).json()["at"] == []


async def test_what_is_answered_later_is_what_is_answered_at_once(
    person: Account, queue: Queue, live_client: AsyncClient
) -> None:
    await brought(person, queue, in_mmol())
    (group,) = await held(person)
    await answered(person, group, "mmol/L")
    other = await register(live_client, "bob@example.com", timezone="Europe/Berlin")
    one = await previewed(other, queue, in_mmol())
    await committed(other, queue, one, **{one["preview"]["held"][0]["group"]: "mmol/L"})
    asked = {"kind": "glucose"}
    mine, theirs = [await who.get("/api/readings", params=asked) for who in (person, other)]
    assert mine.json() == theirs.json()
    assert await glucose(person) == await glucose(other)
    assert await held(other) == []


async def test_the_same_file_again_asks_nothing_again(person: Account, queue: Queue) -> None:
    await brought(person, queue, in_mmol())
    again = await brought(person, queue, in_mmol())
    assert (again["result"]["held"], again["batch_id"]) == (0, None)
    (group,) = await held(person)
    await answered(person, group, "mmol/L")
    overlapping = await brought(person, queue, in_mmol(0, 14))
    assert (overlapping["result"]["readings"], overlapping["result"]["held"]) == (0, 2)
    assert [one["count"] for one in await held(person)] == [2, 12]


async def test_what_was_left_out_at_once_is_not_kept(person: Account, queue: Queue) -> None:
    one = await previewed(person, queue, in_mmol())
    group = one["preview"]["held"][0]["group"]
    done = await committed(person, queue, one, **{group: "leave"})
    assert (done["result"]["held"], done["result"]["left_out"]) == (0, 12)
    assert await held(person) == []


async def test_only_values_that_can_be_are_read_in_another_unit(
    person: Account, queue: Queue
) -> None:
    odd = quantity("BloodGlucose", 5_000, "mg/dL", EIGHT - dt.timedelta(hours=1)).encode()
    await brought(person, queue, in_mmol().replace(b"</HealthData>", odd + b"</HealthData>"))
    (group,) = await held(person)
    done = await answered(person, group, "mmol/L")
    assert (done["count"], done["stored"]) == (13, 12)


async def test_a_batch_takes_its_held_readings_along(person: Account, queue: Queue) -> None:
    one = await brought(person, queue, in_mmol())
    (group,) = await held(person)
    await answered(person, group, "mmol/L")
    assert (await person.delete(f"/api/batches/{one['batch_id']}")).status_code == 204
    assert await held(person) == []
    assert await glucose(person) == []
    assert (await person.get("/api/readings", params={"kind": "glucose"})).json()["at"] == []


async def test_findings_follow(person: Account, queue: Queue) -> None:
    await brought(person, queue, in_mmol())
    (group,) = await held(person)
    await answered(person, group, "mmol/L")
    names = [name for name, _, _ in await queue.jobs()]
    assert "detect_days" in names
    await queue.work()
    assert "detect_days" not in [name for name, _, _ in await queue.jobs()]


async def test_a_strange_answer_is_refused(person: Account, queue: Queue) -> None:
    await brought(person, queue, in_mmol())
    (group,) = await held(person)
    for answer in ("kg", "parsecs", "mg/dl"):
        refused = await person.put(f"{HELD}/{group['id']}/answer", json={"answer": answer})
        assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (
            422,
            ["body", "answer"],
        )
