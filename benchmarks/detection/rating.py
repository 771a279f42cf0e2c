"""Runs a detector over all cases, each person rated by one that learned from other folds."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np

from app.ml.types import BoolArray, FloatArray
from benchmarks.detection.cases import Case
from benchmarks.detection.rivals import Rating, Rival

Make = Callable[[], Rival]

TIMED = 10
"""The people on whom the cost is measured."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A case with what the detector said about the injected and the plain days."""

    case: Case
    injected: Rating
    plain: Rating

    @property
    def judged(self) -> BoolArray:
        return self.case.injected.judged

    @property
    def truth(self) -> BoolArray:
        return self.case.injected.truth


def rate_all(make: Make, cases: Sequence[Case], jobs: int = 1) -> list[Rated]:
    """In the order of the cases; the same for any number of jobs."""
    folds = sorted({case.fold for case in cases})
    parts = _parallel(make, cases, folds, jobs) if jobs > 1 else _serial(make, cases, folds)
    rated = {place: result for part in parts for place, result in part}
    return [replace(rated[place], case=case) for place, case in enumerate(cases)]


_Part = list[tuple[int, Rated]]


def _serial(make: Make, cases: Sequence[Case], folds: Sequence[int]) -> Iterator[_Part]:
    return (_rate_fold(make, cases, fold) for fold in folds)


def _rate_fold(make: Make, cases: Sequence[Case], fold: int) -> _Part:
    others = {(c.pack, c.name): c.injected.plain for c in cases if c.fold != fold}
    rival = make().learn(list(others.values()))
    plain: dict[tuple[str, str], Rating] = {}
    result = []
    for place, case in enumerate(cases):
        if case.fold == fold:
            person = (case.pack, case.name)
            if person not in plain:
                plain[person] = rival.rate(case.injected.plain)
            rating = rival.rate(case.injected.person)
            result.append((place, Rated(case, rating, plain[person])))
    return result


def cost(make: Make, cases: Sequence[Case]) -> float:
    """Milliseconds of CPU for a day of one person, all days of a person rated at once."""
    rival = make().learn([case.injected.plain for case in cases if case.fold != cases[0].fold])
    timed = [case.injected.plain for case in cases if case.fold == cases[0].fold][:TIMED]
    strangers = [replace(person) for person in timed]  # unknown to caches
    began = time.process_time()
    for person in strangers:
        rival.rate(person)
    days = sum(len(person.values.days) for person in strangers)
    return 1_000 * (time.process_time() - began) / days


_work: list[tuple[Make, Sequence[Case]]] = []
"""What forked workers find in memory: catalogues hold functions, which do not pickle."""


def _parallel(
    make: Make, cases: Sequence[Case], folds: Sequence[int], jobs: int
) -> Iterator[_Part]:
    _work[:] = [(make, cases)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for part in pool.map(_forked, folds):
            yield [(place, Rated(cases[place], injected, plain)) for place, injected, plain in part]


def _forked(fold: int) -> list[tuple[int, Rating, Rating]]:
    part = _rate_fold(*_work[0], fold)
    return [(place, rated.injected, rated.plain) for place, rated in part]


def judged_scores(rated: Rated, rating: Rating) -> FloatArray:
    """The scores of the judged days; no verdict is the lowest of all."""
    return np.where(np.isnan(rating.score), -np.inf, rating.score)[rated.judged]
