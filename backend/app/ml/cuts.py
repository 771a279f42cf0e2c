"""One level of an isolation forest's random cuts, through all nodes of all trees at once."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from app.ml.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Groups:
    """Points group by group: the numbers `point`, of each group so many as `counts` says."""

    point: IntArray
    counts: IntArray

    def only(self, chosen: BoolArray) -> Self:
        """Some of the groups."""
        if chosen.all():
            return self
        point = self.point.compress(np.repeat(chosen, self.counts))
        return type(self)(point, self.counts.compress(chosen))

    def halves(self, right: BoolArray) -> Self:
        """Each group as two: the points that are not `right`, and those that are."""
        half = np.repeat(2 * np.arange(len(self.counts)), self.counts) + right
        # Short keys are sorted in a fraction of the time.
        key = half.astype(np.min_scalar_type(2 * len(self.counts)))
        return type(self)(self.point.take(key.argsort(kind="stable")), np.bincount(half))

    def values(self, points: FloatArray, feature: IntArray) -> FloatArray:
        """Of each point that of its group's feature; `points` has the shape (points, features)."""
        place = self.point * points.shape[1] + np.repeat(feature, self.counts)
        return np.asarray(points.ravel().take(place))

    def ends(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The lowest and the highest value of each group, of one or of several a point."""
        starts = np.cumsum(self.counts) - self.counts
        return np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)


@dataclass(frozen=True, slots=True)
class Cuts:
    """How those of the groups are cut that can be: `group` says which, and `groups` has their
    points. Values of the feature lie from `low` to `high`, and go `right` above the threshold."""

    group: IntArray
    groups: Groups
    feature: IntArray
    threshold: FloatArray
    low: FloatArray
    high: FloatArray
    right: BoolArray


def cuts(points: FloatArray, groups: Groups, favour: FloatArray, share: FloatArray) -> Cuts:
    """At the feature that is most in `favour` among those that vary, shape (groups, features), and
    that `share` of the way from its lowest to its highest value."""
    feature = favour.argmax(axis=1)
    value = groups.values(points, feature)
    low, high = groups.ends(value)
    equal = (low == high) & (groups.counts > 1)
    if equal.any():
        again = groups.only(equal)
        feature[equal] = _favourite(points, again, favour.compress(equal, axis=0))
        other = again.values(points, feature[equal])
        value[np.repeat(equal, groups.counts)] = other
        low[equal], high[equal] = again.ends(other)
    vary = low < high
    value = value.compress(np.repeat(vary, groups.counts))
    groups, low, high = groups.only(vary), low.compress(vary), high.compress(vary)
    threshold = low + share.compress(vary) * (high - low)
    # Rounding may reach the top, which would leave nothing on the right.
    threshold = np.where(threshold >= high, low, threshold)
    right = value > np.repeat(threshold, groups.counts)
    chosen = np.flatnonzero(vary)
    return Cuts(chosen, groups, feature.compress(vary), threshold, low, high, right)


def _favourite(points: FloatArray, groups: Groups, favour: FloatArray) -> IntArray:
    """The feature that is most in favour among those that vary; any where none does."""
    low, high = groups.ends(points[groups.point])
    return np.asarray(np.where(high > low, favour, -1).argmax(axis=1))
