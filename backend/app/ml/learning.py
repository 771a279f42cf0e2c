"""Learning the priors from many people's days: only aggregates over all of them are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from app.catalog import CATALOGUE, Catalogue, Metric
from app.ml.departures import DEVIATION, departures
from app.ml.priors import CARRIED, Priors
from app.ml.rating import measure
from app.ml.trailing import quantiles
from app.ml.types import DailyValues, FloatArray

FEWEST_PEOPLE = 5
"""Figures that fewer people stand behind are not kept."""

FEWEST_DAYS = 20
WARM_UP_DAYS = 25
"""A person's first days say nothing about the scores of healthy days."""

WORTH_KEEPING = 0.1
FURTHEST = 4.0

SHARES = (1, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.002, 0.001)
"""The shares of days of the tail's table."""


@dataclass(frozen=True, slots=True)
class _Person:
    """What one person shows: spread and carry-over by metric, correlations by two metrics."""

    spread: FloatArray
    carried: FloatArray
    correlation: FloatArray


def learn(
    people: Sequence[DailyValues], base: Priors, *, version: str, catalogue: Catalogue = CATALOGUE
) -> Priors:
    """The priors of these people, with the weights of `base`.

    What fewer than FEWEST_PEOPLE have stays as in `base`. Raises ValueError for fewer people.
    """
    if len(people) < FEWEST_PEOPLE:
        raise ValueError(f"priors need at least {FEWEST_PEOPLE} people")
    metrics = catalogue.watched
    seen = [_seen(person, metrics) for person in people]
    spread = _middle([person.spread for person in seen])
    carried = _middle([person.carried for person in seen])
    correlation = _middle([person.correlation for person in seen])
    keys = [metric.key for metric in metrics]
    learned = replace(
        base,
        version=version,
        spread={**base.spread, **_known(keys, spread)},
        carried={**base.carried, **_known(keys, np.clip(carried, 0, 0.9))},
        correlation={**base.correlation, **_pairs(keys, correlation)},
    )
    return replace(learned, tail=_tail(people, learned, catalogue))


def _seen(person: DailyValues, metrics: Sequence[Metric]) -> _Person:
    columns = [person.keys.index(metric.key) for metric in metrics]
    carried = np.full(len(metrics), CARRIED)
    found = departures(person.values[:, columns], metrics, carried).values[DEVIATION]
    enough = np.isfinite(found).sum(axis=0) >= FEWEST_DAYS
    low, high = quantiles(found.T, 0.25, 0.75)
    spread = np.where(enough & (high > low), (high - low) / 1.349, np.nan)
    z = np.clip(found / spread, -FURTHEST, FURTHEST)
    size = len(metrics)
    correlation = np.full((size, size), np.nan)
    for first, second in combinations(range(size), 2):
        correlation[first, second] = _product_moment(z[:, first], z[:, second])
    return _Person(
        spread=spread,
        carried=np.array([_product_moment(z[1:, n], z[:-1, n]) for n in range(size)]),
        correlation=correlation,
    )


def _product_moment(first: FloatArray, second: FloatArray) -> float:
    """The correlation over days on which both are known; NaN for too few."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < FEWEST_DAYS:
        return float("nan")
    a, b = first[both] - first[both].mean(), second[both] - second[both].mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else float("nan")


def _middle(figures: Sequence[FloatArray]) -> FloatArray:
    """The median over the people, unknown where too few have it."""
    stacked = np.stack(figures, axis=-1)
    (median,) = quantiles(stacked, 0.5)
    return np.where(np.isfinite(stacked).sum(axis=-1) >= FEWEST_PEOPLE, median, np.nan)


def _known(keys: Sequence[str], figures: FloatArray) -> dict[str, float]:
    return {
        key: round(float(figure), 4)
        for key, figure in zip(keys, figures, strict=True)
        if np.isfinite(figure)
    }


def _pairs(keys: Sequence[str], correlation: FloatArray) -> dict[str, float]:
    return {
        f"{keys[first]}|{keys[second]}": round(float(correlation[first, second]), 2)
        for first, second in combinations(range(len(keys)), 2)
        if abs(correlation[first, second]) >= WORTH_KEEPING
    }


def _tail(
    people: Sequence[DailyValues], priors: Priors, catalogue: Catalogue
) -> tuple[tuple[float, float], ...]:
    scores = np.concatenate(
        [
            measure(person, range(len(person.days)), catalogue=catalogue, priors=priors).score[
                WARM_UP_DAYS:
            ]
            for person in people
        ]
    )
    known = scores[np.isfinite(scores)]
    if len(known) < FEWEST_PEOPLE * FEWEST_DAYS:
        raise ValueError("too few days that can be judged")
    return tuple(
        (round(float(np.quantile(known, 1 - share)), 3), share)
        for share in SHARES
        if share * len(known) >= FEWEST_PEOPLE
    )
