"""What each kind of anomaly does to a person's days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.catalog import Adverse, Metric
from app.ml.types import FloatArray
from benchmarks.detection.spread import Usual

CORRELATED = 0.5
"""Two metrics move together from this correlation on."""

WITHIN = 2.0
"""Spreads within which a value is usual."""


class Kind(StrEnum):
    SPIKE = "spike"
    SHIFT = "shift"
    ILLNESS = "illness"
    DRIFT = "drift"
    BREAK = "break"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an event would be: the watched metrics' places, their signs, and its course."""

    days: int
    places: list[int]
    signs: tuple[int, ...]
    size: float
    change: Callable[[Usual, slice], FloatArray]


@dataclass(frozen=True, slots=True)
class Scene:
    """What an event is drawn for; `usable` are places among the metrics."""

    metrics: Sequence[Metric]
    own: Usual
    usable: list[int]


Draw = Callable[[np.random.Generator, Scene], Plan | None]


def _one(
    low: float, high: float, shortest: int, longest: int, course: Callable[[int], FloatArray]
) -> Draw:
    def draw(rng: np.random.Generator, scene: Scene) -> Plan | None:
        if not scene.usable:
            return None
        place, sign = int(rng.choice(scene.usable)), int(rng.choice((-1, 1)))
        days, size = int(rng.integers(shortest, longest + 1)), float(rng.uniform(low, high))
        return _moved(days, [place], (sign,), size, course)

    return draw


def _moved(
    days: int,
    places: list[int],
    signs: tuple[int, ...],
    size: float,
    course: Callable[[int], FloatArray],
) -> Plan:
    def change(own: Usual, _: slice) -> FloatArray:
        steps = size * np.array(signs) * own.spread[places]
        return np.asarray(course(days)[:, np.newaxis] * steps)

    return Plan(days=days, places=places, signs=signs, size=size, change=change)


def _level(days: int) -> FloatArray:
    return np.ones(days)


def _ramp(days: int) -> FloatArray:
    return np.arange(1, days + 1) / days


def _illness(rng: np.random.Generator, scene: Scene) -> Plan | None:
    """Two to four metrics move to their bad sides together."""
    sides = {Adverse.HIGH: 1, Adverse.LOW: -1}
    signed = {
        place: sides[watch.adverse]
        for place in scene.usable
        if (watch := scene.metrics[place].watch) and watch.adverse in sides
    }
    if len(signed) < 2:
        return None
    count = int(rng.integers(2, min(4, len(signed)) + 1))
    places = [int(place) for place in rng.choice([*signed], count, replace=False)]
    days, size = int(rng.integers(3, 8)), float(rng.uniform(1.5, 2.5))
    return _moved(days, places, tuple(signed[place] for place in places), size, _level)


def _break(rng: np.random.Generator, scene: Scene) -> Plan | None:
    """Two metrics that move together in this person move apart, each within what is usual."""
    z, usable = scene.own.z, scene.usable
    pairs = [
        (first, second, r)
        for n, first in enumerate(usable)
        for second in usable[n + 1 :]
        if abs(r := correlation(z[:, first], z[:, second])) >= CORRELATED
    ]
    if not pairs:
        return None
    first, second, r = pairs[int(rng.integers(len(pairs)))]
    days, sizes = int(rng.integers(1, 3)), rng.uniform(1.2, 0.95 * WITHIN, 2)
    sign = int(rng.choice((-1, 1)))
    signs = (sign, -sign if r > 0 else sign)
    places = [first, second]

    def change(own: Usual, at: slice) -> FloatArray:
        wanted = own.middle[at, places] + np.array(signs) * sizes * own.spread[places]
        return np.asarray(wanted - own.scaled[at, places])

    return Plan(days=days, places=places, signs=signs, size=float(sizes.mean()), change=change)


def correlation(first: FloatArray, second: FloatArray) -> float:
    """Pearson's, over the days on which both are known; 0 where they are few or constant."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 20 or first[both].std() == 0 or second[both].std() == 0:
        return 0.0
    return float(np.corrcoef(first[both], second[both])[0, 1])


def _gap(rng: np.random.Generator, scene: Scene) -> Plan | None:
    """The values of half to all metrics are lost."""
    everything = len(scene.metrics)
    count = int(rng.integers((everything + 1) // 2, everything + 1))
    places = [int(place) for place in rng.choice(everything, count, replace=False)]
    days = int(rng.integers(3, 8))
    return Plan(
        days=days,
        places=places,
        signs=(0,) * count,
        size=0.0,
        change=lambda _, at: np.zeros((at.stop - at.start, count)),
    )


PLANS: Mapping[Kind, Draw] = {
    Kind.SPIKE: _one(3.5, 6, 1, 1, _level),
    Kind.SHIFT: _one(2, 3.5, 3, 7, _level),
    Kind.DRIFT: _one(2.5, 4, 14, 21, _ramp),
    Kind.ILLNESS: _illness,
    Kind.BREAK: _break,
    Kind.GAP: _gap,
}
