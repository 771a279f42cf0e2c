"""Each value's distance from the person's own past, in robust spreads; later days are not used."""

from functools import lru_cache

import numpy as np

from app.ml.scales import floor_of, to_scale
from app.ml.statistics import mean_and_deviation, quantile
from app.ml.types import FloatArray
from benchmarks.detection.people import Person

BASELINE_DAYS = 42
SPREAD_DAYS = 90
FEWEST = 8
CLIP = 6.0


@lru_cache(maxsize=4_096)
def past_residuals(person: Person) -> FloatArray:
    """Shape (days, watched metrics): the scaled value less the median of the 42 days before it,
    over the spread of such distances in the 90 days before; clipped at 6."""
    scaled = to_scale(person.values.values[:, person.watched], person.metrics)
    floors = np.array([floor_of(metric) for metric in person.metrics])
    distance = np.full_like(scaled, np.nan)
    result = np.full_like(scaled, np.nan)
    for day in range(len(scaled)):
        past = scaled[max(0, day - BASELINE_DAYS) : day]
        distance[day] = scaled[day] - _if_enough(past, quantile(past, 0.5))
        earlier = distance[max(0, day - SPREAD_DAYS) : day]
        spread = _if_enough(earlier, robust_spread(earlier))
        result[day] = distance[day] / np.maximum(spread, floors)
    return np.clip(result, -CLIP, CLIP)


def _if_enough(past: FloatArray, learned: FloatArray) -> FloatArray:
    return np.where(np.isfinite(past).sum(axis=0) >= FEWEST, learned, np.nan)


def robust_spread(values: FloatArray) -> FloatArray:
    """Each column's standard deviation from its quartiles; at least 0.6 of that of the middle 95
    in 100, which keeps metrics alive that are mostly equal."""
    quartiles = (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349
    middle = np.clip(values, quantile(values, 0.025), quantile(values, 0.975))
    return np.fmax(quartiles, 0.6 * mean_and_deviation(middle)[1])
