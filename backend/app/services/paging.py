"""Keyset pages whose JSON PostgreSQL builds: any list of a user's dated rows, newest first."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError
from app.services.json_text import json_text
from app.utils.security import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list: days (both ends included, None open), size, and where to go on."""

    first: dt.date | None = None
    last: dt.date | None = None
    limit: int = 50
    cursor: str | None = None


def page_scope(user_id: UUID, name: str) -> str:
    """What a cursor of one person's list is good for."""
    return f"{user_id}/{name}"


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
        shown: ColumnElement[str] = literal_column(json_text(table, self._shown))
        rows = (
            select(shown.label("item"), table.c.date, table.c.id)
            .where(*conditions, *self._within(window))
            .order_by(table.c.date.desc(), table.c.id.desc())
            .limit(window.limit + 1)
            .subquery()
        )
        n = func.row_number().over(order_by=(rows.c.date.desc(), rows.c.id.desc()))
        numbered = select(rows, n.label("n")).subquery()
        wanted, last = numbered.c.n <= window.limit, numbered.c.n == window.limit
        items = func.string_agg(
            numbered.c.item, aggregate_order_by(literal_column("','"), numbered.c.n)
        ).filter(wanted)
        statement = select(
            func.coalesce(items, ""),
            func.count() > window.limit,
            func.array_agg(numbered.c.date).filter(last),
            func.array_agg(numbered.c.id).filter(last),
        )
        text, more, dates, ids = (await self._session.execute(statement)).one()
        follow = None
        if more:
            follow = seal_place(self._tokens, self._scope, dates[0].isoformat(), str(ids[0]))
        return f'{{"items":[{text}],"next":{json.dumps(follow)}}}'

    def _within(self, window: Window) -> list[ColumnElement[bool]]:
        table, conditions = self._table, []
        if window.first is not None:
            conditions.append(table.c.date >= window.first)
        if window.last is not None:
            conditions.append(table.c.date <= window.last)
        if window.cursor is not None:
            place = unseal_place(self._tokens, self._scope, window.cursor)
            conditions.append(tuple_(table.c.date, table.c.id) < place)
        return conditions


def seal_place(tokens: Tokens, scope: str, date: str, row_id: str) -> str:
    """The cursor of what follows the row."""
    return tokens.seal(scope, [date, row_id])


def unseal_place(tokens: Tokens, scope: str, cursor: str) -> tuple[dt.date, UUID]:
    """Raises InvalidInputError for a cursor of another list."""
    match tokens.unseal(scope, cursor):
        case [str(date), str(row_id)]:
            return dt.date.fromisoformat(date), UUID(row_id)
    raise InvalidInputError.at(("query", "cursor"), "not a cursor of this list")
