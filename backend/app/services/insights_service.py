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
from app.services.data_state import STATE_DAYS, DataState, state_of
from app.services.episodes import EpisodeService
from app.services.metrics_service import MetricsService
from app.services.people import Person
from app.utils.enums import DataStatus
from app.utils.security import Tokens
from app.utils.units import display_unit

SURE_ENOUGH = 0.01


class InsightsService:
    """One person's insights. Nothing is stored: they follow from entries and findings."""

    def __init__(
        self, session: AsyncSession, person: Person, catalogue: Catalogue, tokens: Tokens
    ) -> None:
        self._anomalies = AnomalyService(session, person, catalogue, tokens)
        self._episodes = EpisodeService(session, person, tokens)
        self._metrics = MetricsService(session, person, catalogue)
        self._person = person
        self._catalogue = catalogue

    async def insights(self, days: int) -> str:
        """The span's insights as JSON: episodes and findings gravest first, then trends, then data
        quality."""
        last = self._person.today()
        first = last - dt.timedelta(days=days - 1)
        findings = await self._anomalies.ranked(first, last, limit=20)
        episodes = await self._episodes.ranked(first, last, limit=10)
        reach = max(days, STATE_DAYS)
        values = await self._metrics.daily_values(last - dt.timedelta(reach - 1), last)
        state = state_of(values)
        head = {
            "first": first,
            "last": last,
            **state.as_json(),
            "trends": list(self._trends(values.rows(reach - days, reach))),
            "data": list(_data_quality(state)),
        }
        text = json.dumps(head, default=dt.date.isoformat, allow_nan=False)
        return f'{text[:-1]},"episodes":{episodes},"findings":{findings}}}'

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


def _data_quality(state: DataState) -> Iterator[dict[str, object]]:
    days, needed = state.days_with_data, state.days_needed
    if days == 0:
        text = f"Nothing was logged in the last {STATE_DAYS} days."
        yield {"kind": "nothing_logged", "text": text}
        return
    if days < needed:
        text = f"{days} of {needed} days are logged: too few to say what is usual for you."
        yield {"kind": "learning", "text": text}
    if state.status is DataStatus.STALE:
        yield {"kind": "stale", "text": f"Nothing was logged for {state.silent_days} days."}


def _sentence(metric: Metric, seen: Trend) -> str:
    unit = display_unit(metric.unit)
    ends = [f"{value:,.{metric.decimals}f}" for value in (seen.first, seen.last)]
    verb = "rose" if seen.slope > 0 else "fell"
    return f"{metric.label} {verb} from about {ends[0]} to {ends[1]} {unit}".rstrip() + (
        f" ({seen.days} days with a value)."
    )
