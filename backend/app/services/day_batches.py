"""The same days of many people, for those who look at a fleet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.ml.feature_engineering import with_formulas
from app.ml.types import DailyValues, FloatArray
from app.services.day_pages import renew_weeks_of, weeks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyDays:
    """Days of many people: `values` has the shape (people, days, keys), NaN is unknown."""

    days: tuple[dt.date, ...]
    keys: tuple[str, ...]
    values: FloatArray

    def of(self, place: int) -> DailyValues:
        return DailyValues(self.days, self.keys, self.values[place])


async def renew_together(
    session: AsyncSession,
    people: Sequence[UUID],
    start: dt.date,
    stop: dt.date,
    *,
    catalogue: Catalogue,
) -> ManyDays:
    """The days from `start` to `stop`, both included; those that were not kept are, from here on.

    The session may act for anyone before, and acts for one of them afterwards.
    """
    firsts = weeks_of(start, stop, catalogue)
    weeks = await renew_weeks_of(people, session, firsts, catalogue)
    pages = np.stack([one.logged for one in weeks])
    values = with_formulas(pages.reshape(len(people), -1, pages.shape[-1]), catalogue)
    skipped, length = (start - firsts[0]).days, (stop - start).days + 1
    return ManyDays(
        days=tuple(start + dt.timedelta(n) for n in range(length)),
        keys=catalogue.keys,
        values=values[:, skipped : skipped + length],
    )
