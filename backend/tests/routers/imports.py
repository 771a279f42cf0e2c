"""Bringing a file in, as a client does."""

from typing import Any

from tests.people import Account
from tests.queues import Queue

IMPORTS = "/api/imports"
Told = dict[str, Any]


async def sent(person: Account, content: bytes, name: str = "file", **options: Any) -> Told:
    """Announced, and sent in two parts."""
    body = {"name": name, "bytes": len(content), "options": options}
    made = await person.post(IMPORTS, json=body)
    assert made.status_code == 201, made.text
    path, half = f"{IMPORTS}/{made.json()['id']}/content", len(content) // 2
    for start, part in ((0, content[:half]), (half, content[half:])):
        answer = await person.put(path, params={"start": start}, content=part)
        assert answer.status_code == 200, answer.text
    told: Told = answer.json()
    return told


async def state(person: Account, one: Told) -> Told:
    answer = await person.get(f"{IMPORTS}/{one['id']}")
    assert answer.status_code == 200, answer.text
    told: Told = answer.json()
    return told


async def previewed(person: Account, queue: Queue, content: bytes, **options: Any) -> Told:
    one = await sent(person, content, **options)
    await queue.work()
    told = await state(person, one)
    assert told["status"] == "ready", told
    return told


async def committed(person: Account, queue: Queue, one: Told, **answers: str) -> Told:
    answer = await person.post(f"{IMPORTS}/{one['id']}/commit", json={"answers": answers})
    assert answer.status_code == 202, answer.text
    await queue.work()
    told = await state(person, one)
    assert told["status"] == "committed", told
    return told


async def brought(person: Account, queue: Queue, content: bytes, **options: Any) -> Told:
    """Sent, read and stored."""
    return await committed(person, queue, await previewed(person, queue, content, **options))
