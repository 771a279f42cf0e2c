"""Statements sent together in a session's transaction: all of them count, or none."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.types.json import Json
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.database import Database, prepared, prepared_together, translate
from app.errors import InvalidInputError, UnavailableError
from app.pipelines import run_together
from app.postgres import DatabaseUrls
from app.prepared import Prepared, RefusedError
from tests.conftest import in_database_of
from tests.folders import PATIENCE

SAY = b"select $1::text, $2::int, $3::date, $4::uuid, $5::bytea, $6::json, $7::text[], null"
DIVIDE = b"select 1 / $1::int"
TABLE = b"create temporary table said (word text) on commit preserve rows"
INSERT = b"insert into said values ($1)"
COUNT = b"select count(*) from said"
KNOWN = b"select count(*) from pg_prepared_statements where statement = $1"
WHO = b"select pg_backend_pid()"
KEPT = b"select word from kept"
SLEEP = b"select pg_sleep($1)"


async def by_pipeline(database: Database) -> object:
    async with database.session() as session:
        return await prepared(session, KEPT, [])


async def by_sqlalchemy(database: Database) -> object:
    async with database.session() as session:
        return await session.scalar(text(KEPT.decode()))


async def by_link(database: Database) -> object:
    return await database.fetch(Prepared("kept", KEPT.decode()), [])


async def connected(urls: DatabaseUrls) -> AsyncConnection:
    return await AsyncConnection.connect(urls.app.replace("+psycopg", ""))


async def test_values_go_and_come_back(live_database: Database) -> None:
    given = ["é", 7, dt.date(2026, 2, 28), uuid4(), b"\0\xff", Json({"a": [1]}), ["x", "y"]]
    async with live_database.session() as session:
        ((row,), nothing) = await prepared_together(session, (SAY, given), (TABLE, []))
    assert row == (*given[:5], {"a": [1]}, ["x", "y"], None)
    assert nothing == []


async def test_they_begin_a_transaction_where_there_is_none(live_urls: DatabaseUrls) -> None:
    async with await connected(live_urls) as connection:
        await run_together(connection, [(TABLE, []), (INSERT, ["a"])])
        await connection.commit()
        await run_together(connection, [(INSERT, ["b"]), (INSERT, ["c"])])
        assert await run_together(connection, [(COUNT, [])]) == [[(3,)]]
        await connection.rollback()
        assert await run_together(connection, [(COUNT, [])]) == [[(1,)]]


async def test_after_a_failure_nothing_is_carried_out(live_urls: DatabaseUrls) -> None:
    async with await connected(live_urls) as connection:
        await run_together(connection, [(TABLE, [])])
        await connection.commit()
        with pytest.raises(psycopg.errors.DivisionByZero):
            await run_together(connection, [(INSERT, ["a"]), (DIVIDE, [0]), (INSERT, ["b"])])
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            await run_together(connection, [(COUNT, [])])
        await connection.rollback()
        assert await run_together(connection, [(COUNT, []), (DIVIDE, [1])]) == [[(0,)], [(1,)]]


async def test_a_value_that_cannot_be_sent_leaves_the_connection_usable(
    live_database: Database,
) -> None:
    async with live_database.session() as session:
        with pytest.raises(DBAPIError) as failure:
            await prepared_together(session, (DIVIDE, [1]), (INSERT, ["\0"]))
        assert isinstance(translate(failure.value), InvalidInputError)
        assert await prepared(session, DIVIDE, [1]) == [(1,)]


async def test_a_statement_is_prepared_once_whoever_sends_it(live_urls: DatabaseUrls) -> None:
    async with await connected(live_urls) as connection:
        for _ in range(3):
            await run_together(connection, [(DIVIDE, [1]), (DIVIDE, [1])])
        async with psycopg.AsyncRawCursor(connection) as cursor:
            await cursor.execute(DIVIDE, [1], prepare=True)
        assert await run_together(connection, [(KNOWN, [DIVIDE.decode()])]) == [[(1,)]]
        # psycopg forgets what was prepared when a transaction is rolled back.
        await connection.rollback()
        assert await run_together(connection, [(DIVIDE, [1])]) == [[(1,)]]
        assert await run_together(connection, [(KNOWN, [DIVIDE.decode()])]) == [[(1,)]]


async def test_behind_a_pooler_nothing_is_prepared(live_urls: DatabaseUrls) -> None:
    async with await connected(live_urls) as connection:
        connection.prepare_threshold = None
        assert await run_together(connection, [(DIVIDE, [1])]) == [[(1,)]]
        assert await run_together(connection, [(KNOWN, [DIVIDE.decode()])]) == [[(0,)]]


async def test_much_is_sent_while_much_comes(live_database: Database) -> None:
    long = "x" * 1_000_000
    calls = [(b"select $1::text || $2::int", [long, number]) for number in range(30)]
    async with live_database.session() as session:
        answers = await asyncio.wait_for(prepared_together(session, *calls), PATIENCE)
    assert [rows[0][0][len(long) :] for rows in answers] == [str(number) for number in range(30)]


async def test_whoever_stops_waiting_leaves_the_connection_usable(live_urls: DatabaseUrls) -> None:
    async with await connected(live_urls) as connection:
        waiting = asyncio.create_task(run_together(connection, [(SLEEP, [PATIENCE])]))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await connection.rollback()
        assert await run_together(connection, [(DIVIDE, [1])]) == [[(1,)]]


async def test_a_lost_connection_is_told_and_not_used_again(
    live_urls: DatabaseUrls, live_database: Database, superuser: str
) -> None:
    async def losing() -> None:
        async with live_database.session() as session:
            ((pid,),) = await prepared(session, WHO, [])
            inside = in_database_of(superuser, live_urls.owner)
            with psycopg.connect(inside, autocommit=True) as outside:
                outside.execute("SELECT pg_terminate_backend(%s)", [pid])
            await prepared(session, DIVIDE, [1])

    with pytest.raises(DBAPIError) as failure:
        await losing()
    assert isinstance(translate(failure.value), UnavailableError)
    async with live_database.session() as session:
        assert await prepared(session, DIVIDE, [1]) == [(1,)]


async def test_an_idle_connection_that_has_ended_is_replaced(
    live_urls: DatabaseUrls, live_database: Database, superuser: str
) -> None:
    async with live_database.session() as session:
        ((before,),) = await prepared(session, WHO, [])
    with psycopg.connect(in_database_of(superuser, live_urls.owner), autocommit=True) as outside:
        outside.execute("SELECT pg_terminate_backend(%s, 10000)", [before])
    async with live_database.session() as session:
        ((after,),) = await prepared(session, WHO, [])
    assert after != before


async def test_statements_stay_prepared_after_refusals_and_dropped_tables(
    live_database: Database,
) -> None:
    """Which planned everything of that connection anew: ten milliseconds, five times."""
    async with live_database.session() as session:
        await prepared_together(session, (DIVIDE, [1]), (TABLE, []))
    with pytest.raises(DBAPIError):
        async with live_database.session() as session:
            await prepared(session, DIVIDE, [0])
    async with live_database.session() as session:
        await session.execute(text("DROP TABLE said"))
        assert await prepared(session, KNOWN, [DIVIDE.decode()]) == [(1,)]


@pytest.mark.parametrize("way", [by_pipeline, by_sqlalchemy, by_link])
async def test_a_statement_whose_types_have_changed_fails_once(
    way: Callable[[Database], Awaitable[object]],
    live_urls: DatabaseUrls,
    live_database: Database,
    superuser: str,
) -> None:
    """As a migration changes them under a process that goes on serving."""
    with psycopg.connect(in_database_of(superuser, live_urls.owner), autocommit=True) as outside:
        outside.execute("CREATE TABLE public.kept AS SELECT 'a'::varchar(1) AS word")
        outside.execute("GRANT SELECT ON public.kept TO PUBLIC")
        for _ in range(10):
            await way(live_database)
        outside.execute("ALTER TABLE public.kept ALTER COLUMN word TYPE bytea USING 'b'::bytea")
    with pytest.raises((DBAPIError, RefusedError)):
        await way(live_database)
    await way(live_database)


async def test_a_prepared_statement_finds_a_table_that_was_made_anew(
    live_database: Database,
) -> None:
    for _ in range(2):
        async with live_database.session() as session:
            answers = await prepared_together(session, (TABLE, []), (INSERT, ["a"]), (COUNT, []))
            assert answers[-1] == [(1,)]
            await session.execute(text("DROP TABLE said"))
