"""A person's own middle and spread, looking both ways: for making anomalies, not for finding
them."""

from dataclasses import dataclass

import numpy as np

from app.ml.scales import floor_of, to_scale, to_unit
from app.ml.statistics import quantile
from app.ml.types import FloatArray
from benchmarks.detection.columns import bounds
from benchmarks.detection.people import Person
from benchmarks.detection.residuals import robust_spread

HALF_WINDOW = 21
FEWEST = 8
WINSORISED = 2.5


@dataclass(frozen=True, slots=True)
class Usual:
    """The watched metrics on their scales: values, running middle (days, metrics), spread
    (metrics,)."""

    scaled: FloatArray
    middle: FloatArray
    spread: FloatArray

    @property
    def z(self) -> FloatArray:
        """Each value's distance from the middle, in spreads."""
        return (self.scaled - self.middle) / self.spread


def usual(person: Person) -> Usual:
    """The middle is a centred running median; the spread is that of the distances from it."""
    scaled = to_scale(person.values.values[:, person.watched], person.metrics)
    middle = np.full_like(scaled, np.nan)
    for day in range(len(scaled)):
        around = scaled[max(0, day - HALF_WINDOW) : day + HALF_WINDOW + 1]
        enough = np.isfinite(around).sum(axis=0) >= FEWEST
        middle[day] = np.where(enough, quantile(around, 0.5), np.nan)
    spread = robust_spread(scaled - middle)
    return Usual(scaled, middle, np.fmax(spread, [floor_of(metric) for metric in person.metrics]))


def rewritten(person: Person, scaled: FloatArray, changed: FloatArray) -> Person:
    """The person with the watched values on their scales replaced where `changed` is not 0, kept
    inside what a living person's day can hold."""
    low = np.array([bounds(metric).low for metric in person.metrics])
    high = np.array([bounds(metric).high for metric in person.metrics])
    values = person.values.values.copy()
    kept = values[:, person.watched]
    moved = np.clip(to_unit(scaled, person.metrics), low, high)
    values[:, person.watched] = np.where(changed != 0, moved, kept)
    return person.with_values(values)


def cleaned(person: Person) -> Person:
    """The person without natural oddities: residuals cut at 2.5 spreads."""
    own = usual(person)
    z = own.z
    outside = np.abs(z) > WINSORISED
    cut = own.middle + np.clip(z, -WINSORISED, WINSORISED) * own.spread
    return rewritten(person, np.where(outside, cut, own.scaled), outside.astype(np.float64))
