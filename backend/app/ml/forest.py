"""The Isolation Forest of Liu, Ting and Zhou in plain numpy, all trees at once.

Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, doi 10.1109/ICDM.2008.17.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from app.ml.cuts import Groups, cuts
from app.ml.types import BoolArray, FloatArray, IntArray


def average_path(count: IntArray) -> FloatArray:
    """The mean depth at which a search among `count` points ends without a hit (equation 1)."""
    n = np.maximum(count, 3).astype(np.float64)
    harmonic = np.log(n - 1) + np.euler_gamma
    path: FloatArray = 2 * harmonic - 2 * (n - 1) / n
    return np.where(count > 2, path, np.where(count == 2, 1.0, 0.0))


@dataclass(frozen=True, slots=True)
class _Step:
    """One level of walks, from the nodes `place` to `below`, which is the same at a leaf.

    `apart` and `onward` are the chances to be set apart here and to go on.
    """

    place: IntArray
    below: IntArray
    apart: FloatArray
    onward: FloatArray


class IsolationForest:
    """Trees of random cuts: the fewer cuts set a point apart, the stranger it is.

    A tree is stored as a heap: the children of node i are 2i + 1 and 2i + 2. Arrays of nodes hold
    one tree after another; `feature_` is -1 at leaves, `size_` counts the sample's points. `left_`
    is the first child; a leaf is its own and has no bounds, so that who arrives there stays.
    """

    def __init__(self, *, trees: int = 100, sample_size: int = 256, seed: int = 0) -> None:
        self.trees = trees
        self.sample_size = sample_size
        self.seed = seed

    def fit(self, points: FloatArray) -> Self:
        """Grows the trees, each on its own sample of the points, shape (points, features)."""
        count, features = points.shape
        self.sample_size_ = min(self.sample_size, count)
        self.depth_ = max(1, math.ceil(math.log2(max(self.sample_size_, 2))))
        self.nodes_ = 2 ** (self.depth_ + 1) - 1
        self.samples_ = _samples(self.seed, self.trees, count, self.sample_size_)
        self.in_sample_ = self.samples_.inside
        nodes = self.trees * self.nodes_
        self.feature_, self.left_ = np.full(nodes, -1), np.arange(nodes)
        self.size_ = np.zeros(nodes, np.int64)
        self.threshold_, self.low_, self.high_ = np.full((3, nodes), np.inf)
        self.low_[:] = -np.inf
        sampled = self.trees * count
        most = sampled + self.trees * (2**self.depth_ - 1) * (features + 1)
        self._grow(np.ascontiguousarray(points), _chance(self.seed, most)[sampled:])
        beyond = average_path(np.arange(self.sample_size_ + 1))
        levels = np.floor(np.log2(np.arange(self.nodes_) + 1))
        self.length_ = np.tile(levels, self.trees) + beyond[self.size_]
        return self

    def _grow(self, points: FloatArray, chance: FloatArray) -> None:
        """Cuts each tree's sample, all trees a level at a time, by random numbers out of `chance`.

        A group of points lies at each of the nodes `heads`.
        """
        heads = np.arange(self.trees) * self.nodes_
        groups = Groups(self.samples_.points.ravel(), np.full(self.trees, self.sample_size_))
        for _ in range(self.depth_):
            self.size_[heads] = groups.counts
            favour, share, chance = _drawn(chance, len(heads), points.shape[1])
            cut = cuts(points, groups, favour, share)
            parents = heads[cut.group]
            self.feature_[parents], self.threshold_[parents] = cut.feature, cut.threshold
            self.low_[parents], self.high_[parents] = cut.low, cut.high
            left = self.left_[parents] = parents + parents % self.nodes_ + 1
            heads = np.stack([left, left + 1], axis=1).ravel()
            groups = cut.groups.halves(cut.right)
        self.size_[heads] = groups.counts

    def score_samples(self, points: FloatArray) -> FloatArray:
        """How strange each point is, from 0 to 1; 0.5 is ordinary (equation 2)."""
        return self.scores_and_contributions(points)[0]

    def contributions(self, points: FloatArray) -> FloatArray:
        """Each feature's share in setting each point apart, shape (points, features).

        A cut that keeps n of m points tells log2(m / n) bits about the point, an even cut one.
        A feature is credited, in each tree, with the bits above one that its cuts told, divided
        by the length of the path, so that short paths weigh more, as in the depth-based
        importance of Carletti, Terzi and Susto (DIFFI, arXiv 2007.11117).
        """
        return self.scores_and_contributions(points)[1]

    def scores_and_contributions(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What `score_samples` and `contributions` say, for one walk down the trees."""
        point, tree = np.divmod(np.arange(len(points) * self.trees), self.trees)
        steps = list(self._steps(points, point, tree))
        length = self._length(steps)
        scores = self._score(length.reshape(len(points), self.trees).mean(axis=1))
        credit, walk = np.zeros((len(tree), points.shape[1])), np.arange(len(tree))
        for step in steps:
            size = self.size_[step.place]
            bits = np.log2(size / np.maximum(self.size_[step.below], 1)) - 1
            told = step.apart * np.log2((size + 1) / 2) + step.onward * np.maximum(bits, 0)
            credit[walk, self.feature_[step.place]] += told
        credit /= np.maximum(length, 1)[:, np.newaxis]
        total: FloatArray = credit.reshape(len(points), self.trees, -1).sum(axis=1)
        sums = total.sum(axis=1, keepdims=True)
        return scores, total / np.where(sums > 0, sums, 1)

    def out_of_bag_scores(self, points: FloatArray) -> FloatArray:
        """Scores of the points that `fit` had, each by the trees that did not see it only.

        A tree calls its own sample ordinary, so that a new point compared with in-sample scores
        would look too strange. A point that every tree saw gets their score none the less.
        """
        # Tree by tree, whose nodes stay at hand.
        tree, point = self.samples_.unseen_by, self.samples_.unseen
        lengths = np.zeros((len(points), self.trees))
        lengths[point, tree] = self._length(self._steps(points, point, tree))
        return self._score(lengths.sum(axis=1) / np.bincount(point))

    def _length(self, steps: Iterable[_Step]) -> FloatArray:
        """The expected length of each walk."""
        total: FloatArray | float = 0.0
        for level, step in enumerate(steps, start=1):
            total = total + step.apart * level
        return np.asarray(total + step.onward * self.length_[step.below])

    def _steps(self, points: FloatArray, point: IntArray, tree: IntArray) -> Iterator[_Step]:
        """The ways of the points `point` down the trees `tree`, a level at a time.

        A point outside the range of a node's sample would have widened it, and a cut in the gap
        would set the point apart at once: it leaves here with that probability and goes on
        otherwise, as Mondrian trees grow (Lakshminarayanan, Roy, Teh, arXiv 1406.2673). Without
        this all points beyond the sample's extremes look alike. The tree's own sample never
        leaves early, so that its scores are those of the paper.
        """
        values, first = points.ravel(), point * points.shape[1]
        place, alive = tree * self.nodes_, np.ones(len(tree))
        for _ in range(self.depth_):
            # Of a leaf any value will do.
            value = values.take(first + self.feature_.take(place))
            low, high = self.low_.take(place), self.high_.take(place)
            gap = np.maximum(np.maximum(low - value, value - high), 0)
            leaving = gap / (high - low + gap)
            below = self.left_.take(place) + (value > self.threshold_.take(place))
            onward = alive * (1 - leaving)
            yield _Step(place, below, alive * leaving, onward)
            place, alive = below, onward

    def _score(self, lengths: FloatArray) -> FloatArray:
        usual = average_path(np.array(self.sample_size_))
        score: FloatArray = 2.0 ** (-lengths / np.maximum(usual, 1))
        return score


@dataclass(frozen=True, slots=True)
class _Samples:
    """Each tree's sample: the numbers of its `points`, shape (trees, size), and which are `inside`,
    shape (trees, points). Scores out of the bag come from the trees `unseen_by` for each `unseen`
    point."""

    points: IntArray
    inside: BoolArray
    unseen_by: IntArray
    unseen: IntArray


@lru_cache(maxsize=16)
def _samples(seed: int, trees: int, count: int, size: int) -> _Samples:
    chance = _chance(seed, trees * count)[: trees * count].reshape(trees, count)
    points = chance.argsort(axis=1)[:, :size]
    inside = np.zeros((trees, count), dtype=bool)
    np.put_along_axis(inside, points, values=True, axis=1)
    unseen = ~inside | inside.all(axis=0)
    tree, point = np.nonzero(unseen)
    samples = _Samples(points, inside, tree, point)
    for shared in (points, inside, tree, point):
        shared.flags.writeable = False
    return samples


def _chance(seed: int, fewest: int) -> FloatArray:
    """Random numbers, at least so many; those of a seed are always the same."""
    return _numbers(seed, 1 << (fewest - 1).bit_length())


@lru_cache(maxsize=8)
def _numbers(seed: int, count: int) -> FloatArray:
    numbers = np.random.default_rng(seed).random(count)
    numbers.flags.writeable = False
    return numbers


def _drawn(
    chance: FloatArray, nodes: int, features: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What decides how so many nodes are cut, and what is left: each feature's favour by node, and
    each node's share."""
    favours = nodes * features
    favour = chance[:favours].reshape(nodes, features)
    return favour, chance[favours : favours + nodes], chance[favours + nodes :]
