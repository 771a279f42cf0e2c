"""Keeps the trackers' entries in step with the readings that they are worked out from.

An entry that its owner has changed since stays as they want it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Table, TextClause, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError
from app.models import ENTRY_MODELS
from app.services.bulk_load import load
from app.services.derivations import Columns, derive
from app.services.derived_rows import FAMILIES, Derived, Family, Situation
from app.services.entries import set_by_owner, table_of
from app.services.logged_entries import SCHEMAS
from app.services.people import Person
from app.services.reading_points import midnight
from app.services.source_order import ranks_of
from app.utils.enums import ConditionType
from app.utils.identifiers import uuid7

DAYS_AT_ONCE = 60
_TOUCHED = text(
    """
    SELECT DISTINCT s.kind, (coalesce(r.until, r.at) AT TIME ZONE :zone)::date AS day
    FROM reading_series s JOIN readings r ON r.user_id = s.user_id AND r.series = s.id
    WHERE s.user_id = :owner AND r.user_id = :owner AND s.kind = ANY(:kinds)
        AND r.batch_id = ANY(:batches)
        AND r.at BETWEEN CAST(:first AS timestamptz) AND CAST(:last AS timestamptz)
    """
)
_DISPUTED = text(
    """
    WITH disputed AS (
        SELECT kind FROM reading_series WHERE user_id = :owner AND kind = ANY(:kinds)
        GROUP BY kind HAVING count(DISTINCT source) > 1
    )
    SELECT DISTINCT s.kind, (coalesce(r.until, r.at) AT TIME ZONE :zone)::date AS day
    FROM reading_series s JOIN readings r ON r.user_id = s.user_id AND r.series = s.id
    WHERE s.user_id = :owner AND r.user_id = :owner AND s.kind IN (SELECT kind FROM disputed)
    """
)
_SITUATION = text(
    """
    SELECT
        (SELECT kind FROM reading_series WHERE user_id = :owner AND kind LIKE 'hrv\\_%'
            ORDER BY id LIMIT 1) AS hrv,
        EXISTS (SELECT FROM reading_series WHERE user_id = :owner AND kind = 'insulin')
        OR EXISTS (SELECT FROM chronic_metrics WHERE user_id = :owner
            AND condition_type = :diabetes) AS has_diabetes
    """
)
Reach = tuple[dt.datetime, dt.datetime]
"""When the first and the last of some readings begin."""
_EVER = ("-infinity", "infinity")
Days = Mapping[str, frozenset[dt.date]]
"""By the key of a family, the days on which its entries may have to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedEntries:
    """How many entries of each tracker are new or other than before, and on which days."""

    entries: Mapping[str, int]
    days: frozenset[dt.date]


async def derive_from_readings(
    session: AsyncSession, person: Person, batch_id: UUID, reach: Reach | None
) -> DerivedEntries:
    """Bring the days of a batch's readings in step, which lie within that reach; new entries are
    the batch's."""
    days = await touched_days(session, person, batch_id, reach=reach)
    return await derive_days(session, person, days, batch_id=batch_id)


async def touched_days(
    session: AsyncSession, person: Person, *batch_ids: UUID, reach: Reach | None = None
) -> Days:
    """The days that the readings of batches belong to; who knows their reach need not search all
    that a person has."""
    first, last = _EVER if reach is None else (instant.isoformat() for instant in reach)
    given = {"batches": list(batch_ids), "first": first, "last": last}
    return await _days(session, person, _TOUCHED, **given)


async def disputed_days(session: AsyncSession, person: Person) -> Days:
    """The days of the kinds that several sources measure: those that their order may change."""
    return await _days(session, person, _DISPUTED)


async def _days(
    session: AsyncSession, person: Person, statement: TextClause, **given: object
) -> Days:
    kinds = [kind for family in FAMILIES for kind in family.kinds]
    whose = {"owner": person.id, "zone": str(person.zone), "kinds": kinds}
    touched: dict[str, set[dt.date]] = defaultdict(set)
    for kind, day in await session.execute(statement, whose | given):
        family = next(family for family in FAMILIES if kind in family.kinds)
        touched[family.key].update(day + dt.timedelta(n) for n in range(family.spread + 1))
    return {key: frozenset(days) for key, days in touched.items()}


async def derive_days(
    session: AsyncSession, person: Person, days: Days, *, batch_id: UUID | None
) -> DerivedEntries:
    """Work the entries of these days out anew, and store what differs. Without a batch those that
    differ stay with the one that they are of."""
    situation = await _situation(session, person)
    entries: dict[str, int] = defaultdict(int)
    changed: set[dt.date] = set()
    for family in FAMILIES:
        for some in _in_runs(days.get(family.key, ())):
            wanted = await _wanted(session, situation, family, some)
            dates = await _keep(session, person, family, some, wanted, batch_id)
            entries[family.tracker] += len(dates)
            changed.update(dates)
    return DerivedEntries(
        entries={tracker: n for tracker, n in entries.items() if n}, days=frozenset(changed)
    )


async def _situation(session: AsyncSession, person: Person) -> Situation:
    given = {"owner": person.id, "diabetes": ConditionType.DIABETES}
    row = (await session.execute(_SITUATION, given)).one()
    return Situation(
        person=person,
        ranks=await ranks_of(session, person),
        hrv=row.hrv,
        has_diabetes=row.has_diabetes,
    )


def _in_runs(days: Iterable[dt.date]) -> Iterator[frozenset[dt.date]]:
    """Days near each other together, so that one query reads them."""
    run: list[dt.date] = []
    for day in sorted(days):
        if run and (day - run[0]).days >= DAYS_AT_ONCE:
            yield frozenset(run)
            run = []
        run.append(day)
    if run:
        yield frozenset(run)


async def _wanted(
    session: AsyncSession, situation: Situation, family: Family, days: frozenset[dt.date]
) -> dict[str, Columns]:
    """The entries by their external names."""
    person = situation.person
    # What began the evening before may belong to the first day.
    start = midnight(min(days) - dt.timedelta(1 + family.spread), person)
    stop = midnight(max(days) + dt.timedelta(1 + family.spread), person)
    points = await family.read(session, person, family.kinds, start, stop)
    made = (one for one in family.make(points, situation) if one.day in days)
    rows = ((f"readings/{family.key}/{one.name}", _columns(family, one, person)) for one in made)
    return {name: columns for name, columns in rows if columns is not None}


def _columns(family: Family, one: Derived, person: Person) -> Columns | None:
    """None for what no entry can be: a reading that was accepted outside of what is plausible."""
    given = {name: value for name, value in one.given.items() if value is not None}
    try:
        entry = SCHEMAS[family.tracker].model_validate(given)
        return derive(family.tracker, entry.model_dump(), person)
    except (ValidationError, InvalidInputError):
        return None


async def _keep(
    session: AsyncSession,
    person: Person,
    family: Family,
    days: frozenset[dt.date],
    wanted: Mapping[str, Columns],
    batch_id: UUID | None,
) -> list[dt.date]:
    """The days of the entries that were removed, changed or made."""
    table = table_of(ENTRY_MODELS[family.tracker])
    there = await _there(session, person, table, family, days)
    names = [name for name in set_by_owner(table) if name != "id"]
    obsolete = [row for row in there if row.version == 1 and _differs(row, wanted, names)]
    stays = {row.external_id for row in there} - {row.external_id for row in obsolete}
    if obsolete:
        mine = (table.c.user_id == person.id) & table.c.id.in_([row.id for row in obsolete])
        await session.execute(delete(table).where(mine))
    ids = {row.external_id: row.id for row in obsolete}
    batches = {row.external_id: row.batch_id for row in obsolete}
    rows = [
        {
            "id": ids.get(name) or uuid7(),
            "external_id": name,
            "batch_id": batch_id or batches.get(name),
        }
        | columns
        for name, columns in wanted.items()
        if name not in stays
    ]
    await load(session, table, rows, person.id, once=True)
    gone = [row.date for row in obsolete if row.external_id not in wanted]
    return gone + [row["date"] for row in rows if isinstance(row["date"], dt.date)]


async def _there(
    session: AsyncSession,
    person: Person,
    table: Table,
    family: Family,
    days: frozenset[dt.date],
) -> Sequence[Any]:
    found = await session.execute(
        select(table).where(
            table.c.user_id == person.id,
            table.c.date.in_(list(days)),
            table.c.external_id.startswith(f"readings/{family.key}/", autoescape=True),
        )
    )
    return found.all()


def _differs(row: Any, wanted: Mapping[str, Columns], names: Sequence[str]) -> bool:
    columns, told = wanted.get(row.external_id), row._mapping
    return columns is None or any(told[name] != columns.get(name) for name in names)
