"""Entries as rows of observations: one statement over the trackers that are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    FromClause,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    cast,
    column,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
    values,
)

from app.models import ENTRY_MODELS
from app.services.entries import table_of
from app.services.fhir_codes import MOST_PARTS, Finer, Observed
from app.services.fhir_search import Choice, Span, fitting

Place = tuple[Any, UUID, int]
"""Where a page ends: the day, the entry, and which of its observations."""
_NUMBERS = tuple(f"value_{n}" for n in range(MOST_PARTS))


class Order(NamedTuple):
    """Newest first, and how many; None for all, of which the oldest come first."""

    most: int | None
    after: Place | None = None


def observations(
    user_id: UUID,
    choice: Choice,
    *,
    spans: Sequence[Span] = (),
    entry_id: UUID | None = None,
    order: Order,
) -> Select[Any] | None:
    """The statement; None where nothing that is known is asked for.

    Each tracker is read along its index of days and no further than the page needs.
    """
    arms = [
        select(_arm(user_id, tracker, wanted, spans, entry_id, order))
        for tracker, wanted in _by_tracker(choice).items()
    ]
    if not arms:
        return None
    found = union_all(*arms).subquery()
    return _in_order(select(found), found, order)


def _by_tracker(choice: Choice) -> Mapping[str, Choice]:
    trackers: dict[str, dict[Observed, Sequence[Finer]]] = {}
    for observed, finer in choice.items():
        trackers.setdefault(observed.tracker, {})[observed] = finer
    return trackers


def _arm(
    user_id: UUID,
    tracker: str,
    wanted: Choice,
    spans: Sequence[Span],
    entry_id: UUID | None,
    order: Order,
) -> Subquery:
    table = table_of(ENTRY_MODELS[tracker])
    told = (
        values(column("place", Integer), *(column(name, Float) for name in _NUMBERS))
        .data([_told(table, observed) for observed in wanted])
        .lateral(f"told_{tracker}")
    )
    narrow = [
        or_(told.c.place != observed.place, fitting(finer, table))
        for observed, finer in wanted.items()
        if finer
    ]
    conditions: list[ColumnElement[bool]] = [table.c.user_id == user_id, *narrow]
    conditions.append(or_(*(told.c[name].is_not(None) for name in _NUMBERS)))
    conditions += [part for span in spans for part in span.conditions(table)]
    if entry_id is not None:
        conditions.append(table.c.id == entry_id)
    if order.after is not None:
        conditions.append(_beyond(table, told, order.after))
    statement = select(*_shown(table, wanted), *told.c).select_from(table.join(told, true()))
    return _in_order(statement.where(*conditions), _Keys(table, told), order).subquery()


class _Keys:
    """By what an arm is in order."""

    def __init__(self, table: FromClause, told: FromClause) -> None:
        self.c = {"date": table.c.date, "id": table.c.id, "place": told.c.place}


def _in_order(statement: Select[Any], source: Any, order: Order) -> Select[Any]:
    day, entry, place = (source.c[name] for name in ("date", "id", "place"))
    if order.most is None:
        return statement.order_by(day, entry, place)
    return statement.order_by(day.desc(), entry.desc(), place).limit(order.most)


def _told(table: FromClause, observed: Observed) -> tuple[Any, ...]:
    columns = [cast(table.c[part.column], Float) for part in observed.parts]
    missing = [cast(null(), Float)] * (MOST_PARTS - len(columns))
    return (literal(observed.place, Integer), *columns, *missing)


def _beyond(table: FromClause, told: FromClause, after: Place) -> ColumnElement[bool]:
    day, entry, place = after
    here = tuple_(table.c.date, table.c.id)
    elsewhere = or_(table.c.id != entry, table.c.date != day)
    return and_(here <= tuple_(day, entry), or_(elsewhere, told.c.place > place))


def _shown(table: FromClause, wanted: Choice) -> list[ColumnElement[Any]]:
    nothing = cast(null(), DateTime(timezone=True))
    night = "bedtime" in table.c
    finer = {f.column for observed in wanted for f in observed.finer}
    context = cast(table.c[finer.pop()], String) if finer else cast(null(), String)
    return [
        table.c.date,
        table.c.id,
        table.c.updated_at,
        (table.c.bedtime if night else table.c.occurred_at).label("started"),
        (table.c.wake_time if night else nothing).label("ended"),
        context.label("context"),
    ]
