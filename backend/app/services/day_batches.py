"""The same days of many people, for those who look at a fleet: as few statements as can be."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import prepared
from app.ml.day_pages import DAYS, layout, unpack
from app.ml.feature_engineering import with_formulas
from app.ml.types import DailyValues, FloatArray
from app.services.day_pages import renew_weeks_of, weeks_of

_KEPT = b"select * from app.day_pages_of($1, $2, $3, $4)"
_TOGETHER = 50
"""As many are sent at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyDays:
    """Days of many people: `values` has the shape (people, days, keys), NaN is unknown."""

    people: tuple[UUID, ...]
    days: tuple[dt.date, ...]
    keys: tuple[str, ...]
    values: FloatArray

    def of(self, place: int) -> DailyValues:
        return DailyValues(self.days, self.keys, self.values[place])


async def renew_many(
    session: AsyncSession,
    people: Sequence[UUID],
    start: dt.date,
    stop: dt.date,
    *,
    catalogue: Catalogue,
) -> ManyDays:
    """The days from `start` to `stop`, both included: one statement for all whose days are kept and
    true; everyone else's are renewed, and kept.

    The session may act for anyone before, and acts for one of them afterwards.
    """
    firsts = weeks_of(start, stop, catalogue)
    columns = len(catalogue.columns())
    rows = await prepared(session, _KEPT, [list(people), firsts[0], firsts[-1], layout(catalogue)])
    kept = [row for row in rows if not row[4] and row[1] is not None and len(row[1]) == len(firsts)]
    logged = np.empty((len(people), len(firsts), DAYS, columns))
    if kept:
        known, cells = (b"".join(row[place] for row in kept) for place in (2, 3))
        read = unpack(known, cells, columns).reshape(len(kept), *logged.shape[1:])
        if len(kept) == len(people):
            logged = read
        else:
            logged[[row[0] - 1 for row in kept]] = read
    places = sorted(set(range(len(people))) - {row[0] - 1 for row in kept})
    others = [people[place] for place in places]
    for at in range(0, len(others), _TOGETHER):
        weeks = await renew_weeks_of(others[at : at + _TOGETHER], session, firsts, catalogue)
        logged[places[at : at + _TOGETHER]] = [one.logged for one in weeks]
    return _days_of(people, logged, start, stop, firsts[0], catalogue)


async def renew_together(
    session: AsyncSession,
    people: Sequence[UUID],
    start: dt.date,
    stop: dt.date,
    *,
    catalogue: Catalogue,
) -> ManyDays:
    """The same for those of whom most have logged something since."""
    firsts = weeks_of(start, stop, catalogue)
    weeks = await renew_weeks_of(people, session, firsts, catalogue)
    logged = np.stack([one.logged for one in weeks])
    return _days_of(people, logged, start, stop, firsts[0], catalogue)


def _days_of(
    people: Sequence[UUID],
    logged: FloatArray,
    start: dt.date,
    stop: dt.date,
    first: dt.date,
    catalogue: Catalogue,
) -> ManyDays:
    """From whole weeks since `first`, shape (people, weeks, DAYS, columns)."""
    skipped, length = (start - first).days, (stop - start).days + 1
    values = with_formulas(logged.reshape(len(people), -1, logged.shape[-1]), catalogue)
    return ManyDays(
        people=tuple(people),
        days=tuple(start + dt.timedelta(n) for n in range(length)),
        keys=catalogue.keys,
        values=values[:, skipped : skipped + length],
    )
