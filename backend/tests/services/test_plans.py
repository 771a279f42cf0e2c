"""What is read often touches the rows of its own window and no others, by the index that begins
with the user and the day: however long the history, and however many others there are."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.dialects import postgresql

from app.catalog import CATALOGUE, TRACKERS
from app.ml.feature_engineering import feature_statement
from app.postgres import DatabaseUrls
from app.services import day_pages
from app.services.fhir_rows import Order, observations
from app.services.fhir_search import Span, choice_of
from benchmarks.days.fleet import people
from tests.conftest import in_database_of

ENTRIES = {tracker.table for tracker in TRACKERS}
HISTORY, OTHERS, WINDOW = 1_500, 12, 60
MOST_A_DAY = 3
"""Of one tracker: `benchmarks.days.fleet` makes no more."""


class Scan(NamedTuple):
    """A look into a table of entries; `rows` were read, whether or not they were kept."""

    table: str
    indexes: frozenset[str]
    rows: float


def scans(plan: dict[str, Any]) -> Iterator[Scan]:
    if plan.get("Relation Name") in ENTRIES:
        dropped = sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        parts = [plan, *plan.get("Plans", [])]
        indexes = frozenset(part["Index Name"] for part in parts if "Index Name" in part)
        rows = (plan["Actual Rows"] + dropped) * plan["Actual Loops"]
        yield Scan(plan["Relation Name"], indexes, rows)
    for part in plan.get("Plans", []):
        yield from scans(part)


LIST = """
    select * from {table} where user_id = :user_id and date between :start and :stop
    order by date desc, id desc limit 50
"""


def fhir_page() -> str:
    """A page of all observations of the window, as the search under /fhir asks for it."""
    person, start, stop = UUID(int=1), dt.date(1999, 1, 1), dt.date(1999, 12, 31)
    statement = observations(
        person, choice_of(None, None), spans=[Span("eq", start, stop)], order=Order(50)
    )
    assert statement is not None
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's has no types
    sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    for value, name in ((person, ":user_id"), (start, ":start"), (stop, ":stop")):
        assert f"'{value}'" in sql
        sql = sql.replace(f"'{value}'", name)
    return sql


STATEMENTS = {
    "a page of observations": fhir_page(),
    "the feature matrix": feature_statement(CATALOGUE),
    **{f"a page of {table}": LIST.format(table=table) for table in sorted(ENTRIES)},
}


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
async def test_hot_reads_touch_their_window_alone(
    plans: str, live_urls: DatabaseUrls, superuser: str
) -> None:
    url = in_database_of(superuser, live_urls.owner)
    await asyncio.to_thread(people, url, OTHERS, HISTORY // 3)
    (user_id,) = await asyncio.to_thread(people, url, 1, HISTORY)
    stop = dt.datetime.now(dt.UTC).date()
    given = (user_id, stop - dt.timedelta(WINDOW - 1), stop)
    with psycopg.connect(in_database_of(live_urls.app, live_urls.app)) as connection:
        connection.execute("SELECT set_config('app.user_id', %s, false)", [str(user_id)])
        connection.execute("SELECT set_config('plan_cache_mode', %s, false)", [plans])
        for name, statement in STATEMENTS.items():
            numbered = statement
            for place, parameter in enumerate(("user_id", "start", "stop"), 1):
                numbered = numbered.replace(f":{parameter}", f"${place}")
            connection.execute(f"PREPARE hot (uuid, date, date) AS {numbered}".encode())
            values = ", ".join(f"'{value}'" for value in given)
            explain = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE hot ({values})"
            row = connection.execute(explain.encode()).fetchone()
            connection.execute("DEALLOCATE hot")
            assert row is not None
            found = list(scans(row[0][0]["Plan"]))
            assert found, name
            for scan in found:
                assert scan.indexes == {f"ix_{scan.table}_user_id_date_id"}, (name, scan)
                assert scan.rows <= MOST_A_DAY * WINDOW, (name, scan)


PAGES = """
    INSERT INTO day_pages (user_id, first, layout, known, cells)
    SELECT %(user)s, date '2000-01-03' + 7 * n, 1, '', '' FROM generate_series(1, 500) n
"""
NOTES = """
    INSERT INTO stale_days (user_id, day)
    VALUES (%(user)s, '2004-02-29'), (%(user)s, '2004-03-01'), (%(user)s, '2004-03-02')
"""


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
async def test_a_renewal_reads_the_pages_alone_that_were_spoiled(
    plans: str, live_urls: DatabaseUrls, superuser: str
) -> None:
    url = in_database_of(superuser, live_urls.owner)
    (user_id,) = await asyncio.to_thread(people, url, 1, 1)
    with psycopg.connect(in_database_of(live_urls.app, live_urls.app)) as connection:
        connection.execute("SELECT set_config('app.user_id', %s, false)", [str(user_id)])
        connection.execute("SELECT set_config('plan_cache_mode', %s, false)", [plans])
        connection.execute("SET enable_seqscan = off")  # as if there were many others
        for statement in (PAGES, NOTES):
            connection.execute(statement.encode(), {"user": user_id})
        connection.execute(b"PREPARE hot (uuid) AS " + day_pages.DROP_STALE)
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE hot ('{user_id}')"
        row = connection.execute(explain.encode()).fetchone()
        assert row is not None
        read = list(rows_read(row[0][0]["Plan"], "day_pages"))
        assert read == [2]


def rows_read(plan: dict[str, Any], table: str) -> Iterator[float]:
    if plan.get("Relation Name") == table and plan["Node Type"] != "ModifyTable":
        yield plan["Actual Rows"] * plan["Actual Loops"] + plan.get("Rows Removed by Filter", 0)
    for part in plan.get("Plans", []):
        yield from rows_read(part, table)
