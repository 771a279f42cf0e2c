"""A person's daily metrics, read from all trackers by one statement."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.ml.feature_engineering import build_daily_feature_matrix
from app.ml.types import DailyValues
from app.services.day_pages import read_days, renew_days
from app.services.people import Person

if TYPE_CHECKING:
    import pandas as pd


class MetricsService:
    """One person's metrics by day, on the person's own calendar."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue

    async def daily_values(
        self, start: dt.date, stop: dt.date, *, wanted: Catalogue | None = None
    ) -> DailyValues:
        """Every metric of the catalogue, or of the part of it that is wanted, from `start` to
        `stop`, both included."""
        return await read_days(
            self._session,
            self._person.id,
            start,
            stop,
            catalogue=self._catalogue,
            wanted=wanted,
        )

    async def renewed_values(self, start: dt.date, stop: dt.date) -> DailyValues:
        """Every metric, and what had to be worked out for it is kept for who reads next."""
        return await renew_days(
            self._session, self._person.id, start, stop, catalogue=self._catalogue
        )

    async def build_daily_feature_matrix(self, days: int = 60) -> "pd.DataFrame":
        """The plan's matrix of the last `days` days, today included, a row a day.

        Raises ValueError for fewer days than one.
        """
        return await build_daily_feature_matrix(
            self._person.id,
            days,
            read=self._read,
            today=self._person.today(),
            catalogue=self._catalogue,
        )

    async def _read(
        self, statement: str, parameters: Mapping[str, object]
    ) -> Sequence[Sequence[Any]]:
        return (await self._session.execute(text(statement), dict(parameters))).all()
