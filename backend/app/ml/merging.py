"""One truth out of what several devices measured at once: nothing counts twice.

`ranks` says whose word goes first: 0 before 1. Times are numbers of any one unit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.ml.types import FloatArray

Ranks = NDArray[np.int64]
Flags = NDArray[np.bool_]


def shares(starts: FloatArray, ends: FloatArray, ranks: Ranks) -> FloatArray:
    """For each interval the part of it, 0 to 1, that no interval of a better rank covers.

    A sum such as steps is taken to be spread evenly over its interval, so that its value times the
    part is what it adds. Intervals of one rank never take from each other: a device counts once.
    """
    parts = np.ones(len(starts))
    taken = (np.empty(0), np.empty(0))
    for rank in np.unique(ranks):
        own = ranks == rank
        parts[own] = 1 - _covered(starts[own], ends[own], *taken)
        taken = union(np.r_[taken[0], starts[own]], np.r_[taken[1], ends[own]])
    return parts


def union(starts: FloatArray, ends: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same stretches of time, in order and apart."""
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    begins = np.r_[True, starts[1:] > reach[:-1]] if len(starts) else np.empty(0, dtype=np.bool_)
    lasts = np.r_[begins[1:], True] if len(starts) else begins
    return starts[begins], reach[lasts]


def _covered(
    starts: FloatArray, ends: FloatArray, taken_starts: FloatArray, taken_ends: FloatArray
) -> FloatArray:
    """The part of each interval that lies in the stretches; of an instant all or nothing."""
    if not len(taken_starts):
        return np.zeros(len(starts))
    lengths = np.r_[0, np.cumsum(taken_ends - taken_starts)]
    edges = np.stack((taken_starts, taken_ends), axis=1).ravel()
    passed = np.repeat(lengths, 2)[1:-1]
    overlap = np.interp(ends, edges, passed) - np.interp(starts, edges, passed)
    place = np.searchsorted(taken_starts, starts, side="right") - 1
    within = (place >= 0) & (starts < taken_ends[np.maximum(place, 0)])
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(ends > starts, overlap / (ends - starts), within)
    return np.clip(part, 0, 1)


def unshadowed(times: FloatArray, ranks: Ranks, tolerance: float) -> Flags:
    """Which instants count: those that have none of a better rank within the tolerance."""
    kept = np.zeros(len(times), dtype=np.bool_)
    for rank in np.unique(ranks):
        own = ranks == rank
        before = np.sort(times[kept])
        kept[own] = _distance(times[own], before) > tolerance
    return kept


def _distance(times: FloatArray, others: FloatArray) -> FloatArray:
    """To the nearest of the others, which are in order."""
    if not len(others):
        return np.full(len(times), np.inf)
    after = np.searchsorted(others, times)
    left = times - others[np.maximum(after - 1, 0)]
    right = others[np.minimum(after, len(others) - 1)] - times
    return np.minimum(np.abs(left), np.abs(right))


def representatives(values: FloatArray, most: int) -> NDArray[np.int64]:
    """The places of at most so many values that tell as much as all: the lowest, the highest, and
    those at even ranks between, so that mean, spread and shares stay what they are."""
    order = np.argsort(values, kind="stable")
    if len(values) <= most:
        return np.sort(order)
    ranks = np.rint(np.linspace(0, len(values) - 1, most)).astype(np.int64)
    chosen: NDArray[np.int64] = np.sort(order[ranks])
    return chosen


def sessions(starts: FloatArray, ends: FloatArray, gap: float) -> Sequence[NDArray[np.int64]]:
    """The places of intervals between which there is no more than the gap, session by session."""
    if not len(starts):
        return ()
    order = np.argsort(starts, kind="stable")
    reach = np.maximum.accumulate(ends[order])
    breaks = np.flatnonzero(starts[order][1:] - reach[:-1] > gap) + 1
    return np.split(order, breaks)
