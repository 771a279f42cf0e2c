"""What was answered about a table once holds for the next of its kind."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from app.database import Database
from app.postgres import DatabaseUrls
from tests.people import Account, register
from tests.queues import Queue, queue_over
from tests.routers.imports import IMPORTS, brought, committed, previewed, state

TEMPLATES = f"{IMPORTS}/templates"
HEADER = "Date;Weight;Feeling"
JANUARY = f"{HEADER}\n02/01/2024;160;7\n03/01/2024;161;8\n".encode()
MAY = f"{HEADER}\r\n04/05/2024;162;6\r\n05/05/2024;163;6\r\n".encode()
SAID = {"day_first": True, "units": {"Weight": "[lb_av]"}, "mapping": {"Feeling": "-"}}


@pytest.fixture
async def queue(live_urls: DatabaseUrls, live_database: Database) -> AsyncIterator[Queue]:
    async with queue_over(live_urls, live_database) as queue:
        yield queue


@pytest.fixture
async def person(live_client: AsyncClient) -> Account:
    return await register(live_client, "ada@example.com")


async def templates(person: Account) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.get(TEMPLATES)).json()["items"]
    return items


async def test_answers_hold_for_the_next_table_of_the_same_header(
    person: Account, queue: Queue
) -> None:
    first = await previewed(person, queue, JANUARY, name="january.csv")
    assert {q["option"] for q in first["preview"]["questions"]} >= {"day_first", "units.Weight"}
    assert first["preview"]["template"] is None
    again = await person.post(f"{IMPORTS}/{first['id']}/read", json=SAID)
    assert again.status_code == 202, again.text
    await queue.work()
    await committed(person, queue, await state(person, first))
    (kept,) = await templates(person)
    assert (kept["name"], kept["options"]) == ("january.csv", SAID)
    second = await previewed(person, queue, MAY, name="may.csv")
    preview = second["preview"]
    assert preview["template"] == {"id": kept["id"], "name": "january.csv"}
    assert preview["questions"] == []
    assert preview["readings"][0]["unit"] == "[lb_av]"
    assert preview["first"].startswith("2024-05-0")
    await committed(person, queue, second)
    weights = [row["weight_kg"] for row in (await person.get("/api/body")).json()["items"]]
    assert weights == pytest.approx([73.94, 73.48, 73.03, 72.57], abs=0.01)


async def test_what_is_said_now_goes_first_and_is_kept(person: Account, queue: Queue) -> None:
    await brought(person, queue, JANUARY, name="january.csv", **SAID)
    second = await previewed(person, queue, MAY, units={"Weight": "kg"})
    assert second["preview"]["readings"][0]["unit"] == "kg"
    await committed(person, queue, second)
    (kept,) = await templates(person)
    assert kept["options"] == SAID | {"units": {"Weight": "kg"}}


async def test_a_table_can_be_read_without_it(person: Account, queue: Queue) -> None:
    await brought(person, queue, JANUARY, **SAID)
    second = await previewed(person, queue, MAY, template=False)
    assert second["preview"]["template"] is None
    assert second["preview"]["questions"] != []


async def test_another_header_and_another_person_are_asked(
    person: Account, queue: Queue, live_client: AsyncClient
) -> None:
    await brought(person, queue, JANUARY, **SAID)
    other = MAY.replace(b"Feeling", b"Mood")
    assert (await previewed(person, queue, other))["preview"]["template"] is None
    stranger = await register(live_client, "bob@example.com")
    assert (await previewed(stranger, queue, MAY))["preview"]["template"] is None


async def test_a_template_is_renamed_and_forgotten(person: Account, queue: Queue) -> None:
    await brought(person, queue, JANUARY, **SAID)
    (kept,) = await templates(person)
    path = f"{TEMPLATES}/{kept['id']}"
    assert (await person.put(path, json={"name": "Scales"})).json()["name"] == "Scales"
    assert (await previewed(person, queue, MAY))["preview"]["template"]["name"] == "Scales"
    assert (await person.delete(path)).status_code == 204
    assert (await person.delete(path)).status_code == 404
    assert await templates(person) == []
    assert (await previewed(person, queue, MAY))["preview"]["template"] is None
