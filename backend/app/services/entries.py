"""The entries of one tracker: one mechanism for all six, whose JSON PostgreSQL builds."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import FieldError, InvalidInputError, NotFoundError, PreconditionFailedError
from app.models import Entry
from app.schemas.base import Rejected, Schema
from app.services.derivations import Columns, derive
from app.services.people import Person
from app.utils.identifiers import uuid7
from app.utils.security import Tokens

_PRIVATE = frozenset({"user_id", "external_id"})


class Stored(NamedTuple):
    """An entry as it stands in the database: its JSON, and the version for its ETag."""

    json: str
    version: int
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list: days (both ends included, None open), size, and where to go on."""

    first: dt.date | None = None
    last: dt.date | None = None
    limit: int = 50
    cursor: str | None = None


class BulkItem(NamedTuple):
    """What became of one item; `status` is what it would have got alone."""

    index: int
    status: int
    id: UUID | None
    errors: Sequence[FieldError]


class EntryService:
    """One person's entries in one tracker. It cannot be built without a person, and every
    statement it makes is filtered by that person's id."""

    def __init__(
        self, session: AsyncSession, person: Person, model: type[Entry], tokens: Tokens
    ) -> None:
        self._session = session
        self._person = person
        self._tracker = model.tracker
        self._table = table_of(model)
        self._tokens = tokens

    async def page(self, window: Window, filters: Mapping[str, object | None] | None = None) -> str:
        """The page as JSON, newest first. Raises InvalidInputError for a foreign cursor."""
        rows = self._filtered(window, filters or {}).limit(window.limit + 1).subquery()
        numbered = select(
            rows, func.row_number().over(order_by=(rows.c.date.desc(), rows.c.id.desc())).label("n")
        ).subquery()
        order = numbered.c.n
        wanted = order <= window.limit
        statement = select(
            cast(
                func.coalesce(
                    func.json_agg(
                        aggregate_order_by(_json(numbered, _shown(self._table)), order)
                    ).filter(wanted),
                    literal_column("'[]'::json"),
                ),
                Text,
            ),
            func.count() > window.limit,
            func.array_agg(numbered.c.date).filter(order == window.limit),
            func.array_agg(numbered.c.id).filter(order == window.limit),
        )
        items, more, dates, ids = (await self._session.execute(statement)).one()
        follow = self._seal(dates[0], ids[0]) if more else None
        return f'{{"items":{items},"next":{json.dumps(follow)}}}'

    async def get(self, entry_id: UUID) -> Stored:
        """Raises NotFoundError for an id that is not this person's."""
        statement = select(*self._stored()).where(*self._own(entry_id))
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("There is no such entry among yours.")
        return Stored(*row)

    async def create(self, entry: Schema) -> Stored:
        columns = self._columns(entry)
        statement = insert(self._table).values(columns).returning(*self._stored())
        return Stored(*(await self._session.execute(statement)).one())

    async def create_many(
        self, entries: Sequence[Schema | Rejected], *, atomic: bool
    ) -> tuple[BulkItem, ...]:
        """Store what fits and say what does not; with `atomic`, raise InvalidInputError naming
        every misfit and store nothing."""
        outcomes = [self._prepare(index, entry) for index, entry in enumerate(entries)]
        misfits = [item for item in outcomes if isinstance(item, BulkItem)]
        if atomic and misfits:
            raise InvalidInputError(
                f"{len(misfits)} of {len(entries)} entries do not fit, so none was stored.",
                errors=[
                    FieldError(("body", item.index, *error.loc), error.msg)
                    for item in misfits
                    for error in item.errors
                ],
            )
        await self.store([item for item in outcomes if isinstance(item, dict)])
        return tuple(
            item if isinstance(item, BulkItem) else BulkItem(index, 201, UUID(str(item["id"])), ())
            for index, item in enumerate(outcomes)
        )

    async def store(self, rows: Sequence[Columns]) -> None:
        """Insert rows that are complete but for the person."""
        if rows:
            complete = [self._blank() | row | {"user_id": self._person.id} for row in rows]
            await self._session.execute(insert(self._table), complete)

    async def replace(
        self, entry_id: UUID, entry: Schema, *, expected_version: int | None = None
    ) -> Stored:
        """The whole entry anew: what is left out becomes unknown.

        Raises NotFoundError, or PreconditionFailedError where the entry has another version.
        """
        columns = self._blank() | self._columns(entry)
        del columns["id"]
        statement = (
            update(self._table)
            .where(*self._own(entry_id, expected_version))
            .values(columns | {"version": self._table.c.version + 1, "updated_at": func.now()})
            .returning(*self._stored())
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise await self._why_missing(entry_id)
        return Stored(*row)

    async def remove(self, entry_id: UUID, *, expected_version: int | None = None) -> None:
        """Raises NotFoundError, or PreconditionFailedError where the entry has another version."""
        statement = (
            delete(self._table)
            .where(*self._own(entry_id, expected_version))
            .returning(self._table.c.id)
        )
        if (await self._session.execute(statement)).one_or_none() is None:
            raise await self._why_missing(entry_id)

    def _filtered(self, window: Window, filters: Mapping[str, object | None]) -> Select[tuple[()]]:
        table = self._table
        statement = select(*(table.c[name] for name in _shown(table))).where(
            table.c.user_id == self._person.id
        )
        for name, value in filters.items():
            if value is not None:
                statement = statement.where(table.c[name] == value)
        if window.first is not None:
            statement = statement.where(table.c.date >= window.first)
        if window.last is not None:
            statement = statement.where(table.c.date <= window.last)
        if window.cursor is not None:
            date, entry_id = self._unseal(window.cursor)
            statement = statement.where(tuple_(table.c.date, table.c.id) < tuple_(date, entry_id))
        return statement.order_by(table.c.date.desc(), table.c.id.desc())

    def _columns(self, entry: Schema) -> Columns:
        columns = derive(self._tracker, entry.model_dump(), self._person)
        return {"id": uuid7(), "user_id": self._person.id} | columns

    def _prepare(self, index: int, entry: Schema | Rejected) -> Columns | BulkItem:
        if isinstance(entry, Rejected):
            return BulkItem(index, 422, None, entry.errors)
        try:
            return self._columns(entry)
        except InvalidInputError as error:
            errors = [FieldError(loc[1:], msg) for loc, msg in error.errors]
            return BulkItem(index, 422, None, errors)

    def _blank(self) -> Columns:
        """Every column that an entry's owner or its import may set, unknown."""
        kept = {"user_id", "created_at", "updated_at", "version", "batch_id", "external_id"}
        return {name: None for name in self._table.c.keys() if name not in kept}  # noqa: SIM118

    def _own(self, entry_id: UUID, version: int | None = None) -> list[ColumnElement[bool]]:
        table = self._table
        conditions = [table.c.user_id == self._person.id, table.c.id == entry_id]
        return conditions if version is None else [*conditions, table.c.version == version]

    def _stored(self) -> tuple[ColumnElement[object], ...]:
        table = self._table
        return cast(_json(table, _shown(table)), Text), table.c.version, table.c.id

    async def _why_missing(self, entry_id: UUID) -> NotFoundError | PreconditionFailedError:
        await self.get(entry_id)
        return PreconditionFailedError("The entry has changed since: read it again, then decide.")

    def _seal(self, date: dt.date, entry_id: UUID) -> str:
        return self._tokens.seal(self._scope, [date.isoformat(), str(entry_id)])

    def _unseal(self, cursor: str) -> tuple[dt.date, UUID]:
        value = self._tokens.unseal(self._scope, cursor)
        assert isinstance(value, list)  # noqa: S101  (sealed above)
        return dt.date.fromisoformat(value[0]), UUID(value[1])

    @property
    def _scope(self) -> str:
        return f"{self._person.id}/{self._tracker}"


def table_of(model: type[Entry]) -> Table:
    table = model.__table__  # type: ignore[attr-defined]  # every concrete entry is mapped
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


@cache
def _shown(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if column.name not in _PRIVATE)


def _json(source: object, names: Sequence[str]) -> ColumnElement[object]:
    pairs: list[object] = []
    for name in names:
        pairs += [name, source.c[name]]  # type: ignore[attr-defined]  # a table or a subquery
    return func.json_build_object(*pairs)
