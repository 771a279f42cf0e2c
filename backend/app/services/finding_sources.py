"""Which entries made a finding's value: the rows behind the evidence."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Aggregation, Catalogue, Column, Lag, Metric, tracker
from app.database import prepared_together
from app.ml.feature_engineering import chosen, number
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
    for day, key in baselines:
        days[column_of(catalogue[key], catalogue).tracker].add(day)
    if not days:
        return {}
    calls = [(_entries(of, catalogue), [person.id, sorted(when)]) for of, when in days.items()]
    answers = await prepared_together(session, *calls)
    logged = {of: _by_day(rows) for of, rows in zip(days, answers, strict=True)}
    found = {}
    for day, key in baselines:
        source = column_of(catalogue[key], catalogue)
        place = _columns(source.tracker, catalogue).index(source)
        table = tracker(source.tracker).table
        found[day, key] = [
            Source(table, entry, values[place])
            for entry, values in logged[source.tracker][day]
            if values[place] is not None
        ]
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


@lru_cache(maxsize=64)
def _columns(of: str, catalogue: Catalogue) -> list[Column]:
    """All that a tracker gives."""
    return [source for _, source in catalogue.columns() if source.tracker == of]


@lru_cache(maxsize=64)
def _entries(of: str, catalogue: Catalogue) -> bytes:
    """A tracker's entries of the user $1 on the days $2: day, id and what each gave every column,
    null where it gave it nothing."""
    given = []
    for source in _columns(of, catalogue):
        conditions = " and ".join(chosen(source))
        value = number(source)
        given.append(f"case when {conditions} then {value} end" if conditions else value)
    # Every inserted word is the catalogue's.
    return f"""
        select date, id, {", ".join(given)} from {tracker(of).table}
        where user_id = $1 and date = any($2)
        """.encode()  # noqa: S608


def _by_day(rows: Sequence[Sequence[Any]]) -> Mapping[dt.date, list[tuple[UUID, Sequence[Any]]]]:
    days: dict[dt.date, list[tuple[UUID, Sequence[Any]]]] = defaultdict(list)
    for day, entry, *values in rows:
        days[day].append((entry, values))
    return days


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
