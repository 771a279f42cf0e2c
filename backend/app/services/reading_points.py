"""A person's readings as they lie in the database, for whoever works something out from them."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.people import Person

_POINTS = text(
    """
    SELECT s.kind, s.source, r.at, r.until, r.value, coalesce(r.censor, 0) AS censor
    FROM reading_series s JOIN readings r ON r.user_id = s.user_id AND r.series = s.id
    WHERE s.user_id = :owner AND s.kind = ANY(:kinds) AND r.user_id = :owner
        AND r.at >= :start AND r.at < :stop
    ORDER BY r.at, s.kind, s.source, r.identity
    """
)
_MEANS = text(
    """
    SELECT s.kind, s.source, max(coalesce(r.until, r.at)) AS at, avg(r.value) AS value
    FROM reading_series s JOIN readings r ON r.user_id = s.user_id AND r.series = s.id
    WHERE s.user_id = :owner AND s.kind = ANY(:kinds) AND r.user_id = :owner
        AND r.at >= :start AND r.at < :stop
    GROUP BY s.kind, s.source, (coalesce(r.until, r.at) AT TIME ZONE :zone)::date
    ORDER BY at, s.kind, s.source
    """
)


class Point(NamedTuple):
    """`until` is None for an instant; `value` is in the unit of its kind."""

    kind: str
    source: str
    at: dt.datetime
    until: dt.datetime | None
    value: float
    censor: int

    @property
    def end(self) -> dt.datetime:
        return self.at if self.until is None else self.until


async def points_of(
    session: AsyncSession,
    person: Person,
    kinds: Sequence[str],
    start: dt.datetime,
    stop: dt.datetime,
) -> list[Point]:
    """Those that begin from `start` on and before `stop`, in order."""
    given = {"owner": person.id, "kinds": list(kinds), "start": start, "stop": stop}
    return [Point._make(row) for row in await session.execute(_POINTS, given)]


async def means_of(
    session: AsyncSession,
    person: Person,
    kinds: Sequence[str],
    start: dt.datetime,
    stop: dt.datetime,
) -> list[Point]:
    """One for each kind, source and local day of those readings, with their mean, at the end of the
    last of them."""
    given = {
        "owner": person.id,
        "kinds": list(kinds),
        "start": start,
        "stop": stop,
        "zone": str(person.zone),
    }
    found = await session.execute(_MEANS, given)
    return [Point(kind, source, at, None, _steady(mean), 0) for kind, source, at, mean in found]


def _steady(mean: float) -> float:
    """Without the last digits, which depend on the order in which values were added."""
    return float(f"{mean:.12g}")


def midnight(day: dt.date, person: Person) -> dt.datetime:
    """When the person's day begins."""
    return dt.datetime.combine(day, dt.time(), person.zone).astimezone(dt.UTC)
