"""Findings as they are shown: each with what was logged and tagged on its day."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Table,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from app.models import Anomaly, ChronicMetrics, Tag

Owner = UUID | ColumnElement[UUID]
FINDINGS: Table = Anomaly.__table__  # type: ignore[assignment]  # a mapped class has a Table
_PRIVATE = frozenset({"user_id", "created_at"})
SHOWN = (
    *(told.name for told in FINDINGS.c if told.name not in _PRIVATE),
    "logged",
    "tags",
)
# Named parameters, which are never made here, so that no percent sign is doubled for the driver.
_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # its own
_NONE: ColumnElement[object] = literal_column("'[]'::json", JSON)


def with_context(owner: Owner, findings: FromClause = FINDINGS) -> Subquery:
    """The person's findings, each with the medication and symptoms logged that day, and the tags
    that cover it."""
    return _with_context(owner, findings).subquery("findings")


def context_sql(owner: str) -> str:
    """The same as text, for whom an expression of SQL names."""
    return as_sql(_with_context(literal_column(owner), FINDINGS))


def as_sql(statement: Select[Any]) -> str:
    """As text with its values in it, for statements that are made of constants alone."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _with_context(owner: Owner, findings: FromClause) -> Select[Any]:
    day = findings.c.date
    return select(
        *findings.c,
        func.coalesce(_logged(owner, day).scalar_subquery(), _NONE).label("logged"),
        func.coalesce(_tags(owner, day).scalar_subquery(), _NONE).label("tags"),
    ).where(findings.c.user_id == owner)


def _logged(owner: Owner, day: ColumnElement[object]) -> Select[tuple[object]]:
    entry = ChronicMetrics
    names = ("id", "time_of_day", "medication_taken", "symptoms")
    return select(func.json_agg(_object(entry.__table__, names))).where(
        entry.user_id == owner,
        entry.date == day,
        or_(entry.medication_taken.is_not(None), entry.symptoms.is_not(None)),
    )


def _tags(owner: Owner, day: ColumnElement[object]) -> Select[tuple[object]]:
    names = ("id", "kind", "first", "last", "note")
    return select(func.json_agg(_object(Tag.__table__, names))).where(
        Tag.user_id == owner, Tag.first <= day, Tag.last >= day
    )


def _object(source: FromClause, names: Sequence[str]) -> ColumnElement[object]:
    pairs = [part for name in names for part in (literal(name), source.c[name])]
    return func.json_build_object(*pairs)


def unstored(table: Table, rows: Sequence[dict[str, object]]) -> FromClause:
    """Rows that are not in the table, as a source with the same columns."""
    document = [plain(row) for row in rows]
    columns = [column(told.name, told.type) for told in table.c]
    record: ColumnElement[object] = literal_column(f"NULL::{table.name}")
    return func.jsonb_populate_recordset(record, cast(document, JSONB)).table_valued(*columns)


def plain(row: dict[str, object]) -> dict[str, object]:
    """The row's values as JSON has them; identifiers and days as their text."""
    kept = (str, float, int, dict, list, type(None))
    return {name: v if isinstance(v, kept) else str(v) for name, v in row.items()}
