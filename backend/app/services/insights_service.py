"""What stands out across findings, trends and gaps in the data, each with its evidence."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue, Metric
from app.ml.trends import Trend, trend
from app.ml.types import DailyValues
from app.services.anomaly_service import AnomalyService
from app.services.detection import LEARNING_DAYS
from app.services.metrics_service import MetricsService
from app.services.people import Person
from app.utils.security import Tokens
from app.utils.units import display_unit

SURE_ENOUGH = 0.01
STALE_DAYS = 7


class InsightsService:
    """One person's insights. Nothing is stored: they follow from entries and findings."""

    def __init__(
        self, session: AsyncSession, person: Person, catalogue: Catalogue, tokens: Tokens
    ) -> None:
        self._anomalies = AnomalyService(session, person, tokens)
        self._metrics = MetricsService(session, person, catalogue)
        self._person = person
        self._catalogue = catalogue

    async def insights(self, days: int) -> str:
        """The span's insights as JSON: findings gravest first, then trends, then data quality."""
        last = self._person.today()
        first = last - dt.timedelta(days=days - 1)
        findings = await self._anomalies.ranked(first, last, limit=20)
        values = await self._metrics.daily_values(first, last)
        logged = _days_logged(values)
        head = {
            "first": first,
            "last": last,
            "status": "ready" if len(logged) >= LEARNING_DAYS else "learning",
            "days_with_data": len(logged),
            "trends": list(self._trends(values)),
            "data": list(self._data_quality(values, logged)),
        }
        text = json.dumps(head, default=dt.date.isoformat, allow_nan=False)
        return f'{text[:-1]},"findings":{findings}}}'

    def _trends(self, values: DailyValues) -> Iterator[dict[str, object]]:
        """Trends that are more than chance, the surest first; one a family of metrics."""
        found = [
            (metric, seen)
            for metric in self._catalogue.metrics
            if (seen := trend(values.column(metric.key))) is not None
            and seen.p_value < SURE_ENOUGH / len(self._catalogue.metrics)
        ]
        families: set[str] = set()
        for metric, seen in sorted(found, key=lambda pair: pair[1].p_value):
            if metric.family not in families:
                families.add(metric.family)
                yield {"metric": metric.key, "text": _sentence(metric, seen)} | asdict(seen)

    def _data_quality(
        self, values: DailyValues, logged: list[dt.date]
    ) -> Iterator[dict[str, object]]:
        if not logged:
            yield {"kind": "nothing_logged", "text": "Nothing was logged in this span."}
            return
        if len(logged) < LEARNING_DAYS:
            yield {
                "kind": "learning",
                "text": f"{len(logged)} of {LEARNING_DAYS} days are logged: too few to say what is "
                "usual for you.",
            }
        silent = (values.days[-1] - logged[-1]).days
        if silent >= STALE_DAYS:
            yield {"kind": "stale", "text": f"Nothing was logged for {silent} days."}


def _days_logged(values: DailyValues) -> list[dt.date]:
    return [day for day, row in zip(values.days, values.values, strict=True) if (row == row).any()]


def _sentence(metric: Metric, seen: Trend) -> str:
    unit = display_unit(metric.unit)
    ends = [f"{value:,.{metric.decimals}f}" for value in (seen.first, seen.last)]
    verb = "rose" if seen.slope > 0 else "fell"
    return f"{metric.label} {verb} from about {ends[0]} to {ends[1]} {unit}".rstrip() + (
        f" ({seen.days} days with a value)."
    )
