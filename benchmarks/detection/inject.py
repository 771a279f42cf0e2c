"""Known anomalies put into real days: spike, shift, illness, drift, broken combination, gap.

Sizes are in the person's own robust spread on the metric's scale. An event that physical bounds
would erase, or that falls on days without values, is drawn again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.ml.scales import to_scale
from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.kinds import PLANS, Kind, Scene
from benchmarks.detection.people import Person
from benchmarks.detection.spread import rewritten, usual

EVERY = 34
"""On average one event in so many tested days, which makes one day in seven anomalous."""

APART = 5
"""Days without an event on both sides of each."""

TRIES = 60
SHOWN = 0.8
"""The share of its size, on that share of its days, that an event must keep inside the bounds."""

LOGGED = 0.6
USABLE = 0.5


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
        plan = PLANS[kind](self.rng, Scene(self.person.metrics, self.own, self.usable))
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
