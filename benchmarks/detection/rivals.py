"""What a detector is to the benchmark, and the ones that it is compared with."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol, Self

import numpy as np

from app.ml.statistics import mean_and_deviation, quantile
from app.ml.types import BoolArray, FloatArray
from app.utils.enums import Direction
from benchmarks.detection.people import Person
from benchmarks.detection.residuals import past_residuals

PLAN_DAYS = 30
PLAN_LIMIT = 2.5
FOREST_DAYS = 60
FOREST_STEP = 30
CONTAMINATION = 0.1
REFIT = 7
FEWEST_ROWS = 25
LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a detector says about one person's days.

    `score` (days,): higher is stranger, NaN is no verdict. `blame` (days, columns of the person's
    values): whose fault it is, higher first. `own`: alarms at the detector's own level.
    `alarms`: by asked false-alarm days a month. `concern` (days,): by side, a score that counts
    clinical rules about too much or too little, for labels of symptoms.
    """

    score: FloatArray
    blame: FloatArray | None = None
    own: BoolArray | None = None
    alarms: Mapping[float, BoolArray] = field(default_factory=dict)
    concern: Mapping[Direction, FloatArray] | None = None


class Rival(Protocol):
    """A detector under measurement."""

    name: str

    def learn(self, people: Sequence[Person]) -> Self:
        """From other people, whom it is never measured on; most learn nothing."""
        ...

    def rate(self, person: Person) -> Rating: ...


class Unlearned:
    """A detector that knows each person only from their own days."""

    def learn(self, people: Sequence[Person]) -> Self:  # noqa: ARG002 (the protocol's)
        return self


def watched_values(person: Person) -> FloatArray:
    return person.values.values[:, person.watched]


def spread_out(person: Person, blame: FloatArray) -> FloatArray:
    """Blame of the watched metrics as columns of the person's values; unknown ones get none."""
    full = np.full(person.values.values.shape, -np.inf)
    full[:, person.watched] = np.where(np.isnan(watched_values(person)), -np.inf, blame)
    return full


def largest(blame: FloatArray) -> FloatArray:
    """Each day's largest known entry; NaN without any."""
    top = np.where(np.isnan(blame), -np.inf, blame).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(top), top, np.nan)


class Random(Unlearned):
    """Chance itself."""

    name = "random"

    def rate(self, person: Person) -> Rating:
        words = f"{person.pack}/{person.name}".encode()
        chance = np.random.default_rng(zlib.crc32(words))
        shape = watched_values(person).shape
        return Rating(
            score=chance.random(shape[:1]), blame=spread_out(person, chance.random(shape))
        )


class PlanZScore(Unlearned):
    """The plan's z: mean and deviation of the last 30 days, the tested one among them."""

    name = "plan z"

    def rate(self, person: Person) -> Rating:
        values = watched_values(person)
        z = np.full_like(values, np.nan)
        for day in range(len(values)):
            mean, deviation = mean_and_deviation(values[max(0, day + 1 - PLAN_DAYS) : day + 1])
            z[day] = np.abs(values[day] - mean) / np.where(deviation > 0, deviation, np.nan)
        score = largest(z)
        return Rating(score=score, blame=spread_out(person, z), own=score >= PLAN_LIMIT)


class PlanForest(Unlearned):
    """The plan's forest: scikit-learn's, fitted on 60 days and asked about the same days, which
    include days after the judged one; a tenth of them are strange by definition."""

    name = "plan forest"

    def rate(self, person: Person) -> Rating:
        score = plan_forest(person)
        return Rating(score=score, own=score >= 1)


@lru_cache(maxsize=4_096)
def plan_forest(person: Person) -> FloatArray:
    """Each day's strangeness: 0 is its window's median day, 1 the contamination's limit."""
    values = watched_values(person)
    score = np.full(len(values), np.nan)
    for stop in range(FOREST_DAYS, len(values) + FOREST_STEP, FOREST_STEP):
        window = slice(max(0, min(stop, len(values)) - FOREST_DAYS), min(stop, len(values)))
        fresh = np.arange(window.start, window.stop)[np.isnan(score[window])]
        score[fresh] = _forest_excess(values[window])[fresh - window.start]
    score[np.isnan(values).all(axis=1)] = np.nan
    return score


def _forest_excess(values: FloatArray) -> FloatArray:
    from sklearn.ensemble import IsolationForest

    rows = np.where(np.isnan(values), quantile(values, 0.5), values)
    rows = rows[:, np.isfinite(rows).all(axis=0)]
    if not rows.shape[1]:
        return np.full(len(values), np.nan)
    forest = IsolationForest(contamination=CONTAMINATION, random_state=0).fit(rows)
    strangeness = -forest.score_samples(rows)
    middle = np.median(strangeness)
    return np.asarray((strangeness - middle) / max(-forest.offset_ - middle, 1e-9))


class PlanUnion(Unlearned):
    """An alarm of either of the plan's two, each measured by its own limit."""

    name = "plan union"

    def rate(self, person: Person) -> Rating:
        z = PlanZScore().rate(person)
        score = np.fmax(z.score / PLAN_LIMIT, plan_forest(person))
        return Rating(score=score, blame=z.blame, own=score >= 1)


class Ewma(Unlearned):
    """The exponentially weighted mean of robust z, weight 0.3 on the new day; the largest."""

    name = "EWMA"
    weight = 0.3

    def rate(self, person: Person) -> Rating:
        z = past_residuals(person)
        level, smooth = np.zeros(z.shape[1]), np.full_like(z, np.nan)
        for day, row in enumerate(z):
            level = np.where(np.isnan(row), level, (1 - self.weight) * level + self.weight * row)
            smooth[day] = np.where(np.isnan(row), np.nan, np.abs(level))
        return Rating(score=largest(smooth), blame=spread_out(person, smooth))


class Mahalanobis(Unlearned):
    """Distance of the residuals under the person's own correlations, shrunken after Ledoit and
    Wolf, as a normal value by Wilson and Hilferty for the number of metrics known."""

    name = "Mahalanobis"

    def rate(self, person: Person) -> Rating:
        from sklearn.covariance import LedoitWolf

        z = past_residuals(person)
        score, blame = np.full(len(z), np.nan), np.full_like(z, np.nan)
        for days, past in weekly(z):
            inverse = LedoitWolf(assume_centered=True).fit(past).covariance_
            for day in days:
                score[day], blame[day] = _distance(z[day], inverse)
        return Rating(score=score, blame=spread_out(person, blame))


def _distance(z: FloatArray, covariance: FloatArray) -> tuple[float, FloatArray]:
    known = np.isfinite(z)
    blame = np.full(len(z), np.nan)
    count = int(known.sum())
    if not count:
        return float("nan"), blame
    inverse = np.linalg.inv(covariance[np.ix_(known, known)])
    pull = inverse @ z[known]
    blame[known] = pull**2 / np.diag(inverse)
    ratio = float(z[known] @ pull) / count
    return (ratio ** (1 / 3) - 1 + 2 / (9 * count)) / (2 / (9 * count)) ** 0.5, blame


def weekly(z: FloatArray) -> list[tuple[range, FloatArray]]:
    """Blocks of seven days, each with up to 120 earlier rows in which anything is known; unknown
    entries are 0, nothing unusual. Blocks with fewer than 25 such rows are left out."""
    blocks = []
    for start in range(0, len(z), REFIT):
        past = z[max(0, start - LONGEST) : start]
        rows = past[np.isfinite(past).any(axis=1)]
        if len(rows) >= FEWEST_ROWS:
            days = range(start, min(start + REFIT, len(z)))
            blocks.append((days, np.where(np.isnan(rows), 0.0, rows)))
    return blocks


RIVALS: dict[str, Callable[[], Rival]] = {
    make.name: make for make in (Random, PlanZScore, PlanForest, PlanUnion, Ewma, Mahalanobis)
}
"""Those that need nothing beyond the development install."""
