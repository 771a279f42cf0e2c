"""Keyset pages whose JSON PostgreSQL builds: any list of a user's dated rows, newest first."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError
from app.utils.security import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list: days (both ends included, None open), size, and where to go on."""

    first: dt.date | None = None
    last: dt.date | None = None
    limit: int = 50
    cursor: str | None = None


def json_object(source: FromClause, names: Sequence[str]) -> ColumnElement[object]:
    """The named columns as one JSON object."""
    pairs: list[object] = []
    for name in names:
        pairs += [name, source.c[name]]
    return func.json_build_object(*pairs)


class KeysetPages:
    """Pages over one table with a `date` and an `id`, shown or not. A cursor works only for the
    `scope` that it was made for."""

    def __init__(
        self,
        session: AsyncSession,
        table: FromClause,
        shown: Sequence[str],
        *,
        tokens: Tokens,
        scope: str,
    ) -> None:
        self._session = session
        self._table = table
        self._shown = shown
        self._tokens = tokens
        self._scope = scope

    async def page(self, conditions: Sequence[ColumnElement[bool]], window: Window) -> str:
        """`{"items": [...], "next": cursor or null}`. Raises InvalidInputError for a bad cursor."""
        table = self._table
        rows = (
            select(*(table.c[name] for name in dict.fromkeys((*self._shown, "date", "id"))))
            .where(*conditions, *self._within(window))
            .order_by(table.c.date.desc(), table.c.id.desc())
            .limit(window.limit + 1)
            .subquery()
        )
        n = func.row_number().over(order_by=(rows.c.date.desc(), rows.c.id.desc()))
        numbered = select(rows, n.label("n")).subquery()
        wanted, last = numbered.c.n <= window.limit, numbered.c.n == window.limit
        items = func.json_agg(
            aggregate_order_by(json_object(numbered, self._shown), numbered.c.n)
        ).filter(wanted)
        statement = select(
            cast(func.coalesce(items, literal_column("'[]'::json")), Text),
            func.count() > window.limit,
            func.array_agg(numbered.c.date).filter(last),
            func.array_agg(numbered.c.id).filter(last),
        )
        text, more, dates, ids = (await self._session.execute(statement)).one()
        follow = self._seal(dates[0], ids[0]) if more else None
        return f'{{"items":{text},"next":{json.dumps(follow)}}}'

    def _within(self, window: Window) -> list[ColumnElement[bool]]:
        table, conditions = self._table, []
        if window.first is not None:
            conditions.append(table.c.date >= window.first)
        if window.last is not None:
            conditions.append(table.c.date <= window.last)
        if window.cursor is not None:
            conditions.append(tuple_(table.c.date, table.c.id) < self._unseal(window.cursor))
        return conditions

    def _seal(self, date: dt.date, row_id: UUID) -> str:
        return self._tokens.seal(self._scope, [date.isoformat(), str(row_id)])

    def _unseal(self, cursor: str) -> tuple[dt.date, UUID]:
        match self._tokens.unseal(self._scope, cursor):
            case [str(date), str(row_id)]:
                return dt.date.fromisoformat(date), UUID(row_id)
        raise InvalidInputError.at(("query", "cursor"), "not a cursor of this list")
