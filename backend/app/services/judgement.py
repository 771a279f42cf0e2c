"""Judging one person's days by their entries and wishes; nothing is stored here."""

import asyncio
import datetime as dt
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Aggregation, Catalogue, Column
from app.ml.judging import LOOKBACK, Detected, judge
from app.ml.types import DailyValues, Finding
from app.services.data_state import STATE_DAYS, DataState, state_of
from app.services.detection_memory import keep_memory, load_memory
from app.services.metrics_service import MetricsService
from app.services.people import Person
from app.services.wishes import wishes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is strange in a span, the values that it rests on, and what the budget made of it."""

    findings: tuple[Finding, ...]
    values: DailyValues
    state: DataState
    alarm_days: int
    days_judged: int


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
        values = _finished(known, today, self._catalogue)
        wishes = await wishes_of(self._session, self._person, last)
        memory = known_before = await load_memory(self._session, self._person)
        parts = []
        for start, end, asked in wishes.stretches(first, last):
            part = await asyncio.to_thread(
                judge,
                values,
                since=start,
                until=end,
                wishes=asked,
                catalogue=self._catalogue,
                memory=memory,
            )
            memory = part.memory
            parts.append(part)
        if renew and memory is not None and memory is not known_before:
            await keep_memory(self._session, self._person, memory)
        return _joined(parts, values)


def _joined(parts: list[Detected], values: DailyValues) -> Judgement:
    findings = [finding for part in parts for finding in part.findings]
    return Judgement(
        findings=tuple(findings),
        values=values,
        state=state_of(values),
        alarm_days=sum(part.alarm_days for part in parts),
        days_judged=sum(part.days_judged for part in parts),
    )


def _finished(values: DailyValues, today: dt.date, catalogue: Catalogue) -> DailyValues:
    """Without today's totals: the day is not over, and a dinner to come is no anomaly. A night is
    over in the morning, so sleep stays."""
    running = [
        index
        for index, key in enumerate(values.keys)
        if isinstance(source := catalogue[key].source, Column)
        and source.aggregation is Aggregation.SUM
        and source.tracker != "sleep"
    ]
    known = values.values.copy()
    for row, day in enumerate(values.days):
        if day >= today:
            known[row, running] = np.nan
    return DailyValues(values.days, values.keys, known)
