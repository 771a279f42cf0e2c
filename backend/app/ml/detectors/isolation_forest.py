"""Days strange as a whole: an isolation forest over several metrics at once."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from app.catalog import CATALOGUE, Catalogue
from app.ml.detectors.base import Scores, history
from app.ml.forest import IsolationForest
from app.ml.scales import floor_of, to_scale, to_unit
from app.ml.statistics import mean_and_deviation, quantile, tail_p
from app.ml.types import BoolArray, DailyValues, FloatArray
from app.utils.enums import DetectorType

FEATURES = (
    "sleep_hours",
    "sleep_quality",
    "total_calories",
    "protein_ratio",
    "sugar_intake",
    "exercise_minutes",
    "exercise_intensity",
    "resting_hr",
    "hrv",
    "bp_systolic",
    "weight_change_7d",
    "glucose_variability",
)
"""The plan's features, by metric key or alias."""

FEWEST_ROWS = 25
FEWEST_FEATURES = 3
FEWEST_VALUES = 8
CLIP = 6.0
LEVEL = 1 / 60
"""A day is strange when so few healthy days are as strange: about one in two months. Measured,
0.3 alarm days a month on invented healthy people, 0.35 on LifeSnaps and 0.1 on PMData."""
BLAMED = 0.2
"""The share of a day's strangeness from which a metric is blamed beside the first."""


class IsolationForestDetector:
    """How quickly random cuts set the day apart from up to 120 earlier ones.

    Each feature enters as its distance from the person's own median in robust standard
    deviations, clipped at 6, and as 0 (nothing unusual) where it is unknown. The day's score is
    compared with those of past days from the trees that had not seen them. `level` is the p-value
    from which a day is strange. Below 25 rows of 3 known features there is no verdict.
    """

    detector_type = DetectorType.ISOLATION_FOREST
    version = "forest-1"
    window = 120
    refit_every = 7

    def __init__(
        self,
        *,
        features: Sequence[str] = FEATURES,
        level: float = LEVEL,
        trees: int = 100,
        seed: int = 0,
        catalogue: Catalogue = CATALOGUE,
    ) -> None:
        self.features = features
        self.level = level
        self.trees = trees
        self.seed = seed
        self.catalogue = catalogue

    def fit(self, past: DailyValues) -> Self:
        self.metrics_ = [self.catalogue[name] for name in self.features if name in self.catalogue]
        self.columns_ = [past.keys.index(metric.key) for metric in self.metrics_]
        scaled = to_scale(past.values[:, self.columns_], self.metrics_)
        known = np.isfinite(scaled).sum(axis=0) >= FEWEST_VALUES
        self.median_ = np.where(known, quantile(scaled, 0.5), np.nan)
        self.spread_ = np.maximum(_spread(scaled), [floor_of(metric) for metric in self.metrics_])
        self.history_, self.history_from_ = history(past)
        residuals, observed = self._residuals(scaled)
        rows = residuals[observed.sum(axis=1) >= FEWEST_FEATURES]
        self.forest_ = None
        if len(rows) >= FEWEST_ROWS:
            forest = IsolationForest(trees=self.trees, sample_size=len(rows) // 2, seed=self.seed)
            self.forest_ = forest.fit(rows)
            self.past_scores_ = np.sort(forest.out_of_bag_scores(rows))
        return self

    def score(self, days: DailyValues) -> Scores:
        result = Scores.unknown(*days.values.shape)
        result.history[:], result.history_from[:] = self.history_, self.history_from_
        half = 2 * self.spread_
        usual = np.stack([self.median_, self.median_ - half, self.median_ + half])
        baseline, low, high = to_unit(usual, self.metrics_)
        result.baseline[:, self.columns_] = baseline
        result.usual_low[:, self.columns_], result.usual_high[:, self.columns_] = low, high
        scaled = to_scale(days.values[:, self.columns_], self.metrics_)
        residuals, observed = self._residuals(scaled)
        tested = np.flatnonzero(observed.sum(axis=1) >= FEWEST_FEATURES)
        if self.forest_ is not None and len(tested):
            rows = residuals[tested]
            scores, shares = self.forest_.scores_and_contributions(rows)
            result.joint_p[tested] = tail_p(scores, self.past_scores_)
            shares = shares * observed[tested]
            total = shares.sum(axis=1, keepdims=True)
            shares = shares / np.where(total > 0, total, np.nan)
            result.contribution[tested[:, np.newaxis], self.columns_] = shares
        return result

    def decide(self, scores: Scores) -> BoolArray:
        share = np.where(np.isfinite(scores.contribution), scores.contribution, 0)
        first = share.max(axis=1, keepdims=True, initial=0)
        blamed = (share > 0) & ((share >= first) | (share >= BLAMED))
        strange: BoolArray = blamed & (scores.joint_p <= self.level)[:, np.newaxis]
        return strange

    def _residuals(self, scaled: FloatArray) -> tuple[FloatArray, BoolArray]:
        residuals = np.clip((scaled - self.median_) / self.spread_, -CLIP, CLIP)
        observed = np.isfinite(residuals)
        return np.where(observed, residuals, 0), observed


def _spread(scaled: FloatArray) -> FloatArray:
    """A robust standard deviation; the second term keeps metrics alive that are mostly equal."""
    quartiles = (quantile(scaled, 0.75) - quantile(scaled, 0.25)) / 1.349
    return np.fmax(quartiles, 0.6 * mean_and_deviation(scaled)[1])
