"""Metrics as series of days, for charts: columns of rounded numbers, small when compressed."""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue, Metric
from app.errors import InvalidInputError
from app.ml.types import DailyValues, FloatArray
from app.ml.usual import UsualByDay, usual_by_day
from app.services.dashboard_service import USUAL_DAYS
from app.services.metric_standing import days_needed
from app.services.metrics_service import MetricsService
from app.services.people import Person

MOST_DAYS = 3_660
MOST_VALUES = 100_000
"""Days times metrics of one answer."""


class SeriesService:
    """One person's series of metrics."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._metrics = MetricsService(session, person, catalogue)
        self._person = person
        self._catalogue = catalogue

    async def series(
        self, names: Sequence[str], *, days: int, last: dt.date | None, usual: bool
    ) -> str:
        """The series as JSON, in the order of the names, a metric once; without names all metrics.

        Raises InvalidInputError for a name that is no metric's, and for more than MOST_VALUES.
        """
        metrics = self._asked(names)
        if days * len(metrics) > MOST_VALUES:
            reason = f"ask for fewer: days times metrics may be {MOST_VALUES}"
            raise InvalidInputError.at(("query", "days"), reason)
        last = last or self._person.today()
        ahead = USUAL_DAYS if usual else 0
        first = last - dt.timedelta(days - 1 + ahead)
        wanted = self._catalogue.with_inputs(metrics)
        values = await self._metrics.daily_values(first, last, wanted=wanted)
        return await asyncio.to_thread(as_columns, values, metrics, ahead)

    def _asked(self, names: Sequence[str]) -> Sequence[Metric]:
        unknown = [place for place, name in enumerate(names) if name not in self._catalogue]
        if unknown:
            raise InvalidInputError.at(("query", "metric", unknown[0]), "not the key of a metric")
        asked = {self._catalogue[name].key: self._catalogue[name] for name in names}
        return list(asked.values()) or self._catalogue.metrics


def as_columns(values: DailyValues, metrics: Sequence[Metric], ahead: int) -> str:
    """The JSON. The first `ahead` days are there for what is usual on the later ones."""
    columns = values.values[:, [values.keys.index(metric.key) for metric in metrics]]
    by_day = _usual(columns, metrics, ahead) if ahead else None
    series = [
        {
            "key": metric.key,
            "unit": metric.unit,
            "decimals": _digits(metric),
            "values": _rounded(columns[ahead:, place], _digits(metric)),
            "usual": by_day and _usual_of(by_day, place, ahead, _digits(metric)),
        }
        for place, metric in enumerate(metrics)
    ]
    head = {"first": values.days[ahead].isoformat(), "last": values.days[-1].isoformat()}
    told = head | {"usual_days": USUAL_DAYS, "series": series}
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def _usual(columns: FloatArray, metrics: Sequence[Metric], window: int) -> UsualByDay:
    fewest = np.array([days_needed(metric) for metric in metrics], dtype=np.int64)
    return usual_by_day(columns, window=window, fewest=fewest)


def _usual_of(by_day: UsualByDay, place: int, ahead: int, decimals: int) -> dict[str, Any]:
    return {
        name: _rounded(getattr(by_day, name)[ahead:, place], decimals)
        for name in ("low", "median", "high")
    }


def _digits(metric: Metric) -> int:
    """Hours are shown to the minute, which a tenth of an hour is too coarse for."""
    return max(2, metric.decimals) if metric.unit == "h" else metric.decimals


def _rounded(column: FloatArray, decimals: int) -> list[float | int | None]:
    """Without decimals they are whole, as JSON is shorter then."""
    kind = float if decimals else int
    return [kind(v) if v == v else None for v in np.round(column, decimals).tolist()]
