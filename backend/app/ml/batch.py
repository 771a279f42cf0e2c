"""A new day of many people at once: most have nothing to be told, which is found out cheaply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from app.catalog import CATALOGUE, Catalogue
from app.ml.budget import adapted_level
from app.ml.departures import BASELINE_DAYS, DEVIATION, scaled_departures
from app.ml.judging import BUDGET_DAYS
from app.ml.memory import KEPT_DAYS, Marks, Memory, marks_of_rows, model_of, told_by
from app.ml.priors import Priors, current
from app.ml.rating import OWN_DAYS, left, p_values, priors_of, score_of
from app.ml.scales import to_scale
from app.ml.strangeness import REFIT_DAYS, Fit, evidence
from app.ml.types import BoolArray, DailyValues, FloatArray, Wishes

DAYS = BASELINE_DAYS + 1
"""The days of values that a new day needs, itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person with their last `DAYS` days, what they asked for and what is remembered of them."""

    values: DailyValues
    wishes: Wishes
    memory: Memory | None


def quiet_days(
    people: Sequence[Candidate],
    day: date,
    *,
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
) -> list[Memory | None]:
    """Of each person the memory with the new day, where nothing is to be told of it.

    None where `judge` has to be asked: something may be told, or the memory does not end on the day
    before, does not hold, or has to learn anew. Whether older days than those given are as they
    were is for the caller to know.
    """
    priors = priors or current()
    model = model_of(catalogue, priors)
    asked = [n for n, person in enumerate(people) if _is_ready(person, day, model)]
    result: list[Memory | None] = [None] * len(people)
    if asked:
        batch = _Batch([people[n] for n in asked], day, catalogue, priors)
        for n, memory in zip(asked, batch.memories(), strict=True):
            result[n] = memory
    return result


def _is_ready(person: Candidate, day: date, model: str) -> bool:
    memory, wishes = person.memory, person.wishes
    if memory is None or memory.model != model or memory.learned is None:
        return False
    block = day - timedelta(day.toordinal() % REFIT_DAYS)
    return (
        memory.last + timedelta(1) == day
        and memory.learned.block == block
        and memory.learned.middles is not None
        and len(memory.scores) >= min(len(memory.marks), BUDGET_DAYS + OWN_DAYS)
        and len(memory.marks) >= BASELINE_DAYS
        and len(person.values.days) >= DAYS
        and person.values.days[-1] == day
        and not wishes.thresholds
        and memory.told_by == told_by(wishes)
        and memory.set_aside == wishes.set_aside
        and memory.accepted == wishes.accepted
    )


class _Batch:
    """People whose memories are complete up to the day before."""

    def __init__(
        self, people: Sequence[Candidate], day: date, catalogue: Catalogue, priors: Priors
    ) -> None:
        self._people = people
        self._day = day
        self._catalogue = catalogue
        self._priors = priors
        self._rows = np.stack([person.values.values[-DAYS:] for person in people])
        self._known = [
            (p.memory, p.memory.learned) for p in people if p.memory and p.memory.learned
        ]

    def memories(self) -> list[Memory | None]:
        marks = marks_of_rows(self._rows)
        middles, score = self._scores()
        before = BUDGET_DAYS + OWN_DAYS
        scores = np.stack([_last(memory.scores, before) for memory, _ in self._known], axis=1)
        p_value = p_values(np.vstack([scores, score]), self._priors, first=OWN_DAYS)
        quiet = self._as_before(marks) & ~self._told(p_value) & ~self._broken()
        return [
            self._next(n, marks[n, -1], score[n], middles[:, n]) if quiet[n] else None
            for n in range(len(self._people))
        ]

    def _as_before(self, marks: Marks) -> BoolArray:
        then = np.stack([memory.marks[-BASELINE_DAYS:] for memory, _ in self._known])
        return np.asarray((then == marks[:, :-1]).all(axis=1))

    def _scores(self) -> tuple[FloatArray, FloatArray]:
        """The new middles, shape (days, people, metrics), and the day's scores."""
        metrics, people = self._catalogue.watched, len(self._people)
        of_metrics = priors_of(self._priors, self._catalogue)
        keys = self._people[0].values.keys
        columns = [keys.index(metric.key) for metric in metrics]
        scaled = to_scale(np.moveaxis(self._rows[..., columns], 1, 0), metrics)
        remembered = [learned.middles for _, learned in self._known]
        middles = np.stack([known for known in remembered if known is not None], axis=1)
        departed = scaled_departures(
            scaled.reshape(DAYS, -1),
            np.where(self._learned_from()[..., np.newaxis], scaled, np.nan).reshape(DAYS, -1),
            np.tile(of_metrics.carried, people),
            first=BASELINE_DAYS,
            middles=middles.reshape(len(middles), -1),
        )
        shape = (people, len(metrics))
        found = departed.values.reshape(-1, *shape)
        fitted = Fit(
            spread=np.concatenate([learned.fit.spread for _, learned in self._known], axis=1),
            correlation=np.concatenate(
                [learned.fit.correlation for _, learned in self._known], axis=1
            ),
            tail=np.concatenate([learned.fit.tail for _, learned in self._known], axis=1),
        )
        strange = evidence(found, fitted, of_metrics.weights)
        lefts = [self._left(person) for person in self._people]
        above = strange.above * np.concatenate([one for one, _ in lefts])
        below = strange.below * np.concatenate([other for _, other in lefts])
        known = np.isfinite(found[DEVIATION] / strange.spread).sum(axis=1)
        score = score_of(np.maximum(above, below), known, self._priors)
        return departed.middles.reshape(-1, *shape), score

    def _left(self, person: Candidate) -> tuple[FloatArray, FloatArray]:
        today = range(len(person.values.days) - 1, len(person.values.days))
        return left(person.values, today, self._catalogue.watched, person.wishes.accepted)

    def _learned_from(self) -> BoolArray:
        """Shape (days, people)."""
        learned_from = np.ones((DAYS, len(self._people)), dtype=bool)
        for n, person in enumerate(self._people):
            for day in person.wishes.set_aside:
                ago = (self._day - day).days
                if 0 <= ago < DAYS:
                    learned_from[DAYS - 1 - ago, n] = False
        return learned_from

    def _told(self, p_value: FloatArray) -> BoolArray:
        """By p-values of the shape (budget days and the new day, people)."""
        told = np.zeros(len(self._people), dtype=bool)
        budgets = np.array([person.wishes.alarms_per_month for person in self._people])
        for budget in np.unique(budgets):
            theirs = budgets == budget
            past = p_value[-1 - BUDGET_DAYS : -1, theirs].T
            told[theirs] = p_value[-1, theirs] <= adapted_level(past, float(budget))
        return told

    def _broken(self) -> BoolArray:
        """Whether the day breaks any limit of anybody's."""
        broken = np.zeros(len(self._people), dtype=bool)
        keys = self._people[0].values.keys
        for metric in self._catalogue.metrics:
            today = self._rows[:, -1, keys.index(metric.key)]
            for limit in metric.limits:
                broken |= today < (-np.inf if limit.below is None else limit.below)
                broken |= today > (np.inf if limit.above is None else limit.above)
        return broken

    def _next(self, n: int, mark: np.uint64, score: np.float64, middles: FloatArray) -> Memory:
        memory, learned = self._known[n]
        return replace(
            memory,
            last=self._day,
            marks=np.append(memory.marks, mark)[-KEPT_DAYS:],
            scores=np.append(memory.scores, score)[-KEPT_DAYS:],
            learned=replace(learned, day=self._day, middles=middles),
        )


def _last(scores: FloatArray, count: int) -> FloatArray:
    """The last scores; unknown where there are not so many."""
    kept = scores[-count:]
    return np.concatenate([np.full(count - len(kept), np.nan), kept])
