"""People whose days are written by every way there is, and read in two ways that must agree."""

import datetime as dt
from dataclasses import replace
from typing import Any, LiteralString
from uuid import UUID

import numpy as np
from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE, Aggregation, Catalogue, Column
from app.database import Database, act_as
from app.ml.feature_engineering import read_daily_values
from app.ml.types import DailyValues
from app.services.day_pages import read_days
from app.utils.identifiers import uuid7

FIRST, LAST = dt.date(2026, 2, 25), dt.date(2026, 3, 18)
"""Parts of four weeks."""

NOW = CATALOGUE.with_inputs(
    CATALOGUE[key]
    for key in ("total_calories", "protein_ratio", "weight_change_7d", "glucose_cv", "glucose_max")
)
_WEIGHT = NOW["weight"]
assert isinstance(_WEIGHT.source, Column)
BEFORE = Catalogue(
    replace(metric, source=replace(_WEIGHT.source, aggregation=Aggregation.MAXIMUM))
    if metric is _WEIGHT
    else metric
    for metric in NOW.metrics
)
"""As a version before this one, which is still served, works the same metrics out."""

INSERTS = {
    "food_entries": """
        INSERT INTO food_entries
            (user_id, id, batch_id, date, food_name, meal_type, calories, protein_g)
        VALUES (:user_id, :id, :batch_id, :date, 'x', 'lunch', :value, 1)""",
    "body_metrics": """
        INSERT INTO body_metrics (user_id, id, batch_id, date, weight_kg)
        VALUES (:user_id, :id, :batch_id, :date, 40 + :value)""",
    "chronic_metrics": """
        INSERT INTO chronic_metrics
            (user_id, id, batch_id, date, condition_type, time_of_day, blood_glucose_mgdl)
        VALUES (:user_id, :id, :batch_id, :date, 'diabetes', 'fasting', 50 + :value)""",
}
_COPIES: dict[str, LiteralString] = {
    "food_entries": """
        COPY food_entries (user_id, id, date, food_name, meal_type, calories) FROM STDIN""",
    "body_metrics": "COPY body_metrics (user_id, id, date, weight_kg) FROM STDIN",
}
_MADE = {"food_entries": ("x", "lunch"), "body_metrics": ()}
_ACCOUNT = text("INSERT INTO users (id, email, hashed_password) VALUES (:id, :email, '-')")
_BATCH = text(
    "INSERT INTO batches (user_id, id, kind, label, details)"
    " VALUES (:user_id, :id, 'imported', 'x', '{}')"
)


async def someone(database: Database) -> UUID:
    """A new account with nothing in it."""
    user_id = uuid7()
    async with database.session(user_id) as session:
        await session.execute(_ACCOUNT, {"id": user_id, "email": f"{user_id}@example.com"})
    return user_id


async def write(
    session: AsyncSession,
    user_id: UUID,
    table: str,
    day: dt.date,
    value: int,
    *,
    batch_id: UUID | None = None,
) -> None:
    given = {"user_id": user_id, "id": uuid7(), "batch_id": batch_id, "date": day, "value": value}
    await session.execute(text(INSERTS[table]), given)


def copy(connection: Connection, user_id: UUID, table: str, days: list[dt.date]) -> None:
    """Straight into the table, past row-level security, as a superuser may."""
    with connection.cursor() as cursor, cursor.copy(_COPIES[table]) as rows:
        for number, day in enumerate(days):
            rows.write_row((user_id, uuid7(), day, *_MADE[table], 60 + number))


async def batch(session: AsyncSession, user_id: UUID) -> UUID:
    batch_id = uuid7()
    await session.execute(_BATCH, {"user_id": user_id, "id": batch_id})
    return batch_id


async def from_entries(session: AsyncSession, user_id: UUID, catalogue: Catalogue) -> DailyValues:
    """What the plain statement makes of the rows."""

    async def read(statement: str, parameters: Any) -> Any:
        return (await session.execute(text(statement), dict(parameters))).all()

    return await read_daily_values(user_id, FIRST, LAST, read=read, catalogue=catalogue)


async def assert_true(session: AsyncSession, user_id: UUID, catalogue: Catalogue = NOW) -> None:
    """Pages and rows say the same, in the session's snapshot."""
    await act_as(session, user_id)
    kept = await read_days(session, user_id, FIRST, LAST, catalogue=catalogue)
    same_days(kept, await from_entries(session, user_id, catalogue))


def same_days(kept: DailyValues, plain: DailyValues) -> None:
    assert (kept.days, kept.keys) == (plain.days, plain.keys)
    # Sums of the same numbers in another order may differ in the last bit.
    np.testing.assert_allclose(kept.values, plain.values, rtol=1e-12)
