"""The new day of many people, measured side by side as `rating.measure` does it for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.catalog import Catalogue
from app.ml import departures as departing
from app.ml.departures import BASELINE_DAYS, DEVIATION, KINDS, Departures, scaled_departures
from app.ml.memory import Memory
from app.ml.priors import MetricPriors, Priors
from app.ml.rating import REACH, Learned, Measured, left, priors_of, score_of
from app.ml.scales import to_scale
from app.ml.strangeness import MEMORY_DAYS, Fit, evidence, fit_past, lag_of
from app.ml.types import BoolArray, DailyValues, FloatArray, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person with their last days, what they asked for and what is remembered of them."""

    values: DailyValues
    wishes: Wishes
    memory: Memory | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """People whose last day is the same, with what each has learned that it rests on. Nothing is
    known of days before those given."""

    people: Sequence[Candidate]
    catalogue: Catalogue
    priors: Priors

    def measured(self, learned: Sequence[Learned]) -> tuple[Measured, Sequence[Learned]]:
        """With what they have `learned` before the day's block, and up to the day before. A row a
        person, and what they have learned with the day."""
        departed = self._departed(BASELINE_DAYS, self._kept_days(BASELINE_DAYS), self._remembered())
        fitted = Fit(
            spread=np.concatenate([one.fit.spread for one in learned], axis=1),
            correlation=np.concatenate([one.fit.correlation for one in learned], axis=1),
            tail=np.concatenate([one.fit.tail for one in learned], axis=1),
        )
        fits = [one.fit for one in learned]
        return self._rated(departed, fitted), self._learned(learned[0].block, fits, departed)

    def measured_anew(self, block: date) -> tuple[Measured, Sequence[Learned]]:
        """The same with what they learn now, from before the day `block`."""
        taught = self._kept_days(REACH)
        departed = self._departed(REACH, taught, self._remembered())
        start = REACH - departing.REACH - (self._day - block).days
        found = self._by_person(departed.values)
        if not taught.all():
            found = np.where(taught[departing.REACH :, :, np.newaxis], found, np.nan)
        # Side by side as they are learned from, so that they are copied once.
        by_metric = np.empty((len(KINDS), *found.shape[2:], MEMORY_DAYS))
        for kind, length in enumerate(KINDS):
            end = start - lag_of(length) + 1
            by_metric[kind] = np.moveaxis(found[kind, end - MEMORY_DAYS : end], 0, -1)
        fitted = fit_past(np.swapaxes(by_metric, -2, -1), self._of_metrics)
        fits = [fitted.alone(n) for n in range(len(self.people))]
        return self._rated(departed, fitted), self._learned(block, fits, departed)

    def _remembered(self) -> FloatArray | None:
        """The middles up to the day before, where they are known of everybody."""
        learned = [one.memory.learned for one in self.people if one.memory and one.memory.learned]
        known = [one.middles for one in learned if one.middles is not None]
        if len(known) < len(self.people):
            return None
        return np.stack(known, axis=1).reshape(departing.MIDDLES, -1)

    @property
    def _day(self) -> date:
        return self.people[0].values.days[-1]

    @property
    def _of_metrics(self) -> MetricPriors:
        return priors_of(self.priors, self.catalogue)

    def _by_person(self, columns: FloatArray) -> FloatArray:
        """Columns lie side by side while days are compared."""
        return columns.reshape(*columns.shape[:-1], len(self.people), -1)

    def _departed(self, before: int, kept: BoolArray, middles: FloatArray | None) -> Departures:
        """From the first day on that enough is known of, with so many days before the last."""
        metrics, days = self.catalogue.watched, before + 1
        keys = self.people[0].values.keys
        columns = np.array([keys.index(metric.key) for metric in metrics])
        rows = [_last_rows(one.values.values, days).take(columns, axis=1) for one in self.people]
        scaled = to_scale(np.stack(rows, axis=1), metrics)
        past = np.where(kept[:, :, np.newaxis], scaled, np.nan)
        return scaled_departures(
            scaled.reshape(days, -1),
            past.reshape(days, -1),
            np.tile(self._of_metrics.carried, len(self.people)),
            first=min(before, departing.REACH),
            new=before,
            middles=middles,
        )

    def _kept_days(self, before: int) -> BoolArray:
        """Which days are learned from, shape (days, people)."""
        kept = np.ones((before + 1, len(self.people)), dtype=bool)
        for n, person in enumerate(self.people):
            for day in person.wishes.set_aside:
                ago = (self._day - day).days
                if 0 <= ago <= before:
                    kept[before - ago, n] = False
        return kept

    def _rated(self, departed: Departures, fitted: Fit) -> Measured:
        found = self._by_person(departed.values)[:, -1]
        strange = evidence(found, fitted, self._of_metrics.weights)
        left_above, left_below = self._left()
        above, below = left_above * strange.above, left_below * strange.below
        part_above, part_below = strange.parts(self._of_metrics.weights)
        known = np.isfinite(found[DEVIATION] / strange.spread).sum(axis=1)
        return Measured(
            score=score_of(np.maximum(above, below), known, self.priors),
            above=above,
            below=below,
            blame=np.maximum(left_above**2 * part_above, left_below**2 * part_below),
            centre=self._by_person(departed.baseline)[-1],
            spread=strange.spread,
            history=departed.history[-1].reshape(len(self.people), -1),
            oldest=departed.oldest[-1].reshape(len(self.people), -1),
            learned=None,
        )

    def _left(self) -> tuple[FloatArray, FloatArray]:
        """Of the evidence on each side, shape (people, metrics)."""
        metrics = self.catalogue.watched
        above, below = np.ones((2, len(self.people), len(metrics)))
        for n, person in enumerate(self.people):
            if person.wishes.accepted:
                today = range(len(person.values.days) - 1, len(person.values.days))
                answers = person.wishes.accepted
                (above[n],), (below[n],) = left(person.values, today, metrics, answers)
        return above, below

    def _learned(self, block: date, fits: Sequence[Fit], departed: Departures) -> Sequence[Learned]:
        middles = np.moveaxis(self._by_person(departed.middles), 1, 0).copy()
        return [
            Learned(block=block, fit=fit, day=self._day, middles=of_person)
            for fit, of_person in zip(fits, middles, strict=True)
        ]


def _last_rows(values: FloatArray, count: int) -> FloatArray:
    """Nothing is known of the rows that are missing."""
    missing = count - len(values)
    if missing <= 0:
        return values[-count:]
    return np.concatenate([np.full((missing, values.shape[1]), np.nan), values])
