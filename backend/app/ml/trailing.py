"""Windows that trail behind each day: what of the past a day is compared with."""

import numpy as np

from app.ml.types import BoolArray, FloatArray, IntArray


def trailing(values: FloatArray, window: int, *, lag: int) -> FloatArray:
    """For each row the `window` rows that end `lag` rows earlier, shape (rows, columns, window).

    A `lag` of 0 includes the row itself. Rows before the first are unknown.
    """
    rows, columns = values.shape
    ahead = np.full((window + lag - 1, columns), np.nan)
    padded = np.concatenate([ahead, values])
    by_row, by_column = padded.strides
    # What sliding_window_view gives, which takes longer than most of what is done with it.
    view: FloatArray = np.ndarray(
        (rows, columns, window), padded.dtype, padded, strides=(by_row, by_column, by_row)
    )
    view.flags.writeable = False
    return view


def shifted(values: FloatArray, days: int) -> FloatArray:
    """Each row as it was `days` rows earlier."""
    if days <= 0:
        return values
    kept = values[: max(0, len(values) - days)]
    return np.concatenate([np.full((min(days, len(values)), values.shape[1]), np.nan), kept])


def quantiles(values: FloatArray, *shares: float) -> tuple[FloatArray, ...]:
    """Quantiles of the known values along the last axis, linearly interpolated; NaN without any.

    Sorts once for all of them.
    """
    ordered = np.sort(values, axis=-1)  # NaN stands last
    known = np.isfinite(ordered).sum(axis=-1)
    return tuple(_at(ordered, known, share) for share in shares)


def _at(ordered: FloatArray, known: IntArray, share: float) -> FloatArray:
    place = share * np.maximum(known - 1, 0)
    lower = place.astype(np.intp)
    upper = np.minimum(lower + 1, np.maximum(known - 1, 0))
    low = np.take_along_axis(ordered, lower[..., np.newaxis], -1)[..., 0]
    high = np.take_along_axis(ordered, upper[..., np.newaxis], -1)[..., 0]
    result: FloatArray = low + (place - lower) * (high - low)
    return result


def count_known(values: FloatArray) -> IntArray:
    """How many of the last axis are known."""
    return np.asarray(np.isfinite(values).sum(axis=-1))


def mean_known(values: FloatArray, *, least: int) -> FloatArray:
    """The mean along the last axis; NaN where fewer than `least` are known."""
    known: BoolArray = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0).sum(axis=-1)
    return np.where(count >= least, total / np.maximum(count, 1), np.nan)
