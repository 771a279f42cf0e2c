"""Daily values by the page: kept weeks where they are true, and the entries for all others.

What keeps them exact: a trigger notes each day that a change touches, in the change's own
transaction. Reading is one statement, so that pages, notes and entries are of one snapshot; a week
with a note is read from its entries. Renewing first takes the notes that it sees away, with the
pages that they spoil, tells detection's memory of them, and reads the entries after that: what
those notes were of is in the snapshot then, and what came later has notes that stay. Renewals of
one person wait for one another; nobody who writes entries ever waits. It needs READ COMMITTED,
which is PostgreSQL's default.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import ACT_AS, prepared, prepared_together
from app.ml.day_pages import DAYS, layout, pack, page_start, read_sent, unpack
from app.ml.feature_engineering import (
    column_places,
    daily_joins,
    lookback,
    rounded,
    with_formulas,
)
from app.ml.types import DailyValues, FloatArray
from app.pipelines import Asked
from app.prepared import Prepared, Row

TRY_TURN = b"pg_try_advisory_xact_lock(hashtextextended('days ' || $1::uuid, 0))"
"""Whether the transaction may renew the days of the user $1, as an expression; it never waits."""
_BEGIN = b"""
    select set_config('app.user_id', $1, true),
        pg_advisory_xact_lock(hashtextextended('days ' || $1, 0))
    """
# By an array, for which the index is asked: a semi-join would read all pages of the user.
DROP_STALE = b"""
    with noted as (delete from stale_days where user_id = $1 returning day),
    told as (
        update detection_memories set changed_from = least(changed_from, oldest.day)
        from (select min(day) as day from noted) as oldest
        where user_id = $1 and oldest.day is not null
            and (changed_from is null or changed_from > oldest.day)
    )
    delete from day_pages where user_id = $1
        and first = any (array(select day - (day - date '1900-01-01') % 7 from noted))
    """
_KEEP = b"""
    insert into day_pages (user_id, first, layout, known, cells)
    select $1, p.first, $2, p.known, p.cells
    from unnest($3::date[], $4::bytea[], $5::bytea[]) as p (first, known, cells)
    on conflict (user_id, first) do update
    set layout = excluded.layout, known = excluded.known, cells = excluded.cells
    """


class Weeks(NamedTuple):
    """Whole pages: what comes from columns, shape (pages, DAYS, columns). `fresh` are the places
    of those that were read from entries."""

    firsts: tuple[dt.date, ...]
    logged: FloatArray
    fresh: tuple[int, ...]


async def read_days(
    session: AsyncSession,
    user_id: UUID,
    start: dt.date,
    stop: dt.date,
    *,
    catalogue: Catalogue,
    wanted: Catalogue | None = None,
) -> DailyValues:
    """The person's days from `start` to `stop`, both included.

    `wanted` is a part of the catalogue with its inputs: what is not kept is read of that alone.
    """
    part = wanted or catalogue
    firsts = weeks_of(start, stop, part)
    rows = await prepared(session, *_asked(user_id, firsts, catalogue, part.keys))
    return _days_of(_weeks(rows, firsts, catalogue, part), start, stop, part)


async def renew_days(
    session: AsyncSession,
    user_id: UUID,
    start: dt.date,
    stop: dt.date,
    *,
    catalogue: Catalogue,
) -> DailyValues:
    """The same, and keeps what was not kept, in the caller's transaction."""
    firsts = weeks_of(start, stop, catalogue)
    weeks = await renew_weeks(session, user_id, firsts, catalogue)
    return _days_of(weeks, start, stop, catalogue)


async def renew_weeks(
    session: AsyncSession, user_id: UUID, firsts: tuple[dt.date, ...], catalogue: Catalogue
) -> Weeks:
    """The weeks, all of which are kept and true from here on. The session acts for the person in
    the rest of its transaction."""
    (weeks,) = await renew_weeks_of([user_id], session, firsts, catalogue)
    return weeks


async def renew_weeks_of(
    people: Sequence[UUID],
    session: AsyncSession,
    firsts: tuple[dt.date, ...],
    catalogue: Catalogue,
) -> list[Weeks]:
    """The same of several people, each in turn; all is sent together."""
    asked: list[Asked] = []
    for user_id in people:
        asked.append((_BEGIN, [str(user_id)]))
        asked.append((DROP_STALE, [user_id]))
        asked.append(_asked(user_id, firsts, catalogue, catalogue.keys))
    answers = (await prepared_together(session, *asked))[2::3]
    read = [_weeks(rows, firsts, catalogue, catalogue) for rows in answers]
    keeping: list[Asked] = []
    for user_id, weeks in zip(people, read, strict=True):
        if weeks.fresh:
            keeping.append((ACT_AS, [str(user_id)]))
            keeping.append(_kept(user_id, weeks, catalogue))
    if keeping:
        await prepared_together(session, *keeping)
    return read


def _kept(user_id: UUID, weeks: Weeks, catalogue: Catalogue) -> Asked:
    packed = [pack(weeks.logged[place]) for place in weeks.fresh]
    known, cells = ([page[part] for page in packed] for part in (0, 1))
    firsts = [weeks.firsts[place] for place in weeks.fresh]
    return _KEEP, [user_id, layout(catalogue), firsts, known, cells]


def weeks_of(start: dt.date, stop: dt.date, catalogue: Catalogue) -> tuple[dt.date, ...]:
    """The Mondays of all pages that hold the days, and those before them that formulas need."""
    first = page_start(start - dt.timedelta(lookback(catalogue)))
    return tuple(first + dt.timedelta(n) for n in range(0, (stop - first).days + 1, DAYS))


def _asked(
    user_id: UUID, firsts: tuple[dt.date, ...], catalogue: Catalogue, keys: tuple[str, ...]
) -> Asked:
    return _statement(catalogue, keys), [user_id, firsts[0], firsts[-1], layout(catalogue)]


def _weeks(
    rows: Sequence[tuple[Any, ...]],
    firsts: tuple[dt.date, ...],
    catalogue: Catalogue,
    part: Catalogue,
) -> Weeks:
    pages = [row for row in rows if row[1] is not None]
    days = [row for row in rows if row[1] is None]
    number_of = {first: number for number, first in enumerate(firsts)}
    stored, chosen = _columns(catalogue, part)
    logged = np.full((len(firsts), DAYS, len(chosen)), np.nan)
    if pages:
        known, cells = (b"".join(row[place] for row in pages) for place in (1, 2))
        read = unpack(known, cells, stored)
        logged[[number_of[row[0]] for row in pages]] = read[..., chosen]
    if days:
        by_day = logged.reshape(-1, logged.shape[-1])
        since = [(row[0] - firsts[0]).days for row in days]
        sent = read_sent([row[2] for row in days], logged.shape[-1])
        by_day[since] = rounded(sent)
    fresh = set(firsts) - {row[0] for row in pages}
    return Weeks(firsts, logged, tuple(sorted(number_of[first] for first in fresh)))


@lru_cache(maxsize=64)
def _columns(catalogue: Catalogue, part: Catalogue) -> tuple[int, list[int]]:
    """How many a page has, and the places of the wanted ones."""
    columns = catalogue.columns()
    return len(columns), [n for n, (metric, _) in enumerate(columns) if metric.key in part]


def _days_of(weeks: Weeks, start: dt.date, stop: dt.date, part: Catalogue) -> DailyValues:
    values = with_formulas(weeks.logged.reshape(-1, weeks.logged.shape[-1]), part)
    skipped, length = (start - weeks.firsts[0]).days, (stop - start).days + 1
    days = tuple(start + dt.timedelta(n) for n in range(length))
    return DailyValues(days, part.keys, values[skipped : skipped + length])


def days_as_text(
    user_id: UUID, start: dt.date, stop: dt.date, catalogue: Catalogue
) -> tuple[Prepared, Sequence[object]]:
    """What `read_days` asks, answered in text, and what it is given."""
    _, given = _asked(user_id, weeks_of(start, stop, catalogue), catalogue, catalogue.keys)
    return _text_statement(catalogue), given


def days_of_text(
    rows: Sequence[Row], start: dt.date, stop: dt.date, catalogue: Catalogue
) -> DailyValues:
    """The days from `start` to `stop` from that answer."""
    firsts = weeks_of(start, stop, catalogue)
    read = [(_day(day), _bytes(known), _bytes(cells)) for day, known, cells in rows]
    return _days_of(_weeks(read, firsts, catalogue, catalogue), start, stop, catalogue)


def _day(text: bytes | None) -> dt.date:
    return dt.date.fromisoformat((text or b"").decode())


def _bytes(text: bytes | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text.decode())


@lru_cache(maxsize=8)
def _text_statement(catalogue: Catalogue) -> Prepared:
    asked = _statement(catalogue, catalogue.keys).decode()
    return Prepared(
        f"days_{layout(catalogue)}",
        f"""
        select cast(first as text), encode(known, 'hex'), encode(cells, 'hex')
        from ({asked}) as days
        """,  # noqa: S608  (as in _statement)
    )


@lru_cache(maxsize=64)
def _statement(catalogue: Catalogue, keys: tuple[str, ...]) -> bytes:
    """For a user, the first and the last Monday, and a layout: true pages as (first, known, cells),
    and the days of all other weeks as (day, null, the columns of those metrics by `array_send`).

    How many weeks there are is hidden from the planner, so that a plan for any number costs no more
    than one for these, and is used again: planning takes longer than the rest.
    """
    part = Catalogue(catalogue[key] for key in keys)
    columns = ", ".join(f"coalesce({place}, 'NaN')" for place in column_places(part))
    joins = daily_joins(part, user="$1", days="= any (array(select day from calendar))")
    # Every inserted word is the catalogue's.
    return f"""
        with stale as materialized (
            select distinct day - (day - date '1900-01-01') % 7 as first from stale_days
            where user_id = $1 and day between $2::date and $3::date + 6
        ),
        pages as materialized (
            select first, known, cells from day_pages
            where user_id = $1 and first between $2 and $3 and layout = $4
                and first not in (select first from stale)
        ),
        weeks as (
            select array(
                select $2::date + n from generate_series(0, $3::date - $2::date, 7) as n
            ) as mondays
        ),
        calendar as materialized (
            select monday + n as day
            from unnest((select mondays from weeks)) as monday, generate_series(0, 6) as n
            where monday not in (select first from pages)
        )
        select first, known, cells from pages
        union all
        select calendar.day, null, array_send(array[{columns}]::float8[])
        from calendar {joins}
        """.encode()  # noqa: S608 (see above)
