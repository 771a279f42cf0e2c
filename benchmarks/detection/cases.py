"""Who is measured on what: people, backgrounds, seeds, folds."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from benchmarks.detection import invented_other, invented_product
from benchmarks.detection.inject import USABLE, Injected, inject
from benchmarks.detection.people import Person, read_packs
from benchmarks.detection.spread import cleaned

FEWEST_DAYS = 50
FEWEST_METRICS = 2
FEWEST_PEOPLE = 3
INVENTED_DAYS = 150
INVENTED_PEOPLE = 24


class Background(StrEnum):
    """`RAW` days are untouched, so that natural oddities count as false alarms; `CLEAN` ones are
    cut at 2.5 spreads before anything is injected."""

    CLEAN = "clean"
    RAW = "raw"


_PREPARED: Mapping[Background, Callable[[Person], Person]] = {
    Background.CLEAN: cleaned,
    Background.RAW: lambda person: person,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One person under one seed. The fold is the person's, whatever the seed."""

    seed: int
    fold: int
    injected: Injected

    @property
    def pack(self) -> str:
        return self.injected.plain.pack

    @property
    def name(self) -> str:
        return self.injected.plain.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Whom to measure on. Without a folder people are invented anew for each seed, by two
    generators; with one they are the folder's."""

    data: Path | None = None
    packs: tuple[str, ...] = ()
    people: int | None = None
    days: int = INVENTED_DAYS
    folds: int = 5

    def everyone(self, seed: int) -> dict[str, list[Person]]:
        """All people by pack, those too short to be judged included."""
        if self.data is not None:
            everyone = read_packs(self.data)
        else:
            count = self.people or INVENTED_PEOPLE
            everyone = {
                module.PACK: module.invented(seed, count, self.days)
                for module in (invented_product, invented_other)
            }
        wanted = self.packs or tuple(everyone)
        unknown = set(wanted) - set(everyone)
        if unknown:
            raise KeyError(f"no pack {sorted(unknown)}; there are {sorted(everyone)}")
        return {pack: everyone[pack] for pack in wanted}

    def cases(self, seeds: Sequence[int], background: Background) -> list[Case]:
        """Everyone long enough, injected under each seed."""
        return [
            Case(seed, self._fold(person, number), _injected(person, seed, background))
            for seed in seeds
            for people in self.everyone(seed).values()
            if len(able := [person for person in people if is_judged(person)]) >= FEWEST_PEOPLE
            for number, person in enumerate(able[: self.people])
        ]

    def _fold(self, person: Person, number: int) -> int:
        return (number + zlib.crc32(person.pack.encode())) % self.folds


def is_judged(person: Person) -> bool:
    """Whether there are 50 days with values, and two metrics known on at least half of all."""
    known = np.isfinite(person.values.values[:, person.watched])
    often = known.mean(axis=0) >= USABLE if len(known) else known.sum(axis=0) > 0
    return bool(known.any(axis=1).sum() >= FEWEST_DAYS and often.sum() >= FEWEST_METRICS)


def _injected(person: Person, seed: int, background: Background) -> Injected:
    words = zlib.crc32(f"{person.pack}/{person.name}".encode())
    rng = np.random.default_rng((seed, words))
    return inject(_PREPARED[background](person), rng)
