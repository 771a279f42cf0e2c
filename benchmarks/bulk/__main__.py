"""`make bench-bulk`: rows a CPU second, this process and PostgreSQL together."""

import argparse
import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import insert, text

from app.database import Database, driver_of
from app.models import FoodEntry
from app.services.bulk_load import load
from app.services.entries import table_of
from app.utils.identifiers import uuid7
from benchmarks.days.cost import Backend, Work, cost, median
from benchmarks.days.fleet import people, server

Rows = Sequence[Mapping[str, Any]]
TYPES = {
    "user_id": "uuid",
    "id": "uuid",
    "date": "date",
    "food_name": "text",
    "meal_type": "text",
    "calories": "float8",
    "protein_g": "float8",
    "carbs_g": "float8",
    "fats_g": "float8",
}
COPY = "COPY alone"
_TABLE = table_of(FoodEntry)


def rows_of(count: int) -> Rows:
    """Meals of the last days, four a day; all but whose they are."""
    today = dt.datetime.now(dt.UTC).date()
    return [
        {
            "id": uuid7(),
            "date": today - dt.timedelta(number // 4),
            "food_name": f"Meal {number}",
            "meal_type": "lunch",
            "calories": 300.0 + number % 400,
            "protein_g": 20.5,
            "carbs_g": 60.25,
            "fats_g": 12.0,
        }
        for number in range(count)
    ]


def ways(database: Database, superuser: Database, owner: UUID, count: int) -> dict[str, Work]:
    """Each stores the same rows and takes them back. COPY alone is a superuser's, straight into
    the table: past row-level security, and with the triggers, indexes and checks of all others."""

    rows = rows_of(count)

    async def copy() -> None:
        async with superuser.session() as session:
            await session.execute(text("SET LOCAL ROLE NONE"))
            columns = sql.SQL(", ").join(map(sql.Identifier, TYPES))
            command = sql.SQL("COPY food_entries ({}) FROM STDIN (FORMAT BINARY)").format(columns)
            async with (
                driver_of(session) as driver,
                driver.cursor() as cursor,
                cursor.copy(command) as sent,
            ):
                sent.set_types(list(TYPES.values()))
                for row in rows:
                    await sent.write_row([owner, *row.values()])
            await session.rollback()

    async def product() -> None:
        async with database.session(owner) as session:
            await load(session, _TABLE, rows, owner)
            await session.rollback()

    async def values() -> None:
        async with database.session(owner) as session:
            await session.execute(insert(_TABLE), [{**r, "user_id": owner} for r in rows])
            await session.rollback()

    async def executemany() -> None:
        async with database.session(owner) as session, driver_of(session) as driver:
            async with driver.cursor() as cursor:
                names = ", ".join(f"%({name})s" for name in TYPES)
                statement = f"INSERT INTO food_entries ({', '.join(TYPES)}) VALUES ({names})"  # noqa: S608
                given = [{**row, "user_id": owner} for row in rows]
                await cursor.executemany(statement.encode(), given)
            await session.rollback()

    return {
        COPY: copy,
        "VitalIQ": product,
        "INSERT of many VALUES": values,
        "executemany": executemany,
    }


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.bulk", description=__doc__)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=7)
    asked = options.parse_args()
    with server() as (urls, superuser):
        owner = people(superuser, 1, 60)[0]
        asyncio.run(_measure(urls.app, superuser, owner, asked))


async def _measure(app: str, superuser: str, owner: UUID, asked: argparse.Namespace) -> None:
    ours = Database(app, pool_size=1, statement_timeout=600)
    theirs = Database(superuser, pool_size=1, statement_timeout=600)
    app_backend, superuser_backend = await _backend(ours), await _backend(theirs)
    taken: dict[str, list[tuple[float, float]]] = {}
    for number in range(asked.rounds + 1):
        for name, work in ways(ours, theirs, owner, asked.rows).items():
            backend = superuser_backend if name == COPY else app_backend
            spent = await cost(work, backend)
            if number:  # the first round only warms up
                taken.setdefault(name, []).append(spent)
    found = {name: sum(median(costs)) for name, costs in taken.items()}
    print(f"{asked.rows} entries: rows a CPU second, share of COPY alone")
    for name, seconds in found.items():
        share = found[COPY] / seconds
        print(f"  {name:22} {asked.rows / seconds:10,.0f} {share:5.2f}")
    for database in (ours, theirs):
        await database.close()


async def _backend(database: Database) -> Backend:
    async with database.session() as session:
        return await Backend.of(session)


if __name__ == "__main__":
    main()
