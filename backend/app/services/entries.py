"""The entries of one tracker: one mechanism for all six, whose JSON PostgreSQL builds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import FieldError, InvalidInputError, NotFoundError, PreconditionFailedError
from app.models import Entry
from app.schemas.base import Rejected, Schema
from app.services.bulk_load import load
from app.services.derivations import Columns, derive
from app.services.json_text import json_text
from app.services.paging import KeysetPages, Window, page_scope
from app.services.people import Person
from app.services.quota import EntryQuota
from app.utils.identifiers import uuid7
from app.utils.security import Tokens

_PRIVATE = frozenset({"user_id", "external_id"})


class Stored(NamedTuple):
    """An entry as it stands in the database: its JSON, and the version for its ETag."""

    json: str
    version: int
    id: UUID


@dataclass(frozen=True, slots=True)
class BulkItem:
    """What became of one item; `status` is what it would have got alone."""

    index: int
    status: int
    id: UUID | None
    errors: Sequence[FieldError]


class EntryService:
    """One person's entries in one tracker. It cannot be built without a person, and every
    statement it makes is filtered by that person's id."""

    def __init__(
        self,
        session: AsyncSession,
        person: Person,
        model: type[Entry],
        tokens: Tokens,
        quota: EntryQuota,
    ) -> None:
        self._session = session
        self._quota = quota
        self._person = person
        self._tracker = model.tracker
        self._table = table_of(model)
        self._tokens = tokens

    async def page(self, window: Window, filters: Mapping[str, object | None] | None = None) -> str:
        """The page as JSON, newest first. Raises InvalidInputError for a foreign cursor."""
        chosen = {name: value for name, value in (filters or {}).items() if value is not None}
        conditions = [self._table.c[name] == value for name, value in chosen.items()]
        pages = KeysetPages(
            self._session,
            self._table,
            shown(self._table),
            tokens=self._tokens,
            scope=page_scope(self._person.id, self._tracker),
        )
        return await pages.page([self._table.c.user_id == self._person.id, *conditions], window)

    async def get(self, entry_id: UUID) -> Stored:
        """Raises NotFoundError for an id that is not this person's."""
        statement = select(*self._stored()).where(*self._own(entry_id))
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("There is no such entry among yours.")
        return Stored._make(row)

    async def create(self, entry: Schema) -> Stored:
        """Raises QuotaError."""
        await self._quota.require_room()
        columns = self._columns(entry)
        statement = insert(self._table).values(columns).returning(*self._stored())
        row = (await self._session.execute(statement)).one()
        await self._quota.grown()
        return Stored._make(row)

    async def create_many(
        self, entries: Sequence[Schema | Rejected], *, atomic: bool
    ) -> tuple[BulkItem, ...]:
        """Store what fits and say what does not; with `atomic`, raise InvalidInputError naming
        every misfit and store nothing. Raises QuotaError, and InvalidInputError for too many."""
        await self._quota.require_room(len(entries))
        outcomes = [self._prepare(index, entry) for index, entry in enumerate(entries)]
        misfits = [item for item in outcomes if isinstance(item, BulkItem)]
        if atomic and misfits:
            raise InvalidInputError(
                f"{len(misfits)} of {len(entries)} entries do not fit, so none was stored.",
                errors=[
                    error._replace(loc=("body", item.index, *error.loc))
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
            await load(self._session, self._table, rows, self._person.id)
            await self._quota.grown(len(rows))

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
        return Stored._make(row)

    async def remove(self, entry_id: UUID, *, expected_version: int | None = None) -> None:
        """Raises NotFoundError, or PreconditionFailedError where the entry has another version."""
        statement = (
            delete(self._table)
            .where(*self._own(entry_id, expected_version))
            .returning(self._table.c.id)
        )
        if (await self._session.execute(statement)).one_or_none() is None:
            raise await self._why_missing(entry_id)

    def _columns(self, entry: Schema) -> Columns:
        columns = derive(self._tracker, entry.model_dump(), self._person)
        return {"id": uuid7(), "user_id": self._person.id} | columns

    def _prepare(self, index: int, entry: Schema | Rejected) -> Columns | BulkItem:
        if isinstance(entry, Rejected):
            return BulkItem(index, 422, None, entry.errors)
        try:
            return self._columns(entry)
        except InvalidInputError as error:
            errors = [one._replace(loc=one.loc[1:]) for one in error.errors]
            return BulkItem(index, 422, None, errors)

    def _blank(self) -> Columns:
        return dict.fromkeys(set_by_owner(self._table))

    def _own(self, entry_id: UUID, version: int | None = None) -> list[ColumnElement[bool]]:
        table = self._table
        conditions = [table.c.user_id == self._person.id, table.c.id == entry_id]
        return conditions if version is None else [*conditions, table.c.version == version]

    def _stored(self) -> tuple[ColumnElement[object], ...]:
        table = self._table
        json: ColumnElement[object] = literal_column(json_text(table, shown(table)))
        return json, table.c.version, table.c.id

    async def _why_missing(self, entry_id: UUID) -> NotFoundError | PreconditionFailedError:
        await self.get(entry_id)
        return PreconditionFailedError("The entry has changed since: read it again, then decide.")


def table_of(model: type[Entry]) -> Table:
    table = model.__table__  # type: ignore[attr-defined]  # every concrete entry is mapped
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


@cache
def shown(table: Table) -> tuple[str, ...]:
    """The columns that an entry's owner sees."""
    return tuple(column.name for column in table.c if column.name not in _PRIVATE)


@cache
def set_by_owner(table: Table) -> tuple[str, ...]:
    """Every column that an entry's owner or its import may set, its id too."""
    kept = {"user_id", "created_at", "updated_at", "version", "batch_id", "external_id"}
    return tuple(column.name for column in table.c if column.name not in kept)
