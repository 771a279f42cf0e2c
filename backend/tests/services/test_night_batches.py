"""Nights of many people in one transaction leave what a run for each of them would leave."""

import datetime as dt
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.ml.strangeness import REFIT_DAYS
from app.postgres import DatabaseUrls
from app.services import detection_memory, stories
from app.services.authentication import person_of
from app.services.day_batches import renew_together
from app.services.day_pages import renew_days
from app.services.episode_keeping import take_turn
from app.services.night_batches import pass_over_quiet
from app.services.nights import Due, detect_chunk
from app.services.people import Person
from app.utils.identifiers import uuid7
from benchmarks.fleet.clinic import at
from tests.conftest import in_database_of
from tests.services.night_worlds import (
    AT,
    FIRST,
    LEFT,
    LUNCH,
    NIGHTS,
    PAUSES,
    World,
    opened,
    peopled,
    script,
)


@pytest.fixture
async def worlds(
    make_migrated: Callable[[], DatabaseUrls],
    copy_database: Callable[[str], DatabaseUrls],
    superuser: str,
    settings: Settings,
) -> AsyncIterator[list[World]]:
    """Three that are equal to the last row."""
    urls = make_migrated()
    assert await peopled(urls, superuser, settings)
    name = make_url(urls.owner).database or ""
    worlds = [opened(copy_database(name), superuser, settings) for _ in range(3)]
    yield worlds
    for world in worlds:
        await world.database.close()
        world.superuser.close()
        world.clinic.close()


@pytest.fixture
def passed_over() -> list[int]:
    """How many of each transaction were quiet."""
    return []


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch, passed_over: list[int]) -> Sequence[Callable[[], Any]]:
    """Together; one after the other; and so that nothing counts as settled and all is written."""

    async def nobody(*_: Any) -> set[UUID]:
        return set()

    async def together(*given: Any) -> set[UUID]:
        quiet = await pass_over_quiet(*given)
        passed_over.append(len(quiet))
        return quiet

    mark = detection_memory.settling_mark
    numbers = itertools.count()

    def way(quiet: Any, settling: Any) -> Callable[[], None]:
        made = itertools.count(1)

        def choose() -> None:
            monkeypatch.setattr(stories, "uuid7", lambda: UUID(int=next(made)))
            monkeypatch.setattr("app.services.nights.pass_over_quiet", quiet)
            monkeypatch.setattr(detection_memory, "settling_mark", settling)

        return choose

    return (
        way(together, mark),
        way(nobody, mark),
        way(nobody, lambda: str(next(numbers)).encode()),
    )


def _resting(number: int) -> list[int]:
    resting = [place for place, nights in PAUSES.items() if number in nights]
    return [place for place in resting if (place, number) != (9, LUNCH)]


async def test_leave_what_a_run_for_each_would_leave(
    worlds: list[World],
    passed_over: list[int],
    ways: Sequence[Callable[[], Any]],
) -> None:
    people = [row[0] for row in worlds[0].ask("SELECT id FROM users ORDER BY id")]
    happening = script()
    for number in range(1, NIGHTS):
        night = FIRST + dt.timedelta(number)
        moment = dt.datetime.combine(night, AT, dt.UTC)
        away = people[4:5] if number == 3 else ()
        late = dt.timedelta(hours=26 if number == 11 else 0)
        left = []
        for world, choose in zip(worlds, ways, strict=True):
            choose()
            world.clinic.log(night - dt.timedelta(1))
            with at(moment + late):
                for event, ids in happening.get(number, ()):
                    await event(world, people, night, ids)
                await world.night(moment, away=away)
            left.append(world.left([people[place] for place in _resting(number)]))
        for table in LEFT:
            assert left[1][table] == left[2][table], (night, table)
            assert left[0][table] == left[2][table], (night, table)
    assert left[0]["anomalies"]
    assert left[0]["episodes"]
    assert left[0]["deliveries"]
    assert sum(passed_over) > 2 * len(people)


QUIET_NIGHT = dt.date(2026, 3, 4)
assert QUIET_NIGHT.toordinal() % REFIT_DAYS > 1


@pytest.fixture
async def steady(
    live_urls: DatabaseUrls, live_database: Database, superuser: str
) -> AsyncIterator[tuple[psycopg.Connection, list[UUID]]]:
    """Four with a pulse that hardly changes, whose last night was the one before."""
    people = sorted(uuid7() for _ in range(4))
    before = QUIET_NIGHT - dt.timedelta(1)
    with psycopg.connect(in_database_of(superuser, live_urls.owner), autocommit=True) as all_rows:
        for user_id in people:
            account = (user_id, f"{user_id}@example.com")
            all_rows.execute(
                "INSERT INTO users (id, email, hashed_password) VALUES (%s, %s, '-')", account
            )
            all_rows.execute(_PULSES, {"user": user_id, "last": before - dt.timedelta(1)})
        with at(dt.datetime.combine(before, AT, dt.UTC)):
            due = [Due(user_id, before) for user_id in people]
            assert await detect_chunk(live_database, CATALOGUE, due) == len(people)
        for user_id in people:
            all_rows.execute(_PULSE, [user_id, before])
        yield all_rows, people


_PULSE = """
    INSERT INTO vital_signs (user_id, id, date, time_of_day, resting_heart_rate)
    VALUES (%s, gen_random_uuid(), %s, 'morning', 61)
"""
_PULSES = """
    INSERT INTO vital_signs (user_id, id, date, time_of_day, resting_heart_rate)
    SELECT %(user)s, gen_random_uuid(), %(last)s::date - n, 'morning', 60 + n %% 3
    FROM generate_series(0, 60) n
"""
Steady = tuple[psycopg.Connection, list[UUID]]


async def _passed_over(
    database: Database, people: Sequence[UUID], night: dt.date = QUIET_NIGHT
) -> set[UUID]:
    with at(dt.datetime.combine(night, AT, dt.UTC)):
        async with database.session() as session:
            return await pass_over_quiet(session, people, night, CATALOGUE)


def _done(all_rows: psycopg.Connection) -> list[UUID]:
    done = "SELECT id FROM users WHERE nightly_on = %s ORDER BY id"
    return [row[0] for row in all_rows.execute(done, [QUIET_NIGHT])]


async def test_t29_quiet_people_are_done_once(steady: Steady, live_database: Database) -> None:
    all_rows, people = steady
    assert await _passed_over(live_database, people) == set(people)
    assert _done(all_rows) == people
    assert await _passed_over(live_database, people) == set()


async def test_a_new_condition_costs_no_run(steady: Steady, live_database: Database) -> None:
    all_rows, people = steady
    for user_id, ago in zip(people, (0, 1), strict=False):
        all_rows.execute(_CONDITION, [user_id, QUIET_NIGHT - dt.timedelta(ago)])
    assert await _passed_over(live_database, people) == set(people)
    kept = all_rows.execute("SELECT conditions FROM detection_memories ORDER BY user_id")
    assert [row[0] for row in kept] == [
        {"diabetes": "2026-03-04"},
        {"diabetes": "2026-03-03"},
        {},
        {},
    ]


_CONDITION = """
    INSERT INTO chronic_metrics (user_id, id, date, time_of_day, condition_type, symptoms)
    VALUES (%s, gen_random_uuid(), %s, 'other', 'diabetes', 'x')
"""


async def test_who_has_logged_nothing_rests_until_they_do(
    steady: Steady, live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their memory stays where it is; whatever changes for one of them ends it."""
    all_rows, people = steady
    assert await _passed_over(live_database, people) == set(people)
    kept = all_rows.execute(_MEMORIES).fetchall()
    read: list[UUID] = []

    async def reading(session: AsyncSession, ids: Sequence[UUID], *given: Any, **named: Any) -> Any:
        read.extend(ids)
        return await renew_together(session, ids, *given, **named)

    monkeypatch.setattr("app.services.night_batches.renew_together", reading)
    for ago in range(1, 10):
        night = QUIET_NIGHT + dt.timedelta(ago)
        assert await _passed_over(live_database, people, night) == set(people)
        assert all_rows.execute(_MEMORIES).fetchall() == kept
    assert read == []
    all_rows.execute(_PULSE, [people[0], QUIET_NIGHT + dt.timedelta(4)])
    all_rows.execute(_PULSE, [people[1], QUIET_NIGHT])
    async with live_database.session(people[1]) as session:
        await renew_days(session, people[1], QUIET_NIGHT, QUIET_NIGHT, catalogue=CATALOGUE)
    all_rows.execute("UPDATE users SET alarm_budget = 'weekly' WHERE id = %s", [people[2]])
    night = QUIET_NIGHT + dt.timedelta(10)
    assert await _passed_over(live_database, people, night) == {people[3]}
    after_a_standstill = night + dt.timedelta(2)
    assert await _passed_over(live_database, people, after_a_standstill) == set()


_MEMORIES = "SELECT user_id, content FROM detection_memories ORDER BY user_id"


async def test_an_account_without_entries_rests_after_its_first_night(
    live_urls: DatabaseUrls, live_database: Database, superuser: str
) -> None:
    user_id = uuid7()
    with psycopg.connect(in_database_of(superuser, live_urls.owner), autocommit=True) as all_rows:
        account = "INSERT INTO users (id, email, hashed_password) VALUES (%s, 'new@x.org', '-')"
        all_rows.execute(account, [user_id])
    with at(dt.datetime.combine(QUIET_NIGHT, AT, dt.UTC)):
        assert await detect_chunk(live_database, CATALOGUE, [Due(user_id, QUIET_NIGHT)]) == 1
    night = QUIET_NIGHT + dt.timedelta(1)
    assert await _passed_over(live_database, [user_id], night) == {user_id}


async def test_whoever_is_busy_is_not_waited_for(steady: Steady, live_database: Database) -> None:
    _, people = steady
    async with AsyncExitStack() as busy:
        for user_id, hold in zip(people, (take_turn, _renew, _change), strict=False):
            session = await busy.enter_async_context(live_database.session(user_id))
            await hold(session, await person_of(session, user_id))
        assert await _passed_over(live_database, people) == set(people[3:])
    assert await _passed_over(live_database, people) == set(people[:3])


async def _renew(session: AsyncSession, person: Person) -> None:
    day = QUIET_NIGHT - dt.timedelta(1)
    await renew_days(session, person.id, day, day, catalogue=CATALOGUE)


async def _change(session: AsyncSession, person: Person) -> None:
    await session.execute(text("UPDATE users SET name = 'x' WHERE id = :id"), {"id": person.id})


async def test_where_it_fails_nothing_of_it_stays_and_each_has_a_run(
    steady: Steady, live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_rows, people = steady

    async def failing(*given: Any) -> set[UUID]:
        assert await pass_over_quiet(*given) == set(people)
        raise ValueError

    monkeypatch.setattr("app.services.nights.pass_over_quiet", failing)
    with at(dt.datetime.combine(QUIET_NIGHT, AT, dt.UTC)):
        due = [Due(user_id, QUIET_NIGHT) for user_id in people]
        assert await detect_chunk(live_database, CATALOGUE, due) == len(people)
    assert _done(all_rows) == people


async def test_a_database_that_is_away_stops_the_chunk(
    steady: Steady, live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_rows, people = steady

    async def losing(session: AsyncSession, *given: Any) -> set[UUID]:
        assert await pass_over_quiet(session, *given) == set(people)
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
        all_rows.execute("SELECT pg_terminate_backend(%s)", [pid])
        await session.execute(text("SELECT 1"))
        return set(people)

    monkeypatch.setattr("app.services.nights.pass_over_quiet", losing)
    with at(dt.datetime.combine(QUIET_NIGHT, AT, dt.UTC)):
        due = [Due(user_id, QUIET_NIGHT) for user_id in people]
        with pytest.raises(SQLAlchemyError):
            await detect_chunk(live_database, CATALOGUE, due)
    assert _done(all_rows) == []


async def test_one_persons_turn_shows_nothing_of_another(
    steady: Steady, live_database: Database
) -> None:
    """Whoever comes last, the session sees that person's rows alone."""
    _, people = steady
    with at(dt.datetime.combine(QUIET_NIGHT, AT, dt.UTC)):
        async with live_database.session() as session:
            await pass_over_quiet(session, people, QUIET_NIGHT, CATALOGUE)
            seen = await session.scalars(text("SELECT DISTINCT user_id FROM vital_signs"))
            assert len(seen.all()) == 1
