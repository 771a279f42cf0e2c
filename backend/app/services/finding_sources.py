"""Which entries made a finding's value: the rows behind the evidence."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Double, Select, case, cast, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Aggregation, Catalogue, Column, Lag, Metric, tracker
from app.models import ENTRY_MODELS
from app.services.entries import table_of
from app.services.people import Person


class Source(NamedTuple):
    """An entry and the value that it gave."""

    table: str
    id: UUID
    value: float


Sources = Mapping[tuple[dt.date, str], Sequence[Source]]


async def sources_of(
    session: AsyncSession,
    person: Person,
    baselines: Mapping[tuple[dt.date, str], float | None],
    catalogue: Catalogue,
) -> Sources:
    """For each (day, metric), given with its baseline, the day's entries behind it, the one that
    moved it most first."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for day, metric in baselines:
        days[metric].add(day)
    if not days:
        return {}
    statement = union_all(
        *(_entries(person, catalogue, catalogue[key], when) for key, when in days.items())
    )
    found: dict[tuple[dt.date, str], list[Source]] = defaultdict(list)
    for row in (await session.execute(statement)).all():
        found[row.date, row.metric].append(Source(row.table, row.id, row.value))
    return {
        key: sorted(rows, key=lambda row: _pull(catalogue, key[1], row, baselines[key]))
        for key, rows in found.items()
    }


def column_of(metric: Metric, catalogue: Catalogue) -> Column:
    """The column that a metric rests on; for a formula that of its first input."""
    source = metric.source
    while not isinstance(source, Column):
        first = source.inputs[0]
        source = catalogue[first.key if isinstance(first, Lag) else first].source
    return source


def _entries(
    person: Person, catalogue: Catalogue, metric: Metric, days: Iterable[dt.date]
) -> Select[tuple[str, dt.date, str, UUID, float]]:
    source = column_of(metric, catalogue)
    table = table_of(ENTRY_MODELS[source.tracker])
    column = table.c[source.column]
    value = case(source.codes, value=column) if source.codes else cast(column, Double)
    return select(
        literal(metric.key).label("metric"),
        table.c.date,
        literal(table.name).label("table"),
        table.c.id,
        value.label("value"),
    ).where(
        table.c.user_id == person.id,
        table.c.date.in_(sorted(days)),
        column.is_not(None),
        *(table.c[name] == wanted for name, wanted in source.where.items()),
    )


def _pull(
    catalogue: Catalogue, key: str, row: Source, baseline: float | None
) -> tuple[float, float]:
    """Sorts the entry that moved the metric most to the front; among equals the newest."""
    newest = -float(row.id.int)
    match column_of(catalogue[key], catalogue).aggregation:
        case Aggregation.LAST:
            return 0.0, newest
        case Aggregation.MINIMUM:
            return row.value, newest
        case Aggregation.MEAN | Aggregation.DEVIATION if baseline is not None:
            return -abs(row.value - baseline), newest
    return -row.value, newest


def table_name(metric: Metric, catalogue: Catalogue) -> str:
    """The table that a metric's values come from."""
    return tracker(column_of(metric, catalogue).tracker).table
