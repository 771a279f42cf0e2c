"""Many entries at once: by binary COPY into a table of the transaction's own, and from there by one
INSERT, under row-level security and with the owner set here.

COPY straight into a table with row-level security is refused by PostgreSQL, and rightly: nobody
would check whose rows they are.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import Date, DateTime, Float, Integer, String, Table, Uuid, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import driver_of

Row = Mapping[str, object]

FEWEST_TO_COPY = 100
"""Fewer rows are inserted as they are: making a table costs more."""

_TYPES = (
    (Uuid, "uuid"),
    (Date, "date"),
    (DateTime, "timestamptz"),
    (Integer, "int4"),
    (Float, "float8"),
    (String, "text"),
)


async def load(
    session: AsyncSession, table: Table, rows: Sequence[Row], owner: UUID, *, once: bool = False
) -> int:
    """How many rows were stored as the owner's; columns that no row names get their defaults.

    With `once` a row whose `external_id` is there already is left out, and rows are stored in the
    order of those names, so that loads at once wait for one another and never in a circle.
    """
    if not rows:
        return 0
    names = tuple(dict.fromkeys(name for row in rows for name in row if name != "user_id"))
    if once:
        rows = sorted(rows, key=lambda row: str(row["external_id"]))
    if len(rows) < FEWEST_TO_COPY:
        return await _insert(session, table, names, rows, owner, once=once)
    staging = f"loaded_{table.name}"
    await _copy(session, table, staging, names, rows)
    order = "ORDER BY external_id" if once else ""
    unless = (
        "ON CONFLICT (user_id, external_id) WHERE external_id IS NOT NULL DO NOTHING"
        if once
        else ""
    )
    listed = ", ".join(names)
    # The names are the model's own.
    stored = await session.execute(
        text(
            f"INSERT INTO {table.name} (user_id, {listed})"  # noqa: S608 (see above)
            f" SELECT :owner, {listed} FROM pg_temp.{staging} {order} {unless}"
        ),
        {"owner": owner},
    )
    await session.execute(text(f"DROP TABLE pg_temp.{staging}"))
    return int(stored.rowcount)  # type: ignore[attr-defined]  # of an INSERT there is one


async def _insert(
    session: AsyncSession,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Row],
    owner: UUID,
    *,
    once: bool,
) -> int:
    blank = dict.fromkeys(names)
    complete: list[Any] = [{**blank, **row, "user_id": owner} for row in rows]
    statement: Any = insert(table)
    if once:
        statement = upsert(table).on_conflict_do_nothing(
            index_elements=[table.c.user_id, table.c.external_id],
            index_where=table.c.external_id.is_not(None),
        )
    stored = await session.execute(statement.returning(table.c.id), complete)
    return len(stored.all())


async def _copy(
    session: AsyncSession, table: Table, staging: str, names: Sequence[str], rows: Sequence[Row]
) -> None:
    types = [_type_of(table, name) for name in names]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    await session.execute(text(f"CREATE TEMP TABLE {staging} ({columns}) ON COMMIT DROP"))
    command = sql.SQL("COPY pg_temp.{} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(staging))
    async with (
        driver_of(session) as driver,
        driver.cursor() as cursor,
        cursor.copy(command) as sent,
    ):
        sent.set_types(types)
        for row in rows:
            await sent.write_row([row.get(name) for name in names])


@cache
def _type_of(table: Table, name: str) -> str:
    """PostgreSQL's name for what the column holds, as COPY is given it."""
    kind = table.c[name].type
    return next(told for known, told in _TYPES if isinstance(kind, known))
