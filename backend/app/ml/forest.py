"""The Isolation Forest of Liu, Ting and Zhou in plain numpy, all trees at once.

Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, doi 10.1109/ICDM.2008.17.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from app.ml.types import BoolArray, FloatArray, IntArray


def average_path(count: IntArray) -> FloatArray:
    """The mean depth at which a search among `count` points ends without a hit (equation 1)."""
    n = np.maximum(count, 3).astype(np.float64)
    harmonic = np.log(n - 1) + np.euler_gamma
    path: FloatArray = 2 * harmonic - 2 * (n - 1) / n
    return np.where(count > 2, path, np.where(count == 2, 1.0, 0.0))


@dataclass(frozen=True, slots=True)
class _Step:
    """One level of all walks; every array has the shape (points, trees).

    `apart` and `onward` are the chances to be set apart here and to go on to `below`.
    """

    place: IntArray
    below: IntArray
    inner: BoolArray
    apart: FloatArray
    onward: FloatArray


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
        self._grow(points[samples.ravel()], np.repeat(np.arange(self.trees), size), chance)
        levels = np.floor(np.log2(np.arange(self.nodes_) + 1))
        self.length_ = np.tile(levels, self.trees) + average_path(self.size_)
        return self

    def _grow(self, points: FloatArray, tree: IntArray, chance: np.random.Generator) -> None:
        node = np.zeros(len(points), np.int64)
        for level in range(self.depth_ + 1):
            place = tree * self.nodes_ + node
            order = np.argsort(place, kind="stable")
            points, tree, node, place = points[order], tree[order], node[order], place[order]
            starts = np.flatnonzero(np.diff(place, prepend=-1))
            counts = np.diff(starts, append=len(place))
            heads = place[starts]
            self.size_[heads] = counts
            if level == self.depth_ or not len(place):
                return
            low = np.minimum.reduceat(points, starts)
            high = np.maximum.reduceat(points, starts)
            feature, threshold = _cuts(low, high, chance)
            self.feature_[heads], self.threshold_[heads] = feature, threshold
            each = np.arange(len(heads))
            self.low_[heads], self.high_[heads] = low[each, feature], high[each, feature]
            feature, threshold = np.repeat(feature, counts), np.repeat(threshold, counts)
            right = points[np.arange(len(points)), feature] > threshold
            inner = feature >= 0
            points, tree = points[inner], tree[inner]
            node = 2 * node[inner] + 1 + right[inner]

    def score_samples(self, points: FloatArray) -> FloatArray:
        """How strange each point is, from 0 to 1; 0.5 is ordinary (equation 2)."""
        return self._score(self._lengths(points).mean(axis=1))

    def out_of_bag_scores(self, points: FloatArray) -> FloatArray:
        """Scores of the points that `fit` had, each by the trees that did not see it only.

        A tree calls its own sample ordinary, so that a new point compared with in-sample scores
        would look too strange. A point that every tree saw gets their score none the less.
        """
        unseen = ~self.in_sample_.T
        unseen |= ~unseen.any(axis=1, keepdims=True)
        lengths = np.where(unseen, self._lengths(points), 0)
        return self._score(lengths.sum(axis=1) / unseen.sum(axis=1))

    def contributions(self, points: FloatArray) -> FloatArray:
        """Each feature's share in setting each point apart, shape (points, features).

        A cut that keeps n of m points tells log2(m / n) bits about the point, an even cut one.
        A feature is credited, in each tree, with the bits above one that its cuts told, divided
        by the length of the path, so that short paths weigh more, as in the depth-based
        importance of Carletti, Terzi and Susto (DIFFI, arXiv 2007.11117).
        """
        credit = np.zeros((len(points), self.trees, points.shape[1]))
        rows, trees = np.arange(len(points))[:, np.newaxis], np.arange(self.trees)
        lengths = np.maximum(self._lengths(points), 1)
        for step in self._steps(points):
            apart = step.apart * np.log2((self.size_[step.place] + 1) / 2)
            bits = np.log2(self.size_[step.place] / np.maximum(self.size_[step.below], 1)) - 1
            told = apart + step.onward * np.maximum(bits, 0)
            credit[rows, trees, self.feature_[step.place]] += np.where(step.inner, told, 0)
        total: FloatArray = (credit / lengths[:, :, np.newaxis]).sum(axis=1)
        sums = total.sum(axis=1, keepdims=True)
        share: FloatArray = total / np.where(sums > 0, sums, 1)
        return share

    def _lengths(self, points: FloatArray) -> FloatArray:
        """The expected path length of each point in each tree, shape (points, trees)."""
        length = np.zeros((len(points), self.trees))
        for level, step in enumerate(self._steps(points)):
            length += step.apart * (level + 1)
        length += step.onward * self.length_[step.below]
        return length

    def _steps(self, points: FloatArray) -> Iterator["_Step"]:
        """The points' ways down all trees, a level at a time.

        A point outside the range of a node's sample would have widened it, and a cut in the gap
        would set the point apart at once: it leaves here with that probability and goes on
        otherwise, as Mondrian trees grow (Lakshminarayanan, Roy, Teh, arXiv 1406.2673). Without
        this all points beyond the sample's extremes look alike. The tree's own sample never
        leaves early, so that its scores are those of the paper.
        """
        rows = np.arange(len(points))[:, np.newaxis]
        place = np.tile(np.arange(self.trees) * self.nodes_, (len(points), 1))
        alive = np.ones(place.shape)
        for _ in range(self.depth_):
            inner = self.feature_[place] >= 0
            value = points[rows, self.feature_[place]]
            low, high = self.low_[place], self.high_[place]
            gap = np.maximum(np.maximum(low - value, value - high), 0)
            leaving = np.where(inner, gap / np.where(inner, high - low + gap, 1), 0)
            child = place + place % self.nodes_ + 1 + (value > self.threshold_[place])
            below = np.where(inner, child, place)
            yield _Step(place, below, inner, alive * leaving, alive * (1 - leaving))
            place, alive = below, alive * (1 - leaving)

    def _score(self, lengths: FloatArray) -> FloatArray:
        usual = average_path(np.array(self.sample_size_))
        score: FloatArray = 2.0 ** (-lengths / np.maximum(usual, 1))
        return score


def _cuts(
    low: FloatArray, high: FloatArray, chance: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """For each node, a random feature among those that vary, or -1, and a random threshold."""
    spread = high > low
    feature = np.where(spread, chance.random(spread.shape), -1).argmax(axis=1)
    node = np.arange(len(low))
    bottom, top = low[node, feature], high[node, feature]
    threshold = bottom + chance.random(len(low)) * (top - bottom)
    # Rounding may reach the top, which would leave nothing on the right.
    threshold = np.where(threshold >= top, bottom, threshold)
    return np.where(spread.any(axis=1), feature, -1), threshold
