"""Metrics on the scale where their day-to-day spread is roughly symmetric, and back."""

from collections.abc import Callable, Sequence

import numpy as np

from app.catalog import Metric, Scale
from app.ml.types import FloatArray

_Function = Callable[[FloatArray], FloatArray]

_SCALES: dict[Scale, tuple[_Function, _Function]] = {
    Scale.LOG: (np.log, np.exp),
    Scale.LOG1P: (np.log1p, np.expm1),
    Scale.SQRT: (np.sqrt, lambda root: np.square(np.maximum(root, 0))),
}


def to_scale(values: FloatArray, metrics: Sequence[Metric]) -> FloatArray:
    """Values, shape (..., metrics), on each metric's scale; unknown where that does not exist."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = _applied(values, metrics, forward=True)
    scaled[~np.isfinite(scaled)] = np.nan
    return scaled


def to_unit(scaled: FloatArray, metrics: Sequence[Metric]) -> FloatArray:
    """The inverse of `to_scale`, kept inside each metric's plausible range."""
    with np.errstate(over="ignore"):
        values = _applied(scaled, metrics, forward=False)
    low = np.array([metric.plausible.low for metric in metrics])
    high = np.array([metric.plausible.high for metric in metrics])
    return np.clip(values, low, high)


def scale_of(metric: Metric) -> Scale:
    return metric.watch.scale if metric.watch else Scale.IDENTITY


def floor_of(metric: Metric) -> float:
    """The smallest spread believed; where the catalogue names none, the last digit shown."""
    return metric.watch.floor if metric.watch else 10.0**-metric.decimals


def _applied(values: FloatArray, metrics: Sequence[Metric], *, forward: bool) -> FloatArray:
    result = values.copy()
    scales = [scale_of(metric) for metric in metrics]
    for scale, functions in _SCALES.items():
        columns = [index for index, other in enumerate(scales) if other is scale]
        if columns:
            result[..., columns] = functions[0 if forward else 1](result[..., columns])
    return result
