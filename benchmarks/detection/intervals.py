"""How certain a difference between two detectors is: people drawn again and again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.measures import average_precision
from benchmarks.detection.rating import Rated, judged_scores

DRAWS = 400


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference in average precision, and where 95 in 100 redrawn ones lie."""

    difference: float
    low: float
    high: float


def ap_differences(
    results: Mapping[str, Sequence[Rated]], reference: str, draws: int = DRAWS, seed: int = 0
) -> dict[str, Interval]:
    """Each detector less the reference, as the mean over packs of the mean over seeds; the same
    people are drawn for all."""
    chance = np.random.default_rng(seed)
    counts = [_counts(results[reference], chance) for _ in range(draws)]
    everyone = [dict.fromkeys(_people(results[reference]), 1), *counts]
    values = {name: _ap_by_draw(rated, everyone) for name, rated in results.items()}
    return {
        name: _interval(series - values[reference])
        for name, series in values.items()
        if name != reference
    }


_Key = tuple[str, str]


def _people(rated: Sequence[Rated]) -> list[_Key]:
    return sorted({(r.case.pack, r.case.name) for r in rated})


def _counts(rated: Sequence[Rated], chance: np.random.Generator) -> dict[_Key, int]:
    """How often each person is drawn, from as many as their pack has."""
    packs: defaultdict[str, list[_Key]] = defaultdict(list)
    for key in _people(rated):
        packs[key[0]].append(key)
    return {
        key: int(count)
        for keys in packs.values()
        for key, count in zip(
            keys, chance.multinomial(len(keys), np.full(len(keys), 1 / len(keys))), strict=True
        )
    }


def _ap_by_draw(rated: Sequence[Rated], draws: Sequence[Mapping[_Key, int]]) -> FloatArray:
    groups: defaultdict[str, defaultdict[int, list[Rated]]] = defaultdict(lambda: defaultdict(list))
    for r in rated:
        groups[r.case.pack][r.case.seed].append(r)
    packs = [
        np.nanmean([_group_ap(group, draws) for group in seeds.values()], axis=0)
        for seeds in groups.values()
    ]
    return np.asarray(np.nanmean(packs, axis=0))


def _group_ap(rated: Sequence[Rated], draws: Sequence[Mapping[_Key, int]]) -> FloatArray:
    truth: BoolArray = np.concatenate([r.truth[r.judged] for r in rated])
    scores = np.concatenate([judged_scores(r, r.injected) for r in rated])
    days = [int(r.judged.sum()) for r in rated]
    return np.array(
        [
            average_precision(
                truth,
                scores,
                np.repeat([float(draw[r.case.pack, r.case.name]) for r in rated], days),
            )
            for draw in draws
        ]
    )


def _interval(differences: FloatArray) -> Interval:
    """The first is that of everyone once."""
    low, high = np.nanquantile(differences[1:], (0.025, 0.975))
    return Interval(float(differences[0]), float(low), float(high))
