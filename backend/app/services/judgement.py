"""Judging one person's days by their entries and wishes; nothing is stored here."""

import asyncio
import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Aggregation, Catalogue, Column
from app.database import prepared
from app.ml.judging import LOOKBACK, judge
from app.ml.types import DailyValues, Finding
from app.services.data_state import STATE_DAYS, DataState, state_of
from app.services.detection_memory import (
    NOTHING,
    Remembered,
    keep_memory,
    memory_asked,
    remembered_in,
)
from app.services.metrics_service import MetricsService
from app.services.people import Person
from app.services.wishes import wishes_asked, wishes_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is strange in a span, the values that it rests on, and what the budget made of it;
    `before` is what was remembered."""

    findings: tuple[Finding, ...]
    values: DailyValues
    state: DataState
    alarm_days: int
    days_judged: int
    before: Remembered = field(default=NOTHING, compare=False)

    @property
    def unsettled(self) -> tuple[Finding, ...]:
        """The findings that may be kept otherwise, or not at all. The others may be gone."""
        memory = self.before.memory
        known = frozenset() if memory is None else frozenset(memory.findings)
        return tuple(f for f in self.findings if f not in known or not self.before.settles(f.day))


class JudgementService:
    """Judges one person's days."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue
        self._metrics = MetricsService(session, person, catalogue)

    async def judge(
        self,
        first: dt.date,
        last: dt.date,
        *,
        as_of: dt.date | None = None,
        renew: bool = False,
    ) -> Judgement:
        """The days from `first` to `last` against the days before each of them.

        With `as_of` they are judged as on that day, which was not over then; a later `last` is cut
        there. With `renew` the daily values and what was found are kept for who judges next.
        """
        today = min(as_of or self._person.today(), self._person.today())
        last = last if as_of is None else min(last, as_of)
        reach = max(LOOKBACK, STATE_DAYS)
        read = self._metrics.renewed_values if renew else self._metrics.daily_values
        known = await read(first - dt.timedelta(days=reach), last)
        values = finished(known, today, self._catalogue)
        before = remembered_in(await prepared(self._session, *memory_asked(self._person)))
        # What was noted since is known after a renewal alone.
        since = before.unchanged_before(last) if renew else dt.date.min
        (wished,) = await prepared(self._session, *wishes_asked(self._person, last, since))
        wishes = wishes_from(wished, self._person, before.conditions_before(since))
        judged = await asyncio.to_thread(
            judge,
            values,
            since=first,
            until=last,
            wishes=wishes,
            catalogue=self._catalogue,
            memory=before.memory,
        )
        memory = judged.memory
        if renew and memory is not None and memory is not before.memory:
            await keep_memory(
                self._session,
                self._person,
                memory,
                first=first,
                today=today,
                conditions=wishes.conditions,
            )
        return Judgement(
            findings=judged.findings,
            values=values,
            state=state_of(values),
            alarm_days=judged.alarm_days,
            days_judged=judged.days_judged,
            before=before,
        )


def finished(values: DailyValues, today: dt.date, catalogue: Catalogue) -> DailyValues:
    """Without today's totals: the day is not over, and a dinner to come is no anomaly. A night is
    over in the morning, so sleep stays."""
    begun = max(0, (today - values.days[0]).days)
    if begun >= len(values.days):
        return values
    known = values.values.copy()
    known[begun:, _running(values.keys, catalogue)] = np.nan
    return DailyValues(values.days, values.keys, known)


@lru_cache(maxsize=8)
def _running(keys: tuple[str, ...], catalogue: Catalogue) -> list[int]:
    """The places of totals."""
    return [
        index
        for index, key in enumerate(keys)
        if isinstance(source := catalogue[key].source, Column)
        and source.aggregation is Aggregation.SUM
        and source.tracker != "sleep"
    ]
