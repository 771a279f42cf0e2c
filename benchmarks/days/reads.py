"""Reading days: one person's, and a fleet's."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.database import Database, act_as
from app.ml.feature_engineering import read_daily_values
from app.services.day_batches import renew_together
from app.services.day_pages import read_days, renew_days
from benchmarks.days.cost import Backend, Work, cost, interleaved, median

Costs = dict[str, tuple[float, float]]
_TODAY = text("SELECT current_date")
_MEAL = text(
    "INSERT INTO food_entries (user_id, id, date, food_name, meal_type, calories)"
    " VALUES (:user_id, gen_random_uuid(), current_date, 'x', 'lunch', 500)"
)


async def from_rows(session: AsyncSession, user_id: UUID, first: dt.date, last: dt.date) -> Any:
    """As every reader had it before days were kept."""

    async def read(statement: str, given: Any) -> Any:
        return (await session.execute(text(statement), dict(given))).all()

    return await read_daily_values(user_id, first, last, read=read)


async def of_one(database: Database, user_id: UUID, days: int, *, rounds: int) -> Costs:
    """The same days from rows, from what is kept, with a meal logged today, with nothing kept."""
    async with database.session(user_id) as session:
        backend = await Backend.of(session)
        last: dt.date = (await session.execute(_TODAY)).scalar_one()
        first = last - dt.timedelta(days - 1)

        async def rows() -> None:
            await from_rows(session, user_id, first, last)

        async def kept() -> None:
            await read_days(session, user_id, first, last, catalogue=CATALOGUE)

        nothing = await interleaved({"rows": rows, "nothing kept": kept}, backend, rounds=rounds)
        await renew_days(session, user_id, first, last, catalogue=CATALOGUE)
        whole = await interleaved({"rows ": rows, "all kept": kept}, backend, rounds=rounds)
        await session.execute(_MEAL, {"user_id": user_id})
        stale = await interleaved({"rows  ": rows, "today logged": kept}, backend, rounds=rounds)
        await session.rollback()
    return nothing | whole | stale


async def of_fleet(
    database: Database, people: Sequence[UUID], days: int, *, rounds: int, sample: int
) -> Costs:
    """A batch of people; `rows` is taken of a sample and told for all of them."""
    async with database.session() as session:
        backend = await Backend.of(session)
        last: dt.date = (await session.execute(_TODAY)).scalar_one()
    first = last - dt.timedelta(days - 1)

    async def rows() -> None:
        async with database.session() as session:
            for user_id in people[:sample]:
                await act_as(session, user_id)
                await from_rows(session, user_id, first, last)

    async def kept() -> None:
        async with database.session() as session:
            await renew_together(session, people, first, last, catalogue=CATALOGUE)

    async def log_a_meal() -> None:
        async with database.session() as session:
            for user_id in people:
                await act_as(session, user_id)
                await session.execute(_MEAL, {"user_id": user_id})

    works: dict[str, Work] = {"rows": rows, "all kept": kept}
    found = await interleaved(works, backend, rounds=rounds)
    logged = []
    for _ in range(rounds):
        await log_a_meal()
        logged.append(await cost(kept, backend))
    here, there = found["rows"]
    found["rows"] = (here * len(people) / sample, there * len(people) / sample)
    return found | {"all logged today": median(logged)}
