"""Prepared statements over libpq: no answer is lost, and no lost connection is used."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app import prepared
from app.database import DRIVER, Database
from app.prepared import LostError, Prepared, RefusedError
from tests.conftest import in_database_of
from tests.folders import PATIENCE

SAY = Prepared("say", "select cast($1 as text), null")
SLEEP = Prepared("sleep", "select cast(pg_sleep(cast($1 as float8)) as text)")
BROKEN = Prepared("broken", "select cast($1 as integer)")
SET = Prepared("set", "select set_config('app.user_id', $1, true)")
TABLE = Prepared(
    "table", "create temporary table said (word text unique deferrable initially deferred)"
)
INSERT = Prepared("insert", "insert into said values ($1)")
COUNT = Prepared("count", "select cast(count(*) as text) from said")
WHO = Prepared("who", "select current_user::text, current_setting('app.user_id', true)")


@pytest.fixture
def outside(superuser: str, live_database: Database) -> Iterator[Connection]:
    url = live_database.engine.url.render_as_string(hide_password=False)
    there = make_url(in_database_of(superuser, url)).set(drivername=DRIVER)
    engine = create_engine(there, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


async def until(check: Callable[[], bool]) -> None:
    """The loop goes on meanwhile."""
    while not check():  # noqa: ASYNC110  (the server can set no event of a loop)
        await asyncio.sleep(0.01)


def end_all(outside: Connection) -> None:
    ended = outside.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    ended.all()


async def test_values_come_back_as_text(live_database: Database) -> None:
    assert await live_database.fetch(SAY, ["é".encode()]) == [("é".encode(), None)]
    long = b"x" * 2_000_000
    assert await live_database.fetch(SAY, [long]) == [(long, None)]


async def test_connections_are_unprivileged_and_know_nobody(live_database: Database) -> None:
    ((role, user),) = await live_database.fetch(WHO, [])
    assert (role, user or b"") == (b"vitaliq_app", b"")


async def test_a_refused_statement_spoils_nothing(live_database: Database) -> None:
    with pytest.raises(RefusedError):
        await live_database.fetch(BROKEN, [b"x"])
    assert await live_database.fetch(BROKEN, [b"7"]) == [(b"7",)]
    assert live_database.connections().in_use == 0


async def test_more_at_once_than_connections_queue(live_database: Database) -> None:
    asked = [live_database.fetch(SAY, [str(n).encode()]) for n in range(50)]
    answers = await asyncio.gather(*asked)
    assert [row[0] for (row,) in answers] == [str(n).encode() for n in range(50)]
    connections = live_database.connections()
    assert (connections.in_use, connections.idle <= connections.most) == (0, True)


async def occupied(database: Database) -> list[asyncio.Task[object]]:
    """Statements that keep every connection, until they are cancelled."""
    most = database._links.most
    asked = [asyncio.create_task(database.fetch(SLEEP, [b"60"])) for _ in range(most)]
    await until(lambda: database._links.in_use == most)
    return [*asked]


async def test_whoever_gets_no_connection_in_time_is_refused(
    live_database: Database, outside: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "_PATIENCE_SECONDS", 0.1)
    asked = await occupied(live_database)
    with pytest.raises(RefusedError):
        await live_database.fetch(SAY, [b"x"])
    for one in asked:
        one.cancel()
    assert await live_database.fetch(SAY, [b"y"]) == [(b"y", None)]
    end_all(outside)  # PostgreSQL would sleep on


async def test_whoever_stops_waiting_for_a_connection_takes_none() -> None:
    room = prepared._Room(1)
    await room.enter()
    waiting = [asyncio.create_task(room.enter()) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    room.leave()
    waiting[1].cancel()  # just as its turn has come
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
    async with asyncio.timeout(PATIENCE):
        await room.enter()


async def test_an_idle_connection_that_ends_is_not_used_again(
    live_database: Database, outside: Connection
) -> None:
    await live_database.fetch(SAY, [b"x"])
    assert live_database.connections().idle == 1
    end_all(outside)
    await until(lambda: not live_database.connections().idle)
    assert await live_database.fetch(SAY, [b"y"]) == [(b"y", None)]


async def test_a_connection_that_ends_amid_a_statement_is_told_as_lost(
    live_database: Database, outside: Connection
) -> None:
    asked = asyncio.create_task(live_database.fetch(SLEEP, [b"60"]))
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active'"
    )
    await until(lambda: (outside.scalar(busy) or 0) == 2)  # this query is one
    end_all(outside)
    with pytest.raises(LostError):
        await asked
    assert await live_database.fetch(SAY, [b"y"]) == [(b"y", None)]


async def test_whoever_stops_waiting_leaves_no_answer_to_the_next(live_database: Database) -> None:
    asked = asyncio.create_task(live_database.fetch(SLEEP, [b"60"]))
    await until(lambda: live_database.connections().in_use > 0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert live_database.connections().in_use == 0
    assert await live_database.fetch(SAY, [b"y"]) == [(b"y", None)]


async def test_without_a_database_nothing_was_carried_out() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none", pool_size=2, statement_timeout=1)
    with pytest.raises(RefusedError):
        await nowhere.fetch(SAY, [b"x"])
    await nowhere.close()


async def test_ends_under_load_leave_nobody_waiting(
    live_database: Database, outside: Connection
) -> None:
    """New connections get the numbers of those that have ended: none may be cut off with them."""

    async def ask(number: int) -> bytes:
        try:
            ((said, _),) = await live_database.fetch(SAY, [str(number).encode()])
        except (LostError, RefusedError):
            return b"ended"
        return said or b""

    for _ in range(20):
        asked = [asyncio.create_task(ask(number)) for number in range(60)]
        await asyncio.gather(*asked[:5])
        await asyncio.to_thread(end_all, outside)
        async with asyncio.timeout(PATIENCE):
            answers = await asyncio.gather(*asked)
        assert set(answers) <= {b"ended", *(str(number).encode() for number in range(60))}
    assert live_database.connections().in_use == 0


async def test_an_answer_that_never_comes_is_given_up(
    live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_database._links, "_patience", 0.2)
    with pytest.raises(LostError):
        await live_database.fetch(SLEEP, [b"60"])
    connections = live_database.connections()
    assert (connections.in_use, connections.idle) == (0, 0)
    monkeypatch.undo()
    assert await live_database.fetch(SAY, [b"y"]) == [(b"y", None)]


async def test_statements_that_are_sent_together_are_one_transaction(
    live_database: Database,
) -> None:
    """What is set for it holds in all of them, and no longer."""
    asked = [(SET, [b"somebody"]), (WHO, []), (SAY, [b"x"]), (WHO, [])]
    told = await live_database.fetch_together(*asked)
    someone = (b"vitaliq_app", b"somebody")
    assert told == [[(b"somebody",)], [someone], [(b"x", None)], [someone]]
    ((_, user),) = await live_database.fetch(WHO, [])
    assert not user


async def test_of_statements_sent_together_all_are_carried_out_or_none(
    live_database: Database,
) -> None:
    made = [(INSERT, [word]) for word in (b"a", b"b")]
    await live_database.fetch(TABLE, [])
    with pytest.raises(RefusedError):
        await live_database.fetch_together(*made, (BROKEN, [b"x"]), (COUNT, []))
    assert await live_database.fetch(SAY, [b"y"]) == [(b"y", None)]
    assert await live_database.fetch_together(*made, (COUNT, [])) == [[], [], [(b"2",)]]


async def test_what_fails_only_as_it_is_committed_is_refused(live_database: Database) -> None:
    await live_database.fetch(TABLE, [])
    with pytest.raises(RefusedError):
        await live_database.fetch_together((INSERT, [b"a"]), (INSERT, [b"a"]))
    assert await live_database.fetch(COUNT, []) == [(b"0",)]
    assert live_database.connections().in_use == 0
