"""What is known of people in general: the constants that a short history leans on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Self

import numpy as np

from app.catalog import Metric
from app.ml.scales import floor_of
from app.ml.types import FloatArray

CARRIED = 0.15
"""The day-to-day correlation of a metric that nothing is known of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPriors:
    """The priors as arrays over some metrics; an unknown spread is NaN."""

    weights: FloatArray
    spread: FloatArray
    floor: FloatArray
    carried: FloatArray
    correlation: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """Population constants.

    `spread` (on the metric's scale) and `carried` (day-to-day correlation) are by metric,
    `correlation` by two metrics joined by "|". `weights` are those of the kinds of departures,
    `second` that of the day's second strangest metric. `tail` lists scores of healthy days against
    the share of days that reach them, falling; scores are compared after `crowd` times the
    logarithm of the number of known metrics is taken off.
    """

    version: str
    spread: Mapping[str, float]
    carried: Mapping[str, float]
    correlation: Mapping[str, float]
    weights: tuple[float, ...]
    second: float
    crowd: float
    tail: tuple[tuple[float, float], ...]

    def __hash__(self) -> int:
        return hash((self.version, self.weights, self.tail))

    def of(self, metrics: Sequence[Metric]) -> MetricPriors:
        """The arrays for these metrics, in their order."""
        keys = [metric.key for metric in metrics]
        correlation = np.eye(len(keys))
        for pair, value in self.correlation.items():
            first, _, second = pair.partition("|")
            if first in keys and second in keys:
                a, b = keys.index(first), keys.index(second)
                correlation[a, b] = correlation[b, a] = value
        return MetricPriors(
            weights=np.array(self.weights),
            spread=np.array([self.spread.get(key, np.nan) for key in keys]),
            floor=np.array([floor_of(metric) for metric in metrics]),
            carried=np.array([self.carried.get(key, CARRIED) for key in keys]),
            correlation=correlation,
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """From JSON. Raises ValueError for what is none of ours."""
        try:
            found = json.loads(text)
            tail = tuple((float(score), float(share)) for score, share in found.pop("tail"))
            weights = tuple(float(weight) for weight in found.pop("weights"))
            return cls(tail=tail, weights=weights, **found)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("not a file of priors") from error

    def written(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


@cache
def shipped() -> Priors:
    """Those that come along: learned from invented people, and from published figures."""
    return Priors.read((resources.files("app.ml") / "priors.json").read_text())


class _InForce:
    """The process's own, set once at its start."""

    priors: Priors | None = None


def use_priors(file: Path | None) -> None:
    """Lean on the file's priors from now on, or on those that come along.

    Raises OSError for a file that cannot be read, and ValueError for another one.
    """
    _InForce.priors = None if file is None else Priors.read(file.read_text(encoding="utf-8"))


def current() -> Priors:
    """The priors that detection leans on in this process."""
    return _InForce.priors or shipped()
