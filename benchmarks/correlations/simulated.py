"""Simulated people whose relations are known: none, or one that was planted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.ml.types import FloatArray

METRICS = 8
PAIRS = tuple(combinations(range(METRICS), 2))
LAGS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`phi` is each metric's correlation from one day to the next, or None to draw one from 0 to
    0.9 for each; `missing` the share of values that are lost."""

    days: int
    phi: float | None
    missing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Daily values, shape (days, METRICS); with a relation, metric 1 follows metric 0 after `lag`
    days with a correlation of the sign `sign`."""

    values: FloatArray
    lag: int = 0
    sign: int = 0


def strangers(world: World, people: int, seed: int) -> Iterator[Case]:
    """People in whom nothing goes with anything."""
    rng = np.random.default_rng(seed)
    for _ in range(people):
        yield Case(values=_lived(rng, _noise(rng, world, world.days), world))


def planted(world: World, people: int, seed: int, r: float) -> Iterator[Case]:
    """People in whom one pair of metrics goes together, at each lag and sign in turn."""
    rng = np.random.default_rng(seed)
    for person in range(people):
        lag, sign = person % LAGS, 1 - 2 * (person // LAGS % 2)
        noise = _noise(rng, world, world.days + lag)
        values = noise[lag:].copy()
        led = sign * r * noise[: world.days, 0]
        values[:, 1] = led + math.sqrt(1 - r**2) * values[:, 1]
        yield Case(values=_lived(rng, values, world), lag=lag, sign=sign)


def _noise(rng: np.random.Generator, world: World, days: int) -> FloatArray:
    """Independent first-order autoregressions of unit variance."""
    phi = rng.uniform(0, 0.9, METRICS) if world.phi is None else np.full(METRICS, world.phi)
    fresh = rng.standard_normal((days, METRICS))
    values = fresh.copy()
    for day in range(1, days):
        values[day] = phi * values[day - 1] + np.sqrt(1 - phi**2) * fresh[day]
    return values


def _lived(rng: np.random.Generator, values: FloatArray, world: World) -> FloatArray:
    """With weekdays that differ by half a standard deviation, a slow rise or fall of one, and
    days that were not logged."""
    days = np.arange(len(values))
    weekdays = rng.normal(0, 0.5, (7, METRICS))[days % 7]
    values = values + weekdays + np.outer(days / len(days), rng.normal(0, 1, METRICS))
    values[rng.random(values.shape) < world.missing] = np.nan
    return values
