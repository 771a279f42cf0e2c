"""A new day of many people at once, at a fraction of what judging each of them costs."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.catalog import CATALOGUE, Catalogue
from app.ml import judging
from app.ml.budget import adapted_level
from app.ml.clinical import applies
from app.ml.departures import BASELINE_DAYS
from app.ml.judging import BUDGET_DAYS, Detected, News, findings_of
from app.ml.many import Candidate, Together
from app.ml.memory import KEPT_DAYS, Marks, Memory, marks_of_rows, model_of, told_by
from app.ml.priors import Priors, current
from app.ml.rating import OWN_DAYS, Learned, Measured, p_values
from app.ml.strangeness import REFIT_DAYS
from app.ml.types import BoolArray, Finding, FloatArray

_Any = TypeVar("_Any")
_Number = TypeVar("_Number", np.uint64, np.float64)

__all__ = ["DAYS", "LOOKBACK", "Candidate", "judge_days", "quiet_days"]

DAYS = BASELINE_DAYS + 1
"""The days of values that a quiet day needs, itself included."""

LOOKBACK = judging.LOOKBACK
"""The days of values before the new one that any day can do with."""

TOGETHER, LEARNING_TOGETHER = 128, 12
"""So many people at a time cost least, and so many of those who learn: with more, what is made of
their days leaves the caches."""

_LARGEST_BLOCK = 31 << 20
"""The bytes of the largest block that glibc minds; twice as much may be free at its heap's end."""


def judge_days(
    people: Sequence[Candidate],
    day: date,
    *,
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
) -> list[Detected | None]:
    """Of each person what `judge` says of the new day alone, to the last bit.

    The values are those that `judge` would be given, back to `LOOKBACK` days before the day. None
    where it has to be asked: the memory does not end on the day before or does not hold, or there
    are limits of the person's own. Whether days before the last `DAYS` are as they were is for the
    caller to know.
    """
    return _judged(people, day, catalogue, priors or current(), quiet_only=False)


def quiet_days(
    people: Sequence[Candidate],
    day: date,
    *,
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
) -> list[Memory | None]:
    """Of each person the memory with the new day, where nothing is to be told of it.

    `DAYS` days of values are enough. None where something may be told, where the person has to
    learn anew, and where `judge_days` says None.
    """
    found = _judged(people, day, catalogue, priors or current(), quiet_only=True)
    return [one.memory if one else None for one in found]


def _judged(
    people: Sequence[Candidate],
    day: date,
    catalogue: Catalogue,
    priors: Priors,
    *,
    quiet_only: bool,
) -> list[Detected | None]:
    _keep_freed_memory()
    result: list[Detected | None] = [None] * len(people)
    model = model_of(catalogue, priors)
    block = day - timedelta(day.toordinal() % REFIT_DAYS)
    ready = [n for n, person in enumerate(people) if _is_ready(person, day, model)]
    has_learned = [n for n in ready if _has_learned(people[n], block)]
    has_to_learn = [] if quiet_only else sorted(set(ready) - set(has_learned))
    for chosen in (*_parts(has_learned, TOGETHER), *_parts(has_to_learn, TOGETHER)):
        batch = _Batch([people[n] for n in chosen], day, catalogue, priors)
        for n, detected in zip(chosen, batch.detected(block, quiet_only=quiet_only), strict=True):
            result[n] = detected
    return result


@cache
def _keep_freed_memory() -> None:
    """Let the C library keep what arrays give back for the arrays to come.

    glibc returns what is freed of large blocks, and what is free at the end of its heap, to the
    system, and to get it again costs more than much of the mathematics. From which size on it does
    so follows the largest block that was freed before (mallopt(3), M_MMAP_THRESHOLD); so one is
    freed, which is never touched.
    """
    np.empty(_LARGEST_BLOCK, dtype=np.uint8)


def _parts(all_of: Sequence[_Any], size: int) -> Iterator[Sequence[_Any]]:
    return (all_of[n : n + size] for n in range(0, len(all_of), size))


def _is_ready(person: Candidate, day: date, model: str) -> bool:
    memory, wishes = person.memory, person.wishes
    if memory is None or memory.model != model or memory.learned is None:
        return False
    return (
        memory.last + timedelta(1) == day
        and len(memory.scores) >= min(len(memory.marks), BUDGET_DAYS + OWN_DAYS)
        and len(memory.marks) >= BASELINE_DAYS
        and len(person.values.days) >= DAYS
        and person.values.days[-1] == day
        and not wishes.thresholds
        and memory.told_by == told_by(wishes, memory.last)
        and memory.set_aside == wishes.set_aside
        and memory.accepted == wishes.accepted
    )


def _has_learned(person: Candidate, block: date) -> bool:
    learned = person.memory and person.memory.learned
    return bool(learned and learned.block == block and learned.middles is not None)


class _Batch:
    """People whose memories are complete up to the day before; all of them have learned what the
    day rests on, or all have to."""

    def __init__(
        self, people: Sequence[Candidate], day: date, catalogue: Catalogue, priors: Priors
    ) -> None:
        self._people = people
        self._day = day
        self._catalogue = catalogue
        self._priors = priors
        self._today = np.stack([person.values.values[-1] for person in people])
        self._memories = [person.memory for person in people if person.memory]

    def detected(self, block: date, *, quiet_only: bool) -> list[Detected | None]:
        """None where older days are not as they were."""
        rows = [person.values.values[-DAYS:] for person in self._people]
        marks = np.stack([marks_of_rows(of_person) for of_person in rows])
        measured, learned = self._measured(block)
        before = BUDGET_DAYS + OWN_DAYS
        scores = np.stack([_last(memory.scores, before) for memory in self._memories], axis=1)
        p_value = p_values(np.vstack([scores, measured.score]), self._priors, first=OWN_DAYS)
        level, next_level = self._levels(p_value)
        told = p_value[-1] <= level
        loud = told | self._broken()
        result: list[Detected | None] = []
        for n, wanted in enumerate(self._as_before(marks) & ~(loud & quiet_only)):
            if not wanted:
                result.append(None)
                continue
            today = slice(n, n + 1)
            news = (measured.rows(today), p_value[-1, today], told[today]) if loud[n] else None
            made = self._findings(n, *news) if news else ()
            result.append(
                Detected(
                    findings=made,
                    alarm_days=int(told[n]),
                    days_judged=int(np.isfinite(p_value[-1, n])),
                    level=float(next_level[n]),
                    memory=self._next(n, marks[n, -1], measured.score[n], learned[n], made),
                )
            )
        return result

    def _measured(self, block: date) -> tuple[Measured, Sequence[Learned]]:
        if _has_learned(self._people[0], block):
            everyone = self._together(self._people)
            return everyone.measured([m.learned for m in self._memories if m.learned])
        parts = _parts(self._people, LEARNING_TOGETHER)
        measured, learned = zip(
            *(self._together(p).measured_anew(block) for p in parts), strict=True
        )
        return Measured.joined(measured), [one for part in learned for one in part]

    def _together(self, people: Sequence[Candidate]) -> Together:
        return Together(people=people, catalogue=self._catalogue, priors=self._priors)

    def _as_before(self, marks: Marks) -> BoolArray:
        then = np.stack([memory.marks[-BASELINE_DAYS:] for memory in self._memories])
        return np.asarray((then == marks[:, :-1]).all(axis=1))

    def _levels(self, p_value: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Of the new day and of the day after it, by p-values of the shape (budget days and the
        new day, people)."""
        level, after = np.empty((2, len(self._people)))
        budgets = np.array([person.wishes.alarms_per_month for person in self._people])
        for budget in np.unique(budgets):
            theirs = np.flatnonzero(budgets == budget)
            past = np.concatenate([p_value[:-1, theirs], p_value[1:, theirs]], axis=1)
            level[theirs], after[theirs] = np.split(adapted_level(past.T, float(budget)), 2)
        return level, after

    def _broken(self) -> BoolArray:
        """Whether the day breaks any limit that applies to the person."""
        broken = np.zeros(len(self._people), dtype=bool)
        keys = self._people[0].values.keys
        for metric in self._catalogue.metrics:
            today = self._today[:, keys.index(metric.key)]
            for limit in metric.limits:
                outside = today < (-np.inf if limit.below is None else limit.below)
                outside |= today > (np.inf if limit.above is None else limit.above)
                for n in np.flatnonzero(outside).tolist():
                    broken[n] |= applies(limit, self._people[n].wishes.conditions, self._day)
        return broken

    def _findings(
        self, n: int, measured: Measured, p_value: FloatArray, told: BoolArray
    ) -> tuple[Finding, ...]:
        values, wishes = self._people[n].values, self._people[n].wishes
        today = range(len(values.days) - 1, len(values.days))
        news = News(rows=today, measured=measured, p_value=p_value, told=told)
        return tuple(findings_of(news, values, wishes, self._catalogue))

    def _next(
        self,
        n: int,
        mark: np.uint64,
        score: np.float64,
        learned: Learned,
        made: Sequence[Finding],
    ) -> Memory:
        memory, wishes = self._memories[n], self._people[n].wishes
        is_new = self._day in wishes.conditions.values()
        forgotten = self._day - timedelta(KEPT_DAYS - 1)
        return Memory(
            model=memory.model,
            last=self._day,
            marks=_longer(memory.marks, mark),
            scores=_longer(memory.scores, score),
            learned=learned,
            told_by=told_by(wishes, self._day) if is_new else memory.told_by,
            set_aside=memory.set_aside,
            accepted=memory.accepted,
            judged=max(memory.judged, forgotten),
            findings=tuple(f for f in (*memory.findings, *made) if f.day >= forgotten),
        )


def _longer(remembered: NDArray[_Number], newest: _Number) -> NDArray[_Number]:
    kept = remembered[1 - KEPT_DAYS :]
    result = np.empty(len(kept) + 1, dtype=remembered.dtype)
    result[:-1], result[-1] = kept, newest
    return result


def _last(scores: FloatArray, count: int) -> FloatArray:
    """The last scores; unknown where there are not so many."""
    kept = scores[-count:]
    if len(kept) == count:
        return kept
    return np.concatenate([np.full(count - len(kept), np.nan), kept])
