"""Findings as they are shown: each with what was logged and tagged on its day."""

from collections.abc import Sequence

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
from sqlalchemy.dialects.postgresql import JSONB

from app.models import Anomaly, ChronicMetrics, Tag
from app.services.people import Person

FINDINGS: Table = Anomaly.__table__  # type: ignore[assignment]  # a mapped class has a Table
_PRIVATE = frozenset({"user_id", "created_at"})
SHOWN = (
    *(told.name for told in FINDINGS.c if told.name not in _PRIVATE),
    "logged",
    "tags",
)
_NONE: ColumnElement[object] = literal_column("'[]'::json", JSON)


def with_context(person: Person, findings: FromClause = FINDINGS) -> Subquery:
    """The person's findings, each with the medication and symptoms logged that day, and the tags
    that cover it."""
    day = findings.c.date
    return (
        select(
            *findings.c,
            func.coalesce(_logged(person, day).scalar_subquery(), _NONE).label("logged"),
            func.coalesce(_tags(person, day).scalar_subquery(), _NONE).label("tags"),
        )
        .where(findings.c.user_id == person.id)
        .subquery("findings")
    )


def _logged(person: Person, day: ColumnElement[object]) -> Select[tuple[object]]:
    entry = ChronicMetrics
    names = ("id", "time_of_day", "medication_taken", "symptoms")
    return select(func.json_agg(_object(entry.__table__, names))).where(
        entry.user_id == person.id,
        entry.date == day,
        or_(entry.medication_taken.is_not(None), entry.symptoms.is_not(None)),
    )


def _tags(person: Person, day: ColumnElement[object]) -> Select[tuple[object]]:
    names = ("id", "kind", "first", "last", "note")
    return select(func.json_agg(_object(Tag.__table__, names))).where(
        Tag.user_id == person.id, Tag.first <= day, Tag.last >= day
    )


def _object(source: FromClause, names: Sequence[str]) -> ColumnElement[object]:
    pairs = [part for name in names for part in (literal(name), source.c[name])]
    return func.json_build_object(*pairs)


def unstored(table: Table, rows: Sequence[dict[str, object]]) -> FromClause:
    """Rows that are not in the table, as a source with the same columns."""
    document = [_plain(row) for row in rows]
    columns = [column(told.name, told.type) for told in table.c]
    record: ColumnElement[object] = literal_column(f"NULL::{table.name}")
    return func.jsonb_populate_recordset(record, cast(document, JSONB)).table_valued(*columns)


def _plain(row: dict[str, object]) -> dict[str, object]:
    """The row's values as JSON has them; identifiers and days as their text."""
    kept = (str, float, int, dict, list, type(None))
    return {name: v if isinstance(v, kept) else str(v) for name, v in row.items()}
