"""Nightly detection: each in their own night, once, planned in chunks and not in rows (T29)."""

import datetime as dt
import itertools
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.catalog import CATALOGUE
from app.database import Database
from app.postgres import DatabaseUrls
from app.services import nights
from app.services.detection import DetectionService
from app.services.nights import ChunkError, Due, detect_chunk, night_of, zones_due
from app.utils.identifiers import uuid7
from crash.fleet import add_people
from tests.conftest import in_database_of
from tests.queues import Queue, queue_over

NOON = dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)


@pytest.fixture
def everybody(superuser: str, live_urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """Past row-level security."""
    with psycopg.connect(in_database_of(superuser, live_urls.owner), autocommit=True) as connection:
        yield connection


@pytest.fixture
async def queue(live_urls: DatabaseUrls, live_database: Database) -> AsyncIterator[Queue]:
    async with queue_over(live_urls, live_database) as queue:
        yield queue


def count(everybody: psycopg.Connection, statement: str) -> int:
    row = everybody.execute(statement.encode()).fetchone()
    return int(row[0]) if row else -1


@pytest.mark.parametrize(
    ("zone", "instant", "night"),
    [
        ("UTC", "2026-03-12T02:59", dt.date(2026, 3, 11)),
        ("UTC", "2026-03-12T03:00", dt.date(2026, 3, 12)),
        ("Asia/Kathmandu", "2026-03-11T21:14", dt.date(2026, 3, 11)),
        ("Asia/Kathmandu", "2026-03-11T21:15", dt.date(2026, 3, 12)),
        ("America/Los_Angeles", "2026-03-12T09:59", dt.date(2026, 3, 11)),
        ("America/Los_Angeles", "2026-03-12T10:00", dt.date(2026, 3, 12)),
    ],
)
def test_a_night_begins_at_three_in_the_persons_own_zone(
    zone: str, instant: str, night: dt.date
) -> None:
    assert night_of(dt.datetime.fromisoformat(f"{instant}+00:00"), zone) == night


def test_in_a_day_each_zone_is_due_once() -> None:
    zones = ("UTC", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati")
    ticks = [NOON + dt.timedelta(minutes=15 * n) for n in range(97)]
    due = [
        zone
        for since, until in itertools.pairwise(ticks)
        for zone in zones_due(zones, since, until)
    ]
    assert sorted(due) == sorted(zones)


def test_who_was_away_for_days_is_due_once() -> None:
    assert zones_due(["UTC"], NOON - dt.timedelta(days=9), NOON) == ["UTC"]


async def test_everybodys_night_is_found_once_and_is_news(
    everybody: psycopg.Connection, queue: Queue
) -> None:
    people = add_people(everybody, 6)
    at = dt.datetime.now(dt.UTC)
    assert await queue.plan(at, size=4) == 2
    assert await queue.plan(at) == 0
    await queue.work()
    assert await queue.jobs() == []
    assert count(everybody, "SELECT count(*) FROM users WHERE nightly_on IS NULL") == 0
    found = "SELECT count(DISTINCT user_id) FROM anomalies WHERE metric_name = 'resting_hr'"
    assert count(everybody, found) == len(people)
    news = "SELECT count(DISTINCT user_id) FROM episodes WHERE notified_at IS NULL"
    assert count(everybody, news) == len(people)


async def test_a_chunk_that_is_begun_again_does_only_what_is_left(
    everybody: psycopg.Connection, live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = add_people(everybody, 3)
    today = dt.datetime.now(dt.UTC).date()
    due = [Due(person, today) for person in people]
    detected: list[UUID] = []
    detect = DetectionService.detect

    async def counted(self: DetectionService, first: dt.date, last: dt.date) -> object:
        detected.append(self._person.id)
        return await detect(self, first, last)

    monkeypatch.setattr(DetectionService, "detect", counted)
    assert await detect_chunk(live_database, CATALOGUE, due[:1]) == 1
    assert await detect_chunk(live_database, CATALOGUE, due) == 2
    assert await detect_chunk(live_database, CATALOGUE, due) == 0
    assert detected == people


async def test_one_who_fails_does_not_keep_the_others_waiting(
    everybody: psycopg.Connection,
    live_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    people = add_people(everybody, 3)
    today = dt.datetime.now(dt.UTC).date()
    detect, told = DetectionService.detect, "a pulse of 95"

    async def failing(self: DetectionService, first: dt.date, last: dt.date) -> object:
        if self._person.id == people[1]:
            raise ValueError(told)
        return await detect(self, first, last)

    monkeypatch.setattr(DetectionService, "detect", failing)
    with pytest.raises(ChunkError, match="1 of 3"):
        await detect_chunk(live_database, CATALOGUE, [Due(person, today) for person in people])
    assert count(everybody, "SELECT count(*) FROM users WHERE nightly_on IS NULL") == 1
    assert "95" not in caplog.text
    assert "ValueError" in caplog.text


async def test_whoever_is_gone_is_passed_over(live_database: Database) -> None:
    gone = UUID("01900000-0000-7000-8000-000000000000")
    assert await detect_chunk(live_database, CATALOGUE, [Due(gone, NOON.date())]) == 0


async def test_the_queue_holds_ids_and_times_alone(
    everybody: psycopg.Connection, queue: Queue
) -> None:
    add_people(everybody, 2)
    await queue.plan(NOON)
    ((task, _, arguments),) = await queue.jobs()
    assert task == "night"
    assert set(arguments) == {"at", "zones", "first", "stop"}


async def test_a_hundred_thousand_people_are_planned_in_few_chunks(
    everybody: psycopg.Connection, queue: Queue
) -> None:
    """A million in benchmarks/fleet; here, that memory follows the chunks and not the people."""
    everybody.execute(
        "INSERT INTO users (id, email, hashed_password, timezone)"
        " SELECT gen_random_uuid(), n || '@example.com', '-',"
        " (ARRAY['UTC', 'Europe/Berlin'])[1 + n % 2] FROM generate_series(1, 100000) n"
    )
    tracemalloc.start()
    chunks = await queue.plan(NOON)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert chunks == 100_000 // nights.PEOPLE_A_CHUNK
    assert most < 20_000_000


async def test_chunks_hold_everybody_once(everybody: psycopg.Connection, queue: Queue) -> None:
    people = add_people(everybody, 23)
    async with queue.pool.connection() as owner:
        chunks = await nights.chunks_due(owner, None, NOON, size=5)
        members = [
            due.user_id for chunk in chunks for due in await nights.members_due(owner, chunk)
        ]
    assert len(chunks) == 5
    assert sorted(members) == sorted(people)


async def test_the_application_cannot_look_into_the_queue(live_database: Database) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with live_database.session() as session:
            await session.execute(text("SELECT * FROM queue.procrastinate_jobs"))


@pytest.mark.parametrize(
    ("task", "mine"), [("word", False), ("night", True), ("plan_nights", True)]
)
async def test_work_is_asked_for_by_whom_it_is_for_and_of_few_kinds(
    live_database: Database, task: str, mine: bool
) -> None:
    asker, other = uuid7(), uuid7()
    wanted = {"task": task, "arguments": f'{{"user_id": "{asker if mine else other}"}}'}
    statement = text("SELECT app.enqueue(:task, CAST(:arguments AS jsonb), 0, NULL)")
    with pytest.raises(ProgrammingError, match="not for you to ask for"):
        async with live_database.session(asker) as session:
            await session.execute(statement, wanted)
