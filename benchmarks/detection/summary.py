"""From rated cases to figures: per seed and data set ("pack"), then their means."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.inject import Episode
from benchmarks.detection.kinds import Kind
from benchmarks.detection.measures import (
    MONTH,
    Track,
    average_precision,
    decision,
    threshold_at,
    vus_pr,
)
from benchmarks.detection.rating import Rated, judged_scores
from benchmarks.detection.rivals import Rating

LEVEL = 2.0
"""The false-alarm days a month at which decisions are compared."""

RATES = (1.0, 2.0, 4.0)
BUDGETS = (2.0, 1.0, 1 / 3, 1 / 12)
_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Found:
    """Episodes found, what the same alarms find where nothing was injected, and what they cost."""

    found: float
    chance: float
    false_alarms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One detector on one pack under one seed, or a mean of such.

    Thresholds come from the other folds' people. `delay` is in days; `named` is the share of
    injected episodes whose first-named metric is a cause, `named_found` of those found, and
    `named_chance` that of a metric drawn at random.
    """

    ap: float
    vus: float
    prevalence: float
    precision: float
    recall: float
    f1: float
    false_alarms: float
    found: Mapping[float, Found]
    kinds: Mapping[str, Found]
    delay: float
    named: float
    named_found: float
    named_chance: float
    own: Mapping[str, float]
    episodes: float


@dataclass(frozen=True, slots=True)
class Budget:
    """Alarm days a month where nothing is injected: asked, and got on average and by the person
    at the 90th percentile; `p90_by_chance` would be that person's if alarms came on any day alike,
    exactly as often as asked."""

    asked: float
    mean: float
    p90: float
    p90_by_chance: float
    packs: Mapping[str, float]


Thresholds = Mapping[tuple[int, float], float]
"""By fold and asked rate."""


def thresholds(rated: Sequence[Rated], rates: Iterable[float], *, plain: bool) -> Thresholds:
    """For each fold, what gives the asked rate on everyone else; each pack weighs the same.

    `plain` looks at days without any injection, else at those of injected people around them.
    """
    folds = sorted({r.case.fold for r in rated})
    result = {}
    for fold in folds:
        others = [r for r in rated if r.case.fold != fold]
        scores, weights = _usual_days(others, plain=plain)
        for rate in rates:
            result[fold, rate] = threshold_at(scores, weights, rate) if len(scores) else np.inf
    return result


def _usual_days(rated: Sequence[Rated], *, plain: bool) -> tuple[FloatArray, FloatArray]:
    by_pack: defaultdict[str, list[FloatArray]] = defaultdict(list)
    for r in rated:
        scores = judged_scores(r, r.plain if plain else r.injected)
        by_pack[r.case.pack].append(scores if plain else scores[~r.truth[r.judged]])
    pooled = [np.concatenate(scores) for scores in by_pack.values()]
    if not pooled:
        return np.empty(0), np.empty(0)
    weights = [np.full(len(scores), 1 / max(len(scores), 1)) for scores in pooled]
    return np.concatenate(pooled), np.concatenate(weights)


def alarms(rated: Rated, rating: Rating, levels: Thresholds, rate: float) -> BoolArray:
    """Alarm days at the fold's threshold, shape (days,)."""
    scores = np.where(np.isnan(rating.score), -np.inf, rating.score)
    return np.asarray(scores > levels[rated.case.fold, rate])


def figures(rated: Sequence[Rated]) -> dict[str, Figures]:
    """By pack, averaged over seeds, and under "mean" the mean over packs."""
    levels = thresholds(rated, RATES, plain=False)
    groups: defaultdict[str, defaultdict[int, list[Rated]]] = defaultdict(lambda: defaultdict(list))
    for r in rated:
        groups[r.case.pack][r.case.seed].append(r)
    packs = {
        pack: mean([_figures(group, levels) for group in seeds.values()])
        for pack, seeds in groups.items()
    }
    return packs | {"mean": mean(list(packs.values()))}


def figures_by_seed(rated: Sequence[Rated]) -> dict[int, Figures]:
    """The mean over packs for each seed."""
    levels = thresholds(rated, RATES, plain=False)
    groups: defaultdict[int, defaultdict[str, list[Rated]]] = defaultdict(lambda: defaultdict(list))
    for r in rated:
        groups[r.case.seed][r.case.pack].append(r)
    return {
        seed: mean([_figures(group, levels) for group in packs.values()])
        for seed, packs in groups.items()
    }


def _figures(rated: Sequence[Rated], levels: Thresholds) -> Figures:
    truth = np.concatenate([r.truth[r.judged] for r in rated])
    scores = np.concatenate([judged_scores(r, r.injected) for r in rated])
    tracks = [Track(r.truth[r.judged], judged_scores(r, r.injected)) for r in rated]
    at_level = _pooled(rated, lambda r: alarms(r, r.injected, levels, LEVEL))
    decided = decision(truth, at_level)
    everything = [(r, episode) for r in rated for episode in r.case.injected.anomalies]
    seen = [(r, e) for r, e in everything if _is_found(r, e, r.injected, levels, LEVEL)]
    return Figures(
        ap=average_precision(truth, scores),
        vus=vus_pr(tracks),
        prevalence=float(truth.mean()),
        precision=decided.precision,
        recall=decided.recall,
        f1=decided.f1,
        false_alarms=decided.false_alarms,
        found={rate: _found(rated, everything, levels, rate) for rate in RATES},
        kinds={
            kind: _found(
                rated, [pair for pair in everything if pair[1].kind is kind], levels, LEVEL
            )
            for kind in Kind
            if kind is not Kind.GAP
        },
        delay=_mean(_delay(r, e, levels) for r, e in seen),
        named=_mean(_is_named(r, e) for r, e in everything),
        named_found=_mean(_is_named(r, e) for r, e in seen),
        named_chance=_mean(_share_of_causes(r, e) for r, e in everything),
        own=_own(rated, everything),
        episodes=len(everything),
    )


def _pooled(rated: Sequence[Rated], of: Callable[[Rated], BoolArray]) -> BoolArray:
    return np.concatenate([of(r)[r.judged] for r in rated])


def _found(
    rated: Sequence[Rated],
    episodes: Sequence[tuple[Rated, Episode]],
    levels: Thresholds,
    rate: float,
) -> Found:
    truth = np.concatenate([r.truth[r.judged] for r in rated])
    fired = _pooled(rated, lambda r: alarms(r, r.injected, levels, rate))
    return Found(
        found=_mean(_is_found(r, e, r.injected, levels, rate) for r, e in episodes),
        chance=_mean(_is_found(r, e, r.plain, levels, rate) for r, e in episodes),
        false_alarms=decision(truth, fired).false_alarms,
    )


def _is_found(
    rated: Rated, episode: Episode, rating: Rating, levels: Thresholds, rate: float
) -> bool:
    return bool(_inside(rated, episode, alarms(rated, rating, levels, rate)).any())


def _inside(rated: Rated, episode: Episode, days: BoolArray) -> BoolArray:
    at = slice(episode.start, episode.stop)
    return np.asarray(days[at] & rated.judged[at])


def _delay(rated: Rated, episode: Episode, levels: Thresholds) -> int:
    return int(_inside(rated, episode, alarms(rated, rated.injected, levels, LEVEL)).argmax())


def _is_named(rated: Rated, episode: Episode) -> float:
    """Whether the metric blamed most on the episode's highest-scored day is one of its causes; NaN
    for a detector that blames none."""
    rating = rated.injected
    if rating.blame is None:
        return float("nan")
    scores = np.where(np.isnan(rating.score), -np.inf, rating.score)
    day = episode.start + int(scores[episode.start : episode.stop].argmax())
    blame = np.where(np.isnan(rating.blame[day]), -np.inf, rating.blame[day])
    first = int(blame.argmax())
    return bool(np.isfinite(blame[first])) and first in rated.case.injected.causes(episode)


def _share_of_causes(rated: Rated, episode: Episode) -> float:
    person = rated.case.injected.person
    days = person.values.values[episode.start : episode.stop, person.watched]
    known = int(np.isfinite(days).any(axis=0).sum())
    causes = len(rated.case.injected.causes(episode))
    return causes / max(known, causes)


def _own(rated: Sequence[Rated], episodes: Sequence[tuple[Rated, Episode]]) -> dict[str, float]:
    """Precision, recall, F1, false alarms, found and chance at the detector's own level."""
    levels = {id(r.injected): r.injected.own for r in rated} | {
        id(r.plain): r.plain.own for r in rated
    }
    own = {key: days for key, days in levels.items() if days is not None}
    if len(own) < len(levels):
        return {}
    truth = np.concatenate([r.truth[r.judged] for r in rated])
    decided = decision(truth, _pooled(rated, lambda r: own[id(r.injected)]))
    return {
        **{f.name: getattr(decided, f.name) for f in fields(decided)},
        "found": _mean(_inside(r, e, own[id(r.injected)]).any() for r, e in episodes),
        "chance": _mean(_inside(r, e, own[id(r.plain)]).any() for r, e in episodes),
    }


def budgets(rated: Sequence[Rated]) -> list[Budget]:
    """Alarm days on plain people: by the detector's own budgets, else at other people's level."""
    levels = thresholds(rated, BUDGETS, plain=True)
    return [_budget(rated, levels, asked) for asked in BUDGETS]


def _budget(rated: Sequence[Rated], levels: Thresholds, asked: float) -> Budget:
    by_person: dict[tuple[str, str], float] = {}
    days: dict[tuple[str, str], int] = {}
    for r in rated:
        own = r.plain.alarms.get(asked)
        fired = (alarms(r, r.plain, levels, asked) if own is None else own)[r.judged]
        by_person[r.case.pack, r.case.name] = MONTH * float(fired.mean())
        days[r.case.pack, r.case.name] = len(fired)
    everyone = np.array([*by_person.values()])
    packs = sorted({pack for pack, _ in by_person})
    return Budget(
        asked,
        float(everyone.mean()),
        float(np.quantile(everyone, 0.9)),
        _p90_by_chance([*days.values()], asked),
        {pack: _mean(v for (other, _), v in by_person.items() if other == pack) for pack in packs},
    )


def _p90_by_chance(days: Sequence[int], asked: float) -> float:
    """Of people who are judged on so many days each: the mean of many draws."""
    drawn = np.random.default_rng(0).binomial(days, asked / MONTH, size=(_DRAWS, len(days)))
    return float(np.quantile(MONTH * drawn / np.array(days), 0.9, axis=1).mean())


def _mean(values: Iterable[float | bool | np.bool_]) -> float:
    """The mean of what is known; NaN of nothing."""
    known = [float(value) for value in values if np.isfinite(value)]
    return sum(known) / len(known) if known else float("nan")


def mean(parts: Sequence[Figures]) -> Figures:
    """Field by field, entry by entry."""
    merged = {f.name: _merged([getattr(part, f.name) for part in parts]) for f in fields(Figures)}
    return Figures(**merged)  # type: ignore[arg-type]  # each field merges to its own type


def _merged(values: Sequence[object]) -> object:
    first = values[0]
    if isinstance(first, Found):
        names = [f.name for f in fields(Found)]
        return Found(*(_mean(getattr(value, name) for value in values) for name in names))
    if isinstance(first, Mapping):
        shared = [key for key in first if all(key in v for v in values if isinstance(v, Mapping))]
        return {key: _merged([v[key] for v in values if isinstance(v, Mapping)]) for key in shared}
    return _mean(value for value in values if isinstance(value, (int, float)))
