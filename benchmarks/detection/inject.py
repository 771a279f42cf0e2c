"""Known anomalies put into real days: spike, shift, illness, drift, broken combination, gap.

Sizes are in the person's own robust spread on the metric's scale. An event that physical bounds
would erase, or that falls on days without values, is drawn again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.catalog import Adverse, Metric
from app.ml.scales import to_scale
from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.people import Person
from benchmarks.detection.spread import Usual, rewritten, usual


class Kind(StrEnum):
    SPIKE = "spike"
    SHIFT = "shift"
    ILLNESS = "illness"
    DRIFT = "drift"
    BREAK = "break"
    GAP = "gap"


EVERY = 34
"""On average one event in so many tested days, which makes one day in seven anomalous."""

APART = 5
"""Days without an event on both sides of each."""

TRIES = 60
SHOWN = 0.8
"""The share of its size, on that share of its days, that an event must keep inside the bounds."""

LOGGED = 0.6
USABLE = 0.5
CORRELATED = 0.5
WITHIN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One event: days from `start` up to not including `stop`, the moved columns of the person's
    values with their signs, and its size in spreads."""

    kind: Kind
    start: int
    stop: int
    columns: tuple[int, ...]
    signs: tuple[int, ...]
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """A person with events in their days; `plain` is the same person without.

    Days before `warmup` hold no event and are not judged.
    """

    plain: Person
    person: Person
    episodes: tuple[Episode, ...]
    warmup: int

    @property
    def anomalies(self) -> tuple[Episode, ...]:
        """The episodes that an alarm is right in: all but the gaps."""
        return tuple(episode for episode in self.episodes if episode.kind is not Kind.GAP)

    @property
    def truth(self) -> BoolArray:
        """Whether each day is anomalous, shape (days,)."""
        days = np.zeros(len(self.person.values.days), dtype=bool)
        for episode in self.anomalies:
            days[episode.start : episode.stop] = True
        return days

    @property
    def judged(self) -> BoolArray:
        """The days after the warm-up on which anything watched was known before injection."""
        watched = self.plain.values.values[:, self.plain.watched]
        after = np.arange(len(watched)) >= self.warmup
        return np.asarray(np.isfinite(watched).any(axis=1) & after)

    def causes(self, episode: Episode) -> frozenset[int]:
        """The columns that the episode changed, those of derived metrics included."""
        return frozenset[int]().union(*map(self.plain.touched_by, episode.columns))


def warmup_of(days: int) -> int:
    """30 to 45 days, a third of what there is."""
    return min(45, max(30, days // 3))


def inject(person: Person, rng: np.random.Generator) -> Injected:
    """Events of all kinds in random order; the same for the same generator state."""
    days = len(person.values.days)
    warmup = warmup_of(days)
    wanted = max(1, int((days - warmup) / EVERY + rng.random()))
    painter = _Painter(person, rng, warmup)
    for kind in _kinds(rng):
        if painter.count >= wanted or painter.failures > len(Kind):
            break
        painter.add(kind)
    return Injected(
        plain=person, person=painter.painted(), episodes=painter.episodes, warmup=warmup
    )


def _kinds(rng: np.random.Generator) -> Iterator[Kind]:
    while True:
        yield from (Kind(name) for name in rng.permutation([*Kind]))


class _Painter:
    """Collects events that fit, and puts them on the person."""

    def __init__(self, person: Person, rng: np.random.Generator, warmup: int) -> None:
        self.person, self.rng, self.warmup = person, rng, warmup
        self.own = usual(person)
        self.known = np.isfinite(self.own.scaled) & np.isfinite(self.own.middle)
        self.change = np.zeros_like(self.own.scaled)
        self.lost = np.zeros_like(self.own.scaled, dtype=bool)
        self.busy = np.zeros(len(self.known), dtype=bool)
        self.drawn: list[Episode] = []
        self.failures = 0

    @property
    def count(self) -> int:
        return len(self.drawn)

    @property
    def episodes(self) -> tuple[Episode, ...]:
        return tuple(sorted(self.drawn, key=lambda episode: episode.start))

    @property
    def usable(self) -> list[int]:
        """Places among the watched metrics that are logged on most of the tested days."""
        share = self.known[self.warmup :].mean(axis=0)
        return [int(place) for place in np.flatnonzero(share >= USABLE)]

    def add(self, kind: Kind) -> None:
        """One event of the kind, unless none fits in many tries."""
        for _ in range(TRIES):
            if self._try(kind):
                self.failures = 0
                return
        self.failures += 1

    def painted(self) -> Person:
        moved = rewritten(self.person, self.own.scaled + self.change, self.change)
        values = moved.values.values.copy()
        watched = values[:, self.person.watched]
        watched[self.lost] = np.nan
        values[:, self.person.watched] = watched
        return moved.with_values(values)

    def _try(self, kind: Kind) -> bool:
        plan = _PLANS[kind](self.rng, _Scene(self.person.metrics, self.own, self.usable))
        if plan is None:
            return False
        last = len(self.known) - plan.days
        if last < self.warmup:
            return False
        start = int(self.rng.integers(self.warmup, last + 1))
        at = slice(start, start + plan.days)
        if self.busy[max(0, start - APART) : at.stop + APART].any():
            return False
        if kind is Kind.GAP:
            self.lost[at, plan.places] = True
        else:
            change = plan.change(self.own, at)
            if not self._shows(at, plan.places, change):
                return False
            self.change[at, plan.places] = change
        self.busy[at] = True
        self.drawn.append(
            Episode(
                kind=kind,
                start=start,
                stop=at.stop,
                columns=tuple(self.person.watched[place] for place in plan.places),
                signs=plan.signs,
                size=plan.size,
            )
        )
        return True

    def _shows(self, at: slice, places: Sequence[int], change: FloatArray) -> bool:
        known = self.known[at, places]
        if not (known[0].all() and known[-1].all() and (known.mean(axis=0) >= LOGGED).all()):
            return False
        full = np.zeros_like(self.change)
        full[at, places] = change
        after = rewritten(self.person, self.own.scaled + full, full)
        scaled = to_scale(after.values.values[:, self.person.watched], self.person.metrics)
        kept = (scaled - self.own.scaled)[at, places] / np.where(change == 0, 1, change)
        share: FloatArray = np.where(known, kept >= SHOWN, True).mean(axis=0)
        return bool((share >= SHOWN).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What an event would be: the watched metrics' places, their signs, and its course."""

    days: int
    places: list[int]
    signs: tuple[int, ...]
    size: float
    change: Callable[[Usual, slice], FloatArray]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What an event is drawn for; `usable` are places among the metrics."""

    metrics: Sequence[Metric]
    own: Usual
    usable: list[int]


_Draw = Callable[[np.random.Generator, _Scene], _Plan | None]


def _one(
    low: float, high: float, shortest: int, longest: int, course: Callable[[int], FloatArray]
) -> _Draw:
    def draw(rng: np.random.Generator, scene: _Scene) -> _Plan | None:
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
) -> _Plan:
    def change(own: Usual, _: slice) -> FloatArray:
        steps = size * np.array(signs) * own.spread[places]
        return np.asarray(course(days)[:, np.newaxis] * steps)

    return _Plan(days=days, places=places, signs=signs, size=size, change=change)


def _level(days: int) -> FloatArray:
    return np.ones(days)


def _ramp(days: int) -> FloatArray:
    return np.arange(1, days + 1) / days


def _illness(rng: np.random.Generator, scene: _Scene) -> _Plan | None:
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


def _break(rng: np.random.Generator, scene: _Scene) -> _Plan | None:
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

    return _Plan(days=days, places=places, signs=signs, size=float(sizes.mean()), change=change)


def correlation(first: FloatArray, second: FloatArray) -> float:
    """Pearson's, over the days on which both are known; 0 where they are few or constant."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 20 or first[both].std() == 0 or second[both].std() == 0:
        return 0.0
    return float(np.corrcoef(first[both], second[both])[0, 1])


def _gap(rng: np.random.Generator, scene: _Scene) -> _Plan | None:
    """The values of half to all metrics are lost."""
    everything = len(scene.metrics)
    count = int(rng.integers((everything + 1) // 2, everything + 1))
    places = [int(place) for place in rng.choice(everything, count, replace=False)]
    days = int(rng.integers(3, 8))
    return _Plan(
        days=days,
        places=places,
        signs=(0,) * count,
        size=0.0,
        change=lambda _, at: np.zeros((at.stop - at.start, count)),
    )


_PLANS: Mapping[Kind, _Draw] = {
    Kind.SPIKE: _one(3.5, 6, 1, 1, _level),
    Kind.SHIFT: _one(2, 3.5, 3, 7, _level),
    Kind.DRIFT: _one(2.5, 4, 14, 21, _ramp),
    Kind.ILLNESS: _illness,
    Kind.BREAK: _break,
    Kind.GAP: _gap,
}
