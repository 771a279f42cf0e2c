"""Which tables hold a person's rows: asked of PostgreSQL itself, so that none is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TableClause, column, table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

USERS = "users"
DERIVED = frozenset({"day_pages", "detection_memories", "stale_days"})
"""Made from the entries, and made anew from them: what they say is in the entries."""
_CATALOG = text(
    """
    SELECT c.relname AS name, a.attname AS column, t.typcategory AS category,
        a.attgenerated <> '' AS generated
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relnamespace = 'public'::regnamespace
    AND (c.relname = 'users' OR EXISTS (
        SELECT FROM pg_attribute u
        WHERE u.attrelid = c.oid AND u.attname = 'user_id' AND NOT u.attisdropped
    ))
    ORDER BY c.relname, a.attnum
    """
)
_NUMERIC = "N"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as PostgreSQL knows it."""

    name: str
    is_number: bool
    is_generated: bool


@dataclass(frozen=True, slots=True)
class OwnedTable:
    """A table with a column `user_id`, or the accounts themselves."""

    name: str
    columns: tuple[Column, ...]

    @property
    def owner(self) -> str:
        """The column that says whose a row is."""
        return "id" if self.name == USERS else "user_id"

    def selectable(self) -> TableClause:
        return table(
            self.name,
            *(
                column(c.name, Uuid()) if c.name == self.owner else column(c.name)
                for c in self.columns
            ),
        )


async def owned_tables(session: AsyncSession) -> Sequence[OwnedTable]:
    """All of them, by name."""
    tables: dict[str, list[Column]] = {}
    for row in await session.execute(_CATALOG):
        columns = tables.setdefault(row.name, [])
        columns.append(Column(row.column, row.category == _NUMERIC, row.generated))
    return [OwnedTable(name, tuple(columns)) for name, columns in tables.items()]


async def has_rows(session: AsyncSession, owned: OwnedTable, user_id: UUID) -> bool:
    source = owned.selectable()
    found = await session.scalar(
        source.select().where(source.c[owned.owner] == user_id).exists().select()
    )
    return bool(found)
