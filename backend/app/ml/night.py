"""A night of many people at once: the day before it, which is over, and the day that it begins.

The day before was judged in its own night, when it had only begun: what is remembered of it is
taken back, and it is judged anew with all that was logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from app.catalog import CATALOGUE, Catalogue
from app.ml.batch import Candidate, judge_days, quiet_days
from app.ml.clinical import any_broken
from app.ml.departures import BASELINE_DAYS, FEWEST_DAYS, MIDDLES
from app.ml.ensemble import ranked
from app.ml.judging import BUDGET_DAYS, LOOKBACK
from app.ml.memory import KEPT_DAYS, Memory, model_of, told_by
from app.ml.priors import Priors, current
from app.ml.rating import OWN_DAYS, REACH
from app.ml.scales import to_scale
from app.ml.strangeness import REFIT_DAYS
from app.ml.trailing import quantiles
from app.ml.types import FloatArray, Wishes

_DAYS = BASELINE_DAYS + MIDDLES + 2
_LEARNING_DAYS = REACH + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a night tests."""

    first: date
    night: date

    @property
    def days(self) -> int:
        """The days of values that it needs, the day that begins included: once a week everybody
        learns anew."""
        learns = self.night.toordinal() % REFIT_DAYS == 0
        return max(_DAYS, _LEARNING_DAYS) if learns else _DAYS


def stands(
    memory: Memory,
    wishes: Wishes,
    *,
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
) -> bool:
    """Whether its days, as they were, would be judged as they have been. Of days on which nothing
    is logged nothing is told: until there are others it need not go on."""
    return (
        memory.model == model_of(catalogue, priors or current())
        and memory.told_by == told_by(wishes, memory.last)
        and memory.set_aside == {day for day in wishes.set_aside if day <= memory.last}
        and memory.accepted == wishes.accepted
    )


def is_continued(memory: Memory, span: Span) -> bool:
    """Whether a run over the span would take everything before the day before from the memory, and
    that ends with the last night, and told nothing of the day that it began."""
    days = (span.night - span.first).days
    return (
        memory.last + timedelta(1) == span.night
        and memory.judged <= span.first
        and len(memory.marks) >= LOOKBACK + days
        and len(memory.scores) >= BUDGET_DAYS + OWN_DAYS + days
        and memory.learned is not None
        and memory.learned.middles is not None
        and all(finding.day < memory.last for finding in memory.findings)
    )


def quiet_nights(
    people: Sequence[Candidate],
    span: Span,
    *,
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
) -> list[Memory | None]:
    """Of each person the memory that a run over the span would leave, where it tells nothing of
    its last two days and all else stands.

    Each with the span's `days`, and a memory that `is_continued`. None where `judge` has to be
    asked. As in `judge_days`, it is for the caller to know that older days are as they were.
    """
    if not people:
        return []
    older = _older_middles(people, catalogue)
    before = [
        replace(one, values=one.values.rows(0, len(one.values.days) - 1), memory=memory)
        for one, memory in zip(people, map(_taken_back, people, older), strict=True)
    ]
    day_before = span.night - timedelta(1)
    ended = _untold(before, day_before, catalogue, priors)
    begun = [replace(one, memory=memory) for one, memory in zip(people, ended, strict=True)]
    found = _untold(begun, span.night, catalogue, priors)
    return [memory and _as_after_a_run(memory, span) for memory in found]


def _untold(
    people: Sequence[Candidate], day: date, catalogue: Catalogue, priors: Priors | None
) -> list[Memory | None]:
    """The memories of those of whom there is nothing to tell. Those who may be told only because
    they break a limit, or who learn anew, are judged; whoever else may be told has a run to come.
    """
    found = quiet_days(people, day, catalogue=catalogue, priors=priors)
    learn = day.toordinal() % REFIT_DAYS == 0
    left = [
        place
        for place, memory in enumerate(found)
        if memory is None and (learn or _breaks_a_limit(people[place], catalogue))
    ]
    judged = judge_days([people[n] for n in left], day, catalogue=catalogue, priors=priors)
    for place, one in zip(left, judged, strict=True):
        found[place] = None if one is None or one.findings else one.memory
    return found


def _breaks_a_limit(one: Candidate, catalogue: Catalogue) -> bool:
    today = range(len(one.values.days) - 1, len(one.values.days))
    return any_broken(one.values, today, catalogue.metrics, one.wishes.conditions)


def _older_middles(people: Sequence[Candidate], catalogue: Catalogue) -> FloatArray:
    """The middles of the first day that the day before rests on, shape (people, metrics), as
    `departures` has them: with what is remembered, the middles of all days that it rests on."""
    metrics = catalogue.watched
    keys = people[0].values.keys
    columns = [keys.index(metric.key) for metric in metrics]
    past = np.stack([one.values.values[-_DAYS : BASELINE_DAYS - _DAYS, columns] for one in people])
    for place, one in enumerate(people):
        begin = one.values.days[-_DAYS]
        aside = [n for day in one.wishes.set_aside if 0 <= (n := (day - begin).days) < len(past[0])]
        past[place, aside] = np.nan
    scaled = np.moveaxis(to_scale(np.moveaxis(past, 1, 0), metrics), 0, -1)
    (median,) = quantiles(scaled, 0.5)
    return np.where(np.isfinite(scaled).sum(axis=-1) >= FEWEST_DAYS, median, np.nan)


def _taken_back(one: Candidate, older: FloatArray) -> Memory | None:
    """The memory without its last day. A day's middles rest on the days before it alone."""
    memory = one.memory
    if memory is None or memory.learned is None or memory.learned.middles is None:
        return None
    before, told = memory.last - timedelta(1), memory.told_by
    if memory.last in one.wishes.conditions.values() and told == told_by(one.wishes, memory.last):
        told = told_by(one.wishes, before)
    middles = np.concatenate([older[np.newaxis], memory.learned.middles[:-1]])
    return replace(
        memory,
        last=before,
        marks=memory.marks[:-1],
        scores=memory.scores[:-1],
        learned=replace(memory.learned, day=before, middles=middles),
        told_by=told,
    )


def _as_after_a_run(memory: Memory, span: Span) -> Memory:
    """What a run puts in order beside its new days: what it was asked for, the gravest first."""
    forgotten = span.night - timedelta(KEPT_DAYS - 1)
    earlier = [f for f in memory.findings if f.day < span.first]
    asked = ranked(f for f in memory.findings if f.day >= span.first)
    return replace(
        memory,
        judged=max(memory.judged, forgotten),
        findings=tuple(f for f in (*earlier, *asked) if f.day >= forgotten),
    )
