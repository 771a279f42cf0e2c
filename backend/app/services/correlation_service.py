"""Which of a person's metrics go together, in figures and in words."""

import asyncio
import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue, Metric
from app.catalog.relations import comparable_pairs
from app.ml.correlations import (
    FALSE_DISCOVERIES,
    LONGEST_LAG,
    MINIMUM_EFFECTIVE_DAYS,
    Correlation,
    Search,
    find_correlations,
)
from app.schemas.correlations import CorrelationOut, CorrelationsOut, IntervalOut
from app.services.metrics_service import MetricsService
from app.services.people import Person


class CorrelationService:
    """One person's correlations. Nothing is stored: they follow from the entries."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._metrics = MetricsService(session, person, catalogue)
        self._person = person
        self._catalogue = catalogue

    async def correlations(self, days: int) -> CorrelationsOut:
        """Those of the `days` days before today, which is not over yet."""
        last = self._person.today() - dt.timedelta(days=1)
        first = last - dt.timedelta(days=days - 1)
        values = await self._metrics.daily_values(first, last)
        search = await asyncio.to_thread(
            find_correlations, values.values, comparable_pairs(self._catalogue)
        )
        return self._told(search, first, last)

    def _told(self, search: Search, first: dt.date, last: dt.date) -> CorrelationsOut:
        return CorrelationsOut(
            first=first,
            last=last,
            status="ready" if search.pairs else "learning",
            false_discovery_rate=FALSE_DISCOVERIES,
            longest_lag=LONGEST_LAG,
            minimum_effective_days=MINIMUM_EFFECTIVE_DAYS,
            pairs_looked_at=search.pairs,
            tests=search.tests,
            items=[self._item(found) for found in search.found],
        )

    def _item(self, found: Correlation) -> CorrelationOut:
        earlier, later = (self._catalogue.metrics[n] for n in (found.earlier, found.later))
        return CorrelationOut(
            earlier=earlier.key,
            later=later.key,
            lag_days=found.lag,
            direction="together" if found.r > 0 else "opposite",
            r=round(found.r, 3),
            interval=IntervalOut(low=round(found.low, 3), high=round(found.high, 3)),
            days=found.days,
            effective_days=round(found.effective_days, 1),
            p_value=found.p_value,
            adjusted_p=found.adjusted_p,
            text=sentence(earlier, later, found),
        )


def sentence(earlier: Metric, later: Metric, found: Correlation) -> str:
    """The finding in plain words, with its figures. It never says that one causes the other."""
    side = "higher" if found.r > 0 else "lower"
    first, second = _mid_sentence(earlier.label), _mid_sentence(later.label)
    if found.lag:
        when = "the next day" if found.lag == 1 else f"{found.lag} days later"
        claim = f"Higher {first} was mostly followed by {side} {second} {when}"
    else:
        claim = f"Higher {first} mostly came with {side} {second} on the same day"
    figures = f"correlation {found.r:.2f}, interval {found.low:.2f} to {found.high:.2f}"
    basis = f"{found.days} days, worth {found.effective_days:.0f} independent ones"
    return f"{claim} ({figures}; {basis}). This is an association, not a cause."


def _mid_sentence(label: str) -> str:
    """The label with a small first letter, unless it starts with an abbreviation."""
    first = label.partition(" ")[0]
    return label[0].lower() + label[1:] if first[1:].islower() else label
