"""The Isolation Forest of Liu, Ting and Zhou in plain numpy, all trees at once.

Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, doi 10.1109/ICDM.2008.17.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from app.ml.types import FloatArray, IntArray


def average_path(count: IntArray) -> FloatArray:
    """The mean depth at which a search among `count` points ends without a hit (equation 1)."""
    n = np.maximum(count, 3).astype(np.float64)
    harmonic = np.log(n - 1) + np.euler_gamma
    path: FloatArray = 2 * harmonic - 2 * (n - 1) / n
    return np.where(count > 2, path, np.where(count == 2, 1.0, 0.0))


@dataclass(frozen=True, slots=True)
class _Step:
    """One level of the walks that are still inside a tree.

    `walk` says which they are; each is at the node `place`. `apart` and `onward` are the chances to
    be set apart here and to go on to `below`.
    """

    walk: IntArray
    place: IntArray
    below: IntArray
    apart: FloatArray
    onward: FloatArray


@dataclass(frozen=True, slots=True)
class _Walks:
    """Points on their ways down trees: the point `point[n]` down the tree `tree[n]`."""

    points: FloatArray
    point: IntArray
    tree: IntArray


class IsolationForest:
    """Trees of random cuts: the fewer cuts set a point apart, the stranger it is.

    A tree is stored as a heap: the children of node i are 2i + 1 and 2i + 2. Arrays of nodes have
    the shape (trees, nodes); `feature_` is -1 at leaves, `size_` counts the sample's points.
    """

    def __init__(self, *, trees: int = 100, sample_size: int = 256, seed: int = 0) -> None:
        self.trees = trees
        self.sample_size = sample_size
        self.seed = seed

    def fit(self, points: FloatArray) -> Self:
        """Grows the trees, each on its own sample of the points, shape (points, features)."""
        chance = np.random.default_rng(self.seed)
        count = len(points)
        size = min(self.sample_size, count)
        samples = chance.random((self.trees, count)).argsort(axis=1)[:, :size]
        self.in_sample_ = np.zeros((self.trees, count), dtype=bool)
        np.put_along_axis(self.in_sample_, samples, values=True, axis=1)
        self.sample_size_ = size
        self.depth_ = max(1, math.ceil(math.log2(max(size, 2))))
        self.nodes_ = 2 ** (self.depth_ + 1) - 1
        self.feature_ = np.full(self.trees * self.nodes_, -1)
        self.threshold_, self.low_, self.high_ = np.zeros((3, self.trees * self.nodes_))
        self.size_ = np.zeros(self.trees * self.nodes_, np.int64)
        self._grow(points, samples.ravel(), chance)
        levels = np.floor(np.log2(np.arange(self.nodes_) + 1))
        beyond = average_path(np.arange(size + 1))
        self.length_ = np.tile(levels, self.trees) + beyond[self.size_]
        return self

    def _grow(self, points: FloatArray, row: IntArray, chance: np.random.Generator) -> None:
        """Cuts each tree's sample, all trees a level at a time; `row` has the samples in turn."""
        order = _Order(points)
        place = np.repeat(np.arange(self.trees) * self.nodes_, self.sample_size_)
        for level in range(self.depth_ + 1):
            # Short keys are sorted in a fraction of the time.
            keys = place.astype(np.min_scalar_type(len(self.size_)))
            sorting = np.argsort(keys, kind="stable")
            row, place = row[sorting], place[sorting]
            starts = np.flatnonzero(np.diff(place, prepend=-1))
            counts = np.diff(starts, append=len(place))
            heads = place[starts]
            self.size_[heads] = counts
            if level == self.depth_ or not len(place):
                return
            low, high = order.ends(row, place, starts, int(counts.max()))
            cut = _cuts(order, low, high, chance)
            parents = heads[cut.node]
            self.feature_[parents], self.threshold_[parents] = cut.feature, cut.threshold
            self.low_[parents], self.high_[parents] = cut.low, cut.high
            inner = np.zeros(len(heads), dtype=bool)
            inner[cut.node] = True
            row, counts = row[np.repeat(inner, counts)], counts[cut.node]
            value = points[row, np.repeat(cut.feature, counts)]
            left = parents + parents % self.nodes_ + 1
            place = np.repeat(left, counts) + (value > np.repeat(cut.threshold, counts))

    def score_samples(self, points: FloatArray) -> FloatArray:
        """How strange each point is, from 0 to 1; 0.5 is ordinary (equation 2)."""
        walks = self._all_walks(points)
        lengths = self._lengths(walks, self._steps(walks))
        return self._score(lengths.reshape(len(points), self.trees).mean(axis=1))

    def out_of_bag_scores(self, points: FloatArray) -> FloatArray:
        """Scores of the points that `fit` had, each by the trees that did not see it only.

        A tree calls its own sample ordinary, so that a new point compared with in-sample scores
        would look too strange. A point that every tree saw gets their score none the less.
        """
        unseen = ~self.in_sample_.T
        unseen |= ~unseen.any(axis=1, keepdims=True)
        lengths = np.zeros(unseen.shape)
        walks = _Walks(points, *np.nonzero(unseen))
        lengths[unseen] = self._lengths(walks, self._steps(walks))
        return self._score(lengths.sum(axis=1) / unseen.sum(axis=1))

    def contributions(self, points: FloatArray) -> FloatArray:
        """Each feature's share in setting each point apart, shape (points, features).

        A cut that keeps n of m points tells log2(m / n) bits about the point, an even cut one.
        A feature is credited, in each tree, with the bits above one that its cuts told, divided
        by the length of the path, so that short paths weigh more, as in the depth-based
        importance of Carletti, Terzi and Susto (DIFFI, arXiv 2007.11117).
        """
        walks = self._all_walks(points)
        steps = list(self._steps(walks))
        credit = np.zeros((len(points) * self.trees, points.shape[1]))
        for step in steps:
            apart = step.apart * np.log2((self.size_[step.place] + 1) / 2)
            bits = np.log2(self.size_[step.place] / np.maximum(self.size_[step.below], 1)) - 1
            told = apart + step.onward * np.maximum(bits, 0)
            credit[step.walk, self.feature_[step.place]] += told
        credit /= np.maximum(self._lengths(walks, steps), 1)[:, np.newaxis]
        total: FloatArray = credit.reshape(len(points), self.trees, -1).sum(axis=1)
        sums = total.sum(axis=1, keepdims=True)
        share: FloatArray = total / np.where(sums > 0, sums, 1)
        return share

    def _all_walks(self, points: FloatArray) -> _Walks:
        point, tree = np.divmod(np.arange(len(points) * self.trees), self.trees)
        return _Walks(points, point, tree)

    def _lengths(self, walks: _Walks, steps: Iterable[_Step]) -> FloatArray:
        """The expected length of each walk, shape (walks,)."""
        length, alive = np.zeros(len(walks.tree)), np.ones(len(walks.tree))
        place = walks.tree * self.nodes_
        for level, step in enumerate(steps, start=1):
            length[step.walk] += step.apart * level
            alive[step.walk], place[step.walk] = step.onward, step.below
        length += alive * self.length_[place]
        return length

    def _steps(self, walks: _Walks) -> Iterator[_Step]:
        """The ways down, a level at a time.

        A point outside the range of a node's sample would have widened it, and a cut in the gap
        would set the point apart at once: it leaves here with that probability and goes on
        otherwise, as Mondrian trees grow (Lakshminarayanan, Roy, Teh, arXiv 1406.2673). Without
        this all points beyond the sample's extremes look alike. The tree's own sample never
        leaves early, so that its scores are those of the paper.
        """
        walk, point, node = np.arange(len(walks.tree)), walks.point, np.zeros_like(walks.tree)
        base, alive = walks.tree * self.nodes_, np.ones(len(walks.tree))
        for _ in range(self.depth_):
            place = base + node
            feature = self.feature_[place]
            inner = np.flatnonzero(feature >= 0)
            walk, point, base, node = walk[inner], point[inner], base[inner], node[inner]
            alive, place = alive[inner], place[inner]
            value = walks.points[point, feature[inner]]
            low, high = self.low_[place], self.high_[place]
            gap = np.maximum(np.maximum(low - value, value - high), 0)
            leaving = gap / (high - low + gap)
            node = 2 * node + 1 + (value > self.threshold_[place])
            onward = alive * (1 - leaving)
            yield _Step(walk, place, base + node, alive * leaving, onward)
            alive = onward

    def _score(self, lengths: FloatArray) -> FloatArray:
        usual = average_path(np.array(self.sample_size_))
        score: FloatArray = 2.0 ** (-lengths / np.maximum(usual, 1))
        return score


class _Order:
    """The order of points, feature by feature: what lies in between needs no other numbers.

    A point's ranks, and those from the other end, lie side by side as small numbers in a few 64-bit
    words, so that one operation compares many of them.
    """

    def __init__(self, points: FloatArray) -> None:
        count, self._features = points.shape
        order = points.argsort(axis=0)
        self._ordered = np.take_along_axis(points, order, axis=0)
        fresh = np.diff(self._ordered, axis=0, prepend=np.nan) != 0
        ranks = np.maximum.accumulate(np.where(fresh, np.arange(count)[:, np.newaxis], 0), axis=0)
        rank = np.empty_like(ranks)
        np.put_along_axis(rank, order, ranks, axis=0)
        self._last = count - 1
        self._kind = np.min_scalar_type(self._last)
        both = np.concatenate([rank, self._last - rank], axis=1).astype(self._kind)
        spare = -both.shape[1] % (8 // self._kind.itemsize)
        words = np.pad(both, ((0, 0), (0, spare))).view(np.uint64)
        self._words = np.ascontiguousarray(words.T)

    def ends(
        self, row: IntArray, place: IntArray, starts: IntArray, longest: int
    ) -> tuple[IntArray, IntArray]:
        """The lowest and the highest rank of each feature, shape (groups, features), among the
        points `row` of one `place` each; a group begins at each of `starts`, and the longest has so
        many points."""
        words = self._words.take(row, axis=1)
        step = 1
        while step < longest:
            # All ones, and so never the lowest, where that point is another group's.
            elsewhere = -(place[step:] != place[:-step]).astype(np.int64)
            further = words[:, step:] | elsewhere.view(np.uint64)
            nearer = words[:, :-step].view(self._kind)
            np.minimum(nearer, further.view(self._kind), out=nearer)
            step *= 2
        lowest = np.ascontiguousarray(words[:, starts].T).view(self._kind).astype(np.int64)
        low, high = np.split(lowest[:, : 2 * self._features], 2, axis=1)
        return low, self._last - high

    def value(self, rank: IntArray, feature: IntArray) -> FloatArray:
        return self._ordered[rank, feature]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """How nodes are cut, those that can be: the points from `low` to `high` at `threshold`."""

    node: IntArray
    feature: IntArray
    threshold: FloatArray
    low: FloatArray
    high: FloatArray


def _cuts(order: _Order, low: IntArray, high: IntArray, chance: np.random.Generator) -> _Cuts:
    """At a random feature among those that vary, and at a random threshold."""
    spread = high > low
    favour, share = chance.random(spread.shape), chance.random(len(spread))
    node = np.flatnonzero(spread.any(axis=1))
    feature = np.where(spread[node], favour[node], -1).argmax(axis=1)
    bottom, top = (
        order.value(low[node, feature], feature),
        order.value(high[node, feature], feature),
    )
    threshold = bottom + share[node] * (top - bottom)
    # Rounding may reach the top, which would leave nothing on the right.
    threshold = np.where(threshold >= top, bottom, threshold)
    return _Cuts(node, feature, threshold, bottom, top)
