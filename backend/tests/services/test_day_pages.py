"""Kept daily values are what the entries say, whoever changes them, how, and in which order.

`WALKS=2000 STEPS=80` in the environment tries more.
"""

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as cases
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE, Catalogue
from app.database import Database, act_as
from app.postgres import DatabaseUrls
from app.services.day_batches import renew_together
from app.services.day_pages import read_days, renew_days
from tests.conftest import in_database_of
from tests.services.days import (
    BEFORE,
    FIRST,
    INSERTS,
    LAST,
    NOW,
    assert_true,
    batch,
    copy,
    from_entries,
    same_days,
    someone,
    write,
)

CI_WALKS = 8
WALKS = int(os.environ.get("WALKS", CI_WALKS))
STEPS = int(os.environ.get("STEPS", "25"))
ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles")
PEOPLE = 2

people = st.integers(0, PEOPLE - 1)
tables = st.sampled_from(sorted(INSERTS))
days = st.dates(FIRST - dt.timedelta(9), LAST + dt.timedelta(9))
values = st.integers(0, 50)
versions = st.sampled_from([NOW, BEFORE])


class World:
    """A database, and people in it."""

    def __init__(self, urls: DatabaseUrls, superuser: str) -> None:
        self.superuser = psycopg.connect(in_database_of(superuser, urls.owner), autocommit=True)
        self._runner = asyncio.Runner()
        self.run = self._runner.run
        self.database = Database(urls.app, pool_size=5, statement_timeout=30)
        self.people = [self.run(someone(self.database)) for _ in range(PEOPLE)]

    def close(self) -> None:
        self.superuser.close()
        self.run(self.database.close())
        self._runner.close()


@pytest.fixture
def world(make_migrated: Callable[[], DatabaseUrls], superuser: str) -> Iterator[World]:
    urls = make_migrated()
    world = World(urls, superuser)
    yield world
    world.close()


class Days(RuleBasedStateMachine):
    """Anything may happen between two steps of a transaction: one that writes and one that renews
    can stay open for as long as the walk likes."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.writing: tuple[AsyncExitStack, AsyncSession] | None = None
        self.renewing: tuple[AsyncExitStack, AsyncSession] | None = None
        self.batches: list[tuple[UUID, UUID]] = []

    def teardown(self) -> None:
        for held in (self.writing, self.renewing):
            if held is not None:
                self.world.run(_end(held, commit=True))
        for who in range(PEOPLE):
            for table in INSERTS:
                self._run(who, f"DELETE FROM {table}")  # noqa: S608
            self.all_is_true()

    @rule(who=people, table=tables, day=days, value=values, count=st.integers(1, 3))
    def write(self, who: int, table: str, day: dt.date, value: int, count: int) -> None:
        async def work(session: AsyncSession, user_id: UUID) -> None:
            for number in range(count):
                await write(session, user_id, table, day, value + number)

        self._as(who, work)

    @rule(who=people, table=st.sampled_from(["body_metrics", "food_entries"]), some=st.lists(days))
    def copy(self, who: int, table: str, some: list[dt.date]) -> None:
        copy(self.world.superuser, self.world.people[who], table, some)

    @rule(who=people, table=tables, day=days, to=days)
    def move(self, who: int, table: str, day: dt.date, to: dt.date) -> None:
        moved = f"UPDATE {table} SET date = :to WHERE date = :day"  # noqa: S608
        self._run(who, moved, day=day, to=to)

    @rule(who=people, day=days, value=values)
    def change(self, who: int, day: dt.date, value: int) -> None:
        changed = "UPDATE food_entries SET calories = :value WHERE date = :day"
        self._run(who, changed, day=day, value=value)

    @rule(who=people, table=tables, day=days, until=days)
    def remove(self, who: int, table: str, day: dt.date, until: dt.date) -> None:
        gone = f"DELETE FROM {table} WHERE date BETWEEN :day AND :until"  # noqa: S608
        self._run(who, gone, day=day, until=until)

    @rule(who=people, some=st.lists(st.tuples(tables, days, values), min_size=1, max_size=5))
    def write_a_batch(self, who: int, some: list[tuple[str, dt.date, int]]) -> None:
        async def work(session: AsyncSession, user_id: UUID) -> None:
            batch_id = await batch(session, user_id)
            for table, day, value in some:
                await write(session, user_id, table, day, value, batch_id=batch_id)
            self.batches.append((user_id, batch_id))

        self._as(who, work)

    @precondition(lambda self: self.batches)
    @rule()
    def remove_a_batch(self) -> None:
        user_id, batch_id = self.batches.pop()
        who = self.world.people.index(user_id)
        self._run(who, "DELETE FROM batches WHERE id = :id", id=batch_id)

    @rule(who=people, zone=st.sampled_from(ZONES))
    def move_house(self, who: int, zone: str) -> None:
        self._run(who, "UPDATE users SET timezone = :zone", zone=zone)

    @precondition(lambda self: self.writing is None)
    @rule(who=people, table=tables, day=days, value=values)
    def begin_to_write(self, who: int, table: str, day: dt.date, value: int) -> None:
        self.writing = self._begin(who)
        session = self.writing[1]
        self.world.run(write(session, self.world.people[who], table, day, value))

    @precondition(lambda self: self.writing is not None)
    @rule(commit=st.booleans())
    def end_writing(self, commit: bool) -> None:
        assert self.writing is not None
        self.world.run(_end(self.writing, commit=commit))
        self.writing = None

    @precondition(lambda self: self.renewing is None)
    @rule(who=people, version=versions, first=days, length=st.integers(0, 30))
    def renew(self, who: int, version: Catalogue, first: dt.date, length: int) -> None:
        last = first + dt.timedelta(length)

        async def work(session: AsyncSession, user_id: UUID) -> None:
            await renew_days(session, user_id, first, last, catalogue=version)

        self._as(who, work)

    @precondition(lambda self: self.renewing is None)
    @rule(who=people, version=versions)
    def begin_to_renew(self, who: int, version: Catalogue) -> None:
        self.renewing = self._begin(who)
        work = renew_days(self.renewing[1], self.world.people[who], FIRST, LAST, catalogue=version)
        self.world.run(work)

    @precondition(lambda self: self.renewing is not None)
    @rule(commit=st.booleans())
    def end_renewing(self, commit: bool) -> None:
        assert self.renewing is not None
        self.world.run(_end(self.renewing, commit=commit))
        self.renewing = None

    @precondition(lambda self: self.renewing is None)
    @rule(version=versions)
    def renew_everyone(self, version: Catalogue) -> None:
        async def work() -> None:
            async with self.world.database.session() as session:
                many = await renew_together(
                    session, self.world.people, FIRST, LAST, catalogue=version
                )
                for place, user_id in enumerate(self.world.people):
                    await act_as(session, user_id)
                    same_days(many.of(place), await from_entries(session, user_id, version))

        self.world.run(work())

    @invariant()
    def all_is_true(self) -> None:
        async def work() -> None:
            async with self.world.database.session() as session:
                for user_id in self.world.people:
                    for version in (NOW, BEFORE):
                        await assert_true(session, user_id, version)

        self.world.run(work())

    def _as(self, who: int, work: Callable[[AsyncSession, UUID], Any]) -> None:
        user_id = self.world.people[who]

        async def do() -> None:
            async with self.world.database.session(user_id) as session:
                await work(session, user_id)

        self.world.run(do())

    def _run(self, who: int, statement: str, **given: object) -> None:
        self._as(who, lambda session, _: session.execute(text(statement), given))

    def _begin(self, who: int) -> tuple[AsyncExitStack, AsyncSession]:
        async def begin() -> tuple[AsyncExitStack, AsyncSession]:
            stack = AsyncExitStack()
            opened = self.world.database.session(self.world.people[who])
            return stack, await stack.enter_async_context(opened)

        return self.world.run(begin())


async def _end(held: tuple[AsyncExitStack, AsyncSession], *, commit: bool) -> None:
    stack, session = held
    if not commit:
        await session.rollback()
    await stack.aclose()


def test_kept_days_are_true_whatever_happens(world: World) -> None:
    class Walk(Days):
        pass

    Walk.world = world
    run_state_machine_as_test(
        Walk,
        settings=cases(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=WALKS == CI_WALKS,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


async def test_kept_days_are_read_and_not_worked_out(live_database: Database) -> None:
    """Else the walk above would show nothing."""
    user_id = await someone(live_database)
    async with live_database.session(user_id) as session:
        await write(session, user_id, "body_metrics", FIRST, 30)
        await renew_days(session, user_id, FIRST, LAST, catalogue=NOW)
    async with live_database.session(user_id) as session:
        spoiled = "UPDATE day_pages SET cells = decode(repeat('00', length(cells)), 'hex')"
        await session.execute(text(spoiled))
        kept = await read_days(session, user_id, FIRST, LAST, catalogue=NOW)
        assert kept.column("weight")[0] == 0
        await write(session, user_id, "food_entries", FIRST, 500)
        kept = await read_days(session, user_id, FIRST, LAST, catalogue=NOW)
        assert kept.column("weight")[0] == 70


async def test_a_part_is_read_of_what_is_kept_and_of_what_is_not(live_database: Database) -> None:
    user_id = await someone(live_database)
    part = NOW.with_inputs([NOW["weight_change_7d"]])
    async with live_database.session(user_id) as session:
        for ago in range(0, 20, 3):
            await write(session, user_id, "body_metrics", LAST - dt.timedelta(ago), ago)
        plain = await from_entries(session, user_id, part)
        for until in (FIRST, FIRST + dt.timedelta(9), LAST):
            await renew_days(session, user_id, FIRST, until, catalogue=NOW)
            same_days(
                await read_days(session, user_id, FIRST, LAST, catalogue=NOW, wanted=part), plain
            )


async def test_writers_and_renewals_at_once(live_database: Database) -> None:
    """Of one person's days, for as long as it takes until all have had their turns: every reader
    finds pages and entries that agree, and nothing is lost at the end."""
    user_id, day = await someone(live_database), LAST - dt.timedelta(3)
    turns, renewed, read = 40, 0, 0
    busy = 4

    async def write_on(table: str) -> None:
        nonlocal busy
        for number in range(turns):
            async with live_database.session(user_id) as session:
                await write(session, user_id, table, day, number % 40)
                if number % 3 == 0:
                    gone = f"DELETE FROM {table} WHERE date = :day AND id IN (SELECT id FROM {table} LIMIT 1)"  # noqa: S608, E501
                    await session.execute(text(gone), {"day": day})
                await asyncio.sleep(0)
        busy -= 1

    async def renew_on() -> None:
        nonlocal renewed
        while busy:
            async with live_database.session(user_id) as session:
                await renew_days(session, user_id, FIRST, LAST, catalogue=NOW)
            renewed += 1

    async def read_on() -> None:
        nonlocal read
        while busy:
            async with live_database.session() as session:
                await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                await assert_true(session, user_id)
            read += 1

    writers = [write_on(t) for t in ("food_entries", "food_entries", "body_metrics")]
    writers.append(write_on("chronic_metrics"))
    await asyncio.gather(*writers, renew_on(), renew_on(), read_on(), read_on())
    assert renewed > 1
    assert read > 1
    async with live_database.session() as session:
        await assert_true(session, user_id)
        await renew_days(session, user_id, FIRST, LAST, catalogue=NOW)
        await assert_true(session, user_id)
        plain = await from_entries(session, user_id, NOW)
        assert plain.column("total_calories")[plain.days.index(day)] > 0


async def test_a_renewal_waits_for_no_writer_and_no_writer_for_it(live_database: Database) -> None:
    user_id = await someone(live_database)
    async with (
        live_database.session(user_id) as writing,
        live_database.session(user_id) as renewing,
        asyncio.timeout(60),
    ):
        await write(writing, user_id, "food_entries", FIRST, 100)
        await renew_days(renewing, user_id, FIRST, LAST, catalogue=NOW)
        await write(writing, user_id, "food_entries", FIRST, 100)
    async with live_database.session() as session:
        await assert_true(session, user_id)


async def test_many_people_are_read_at_once_and_apart(live_database: Database) -> None:
    people = [await someone(live_database) for _ in range(3)]
    for number, user_id in enumerate(people):
        async with live_database.session(user_id) as session:
            await write(session, user_id, "body_metrics", FIRST, number)
    async with live_database.session() as session:
        for _ in range(2):
            many = await renew_together(session, people, FIRST, LAST, catalogue=NOW)
            weights = [many.of(place).column("weight")[0] for place in range(3)]
            assert weights == [40, 41, 42]


async def test_the_whole_catalogue_has_a_statement_that_runs(live_database: Database) -> None:
    user_id = await someone(live_database)
    async with live_database.session(user_id) as session:
        await renew_days(session, user_id, FIRST, LAST, catalogue=CATALOGUE)
        await assert_true(session, user_id, CATALOGUE)
