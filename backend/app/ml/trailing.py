"""Windows that trail behind each day: what of the past a day is compared with."""

from collections.abc import Iterator, Sequence

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


def quantiles(
    values: FloatArray, *shares: float, known: IntArray | None = None
) -> tuple[FloatArray, ...]:
    """Quantiles of the known values along the last axis, linearly interpolated; NaN without any.

    Sorts once for all of them. How many are `known` need not be counted again.
    """
    ordered = np.array(values, order="C")  # else each row is gathered to be sorted
    ordered.sort(axis=-1)  # NaN stands last
    count = count_known(ordered) if known is None else known
    if not ordered.shape[-1]:
        return tuple(np.full(count.shape, np.nan) for _ in shares)
    return tuple(_at(ordered, count, share) for share in shares)


def high_quantile(sizes: FloatArray, share: float, *, known: IntArray) -> FloatArray:
    """The quantile of the `known` ones along the last axis, none of which is negative; the others
    are 0. Only what may be above it is sorted."""
    length = sizes.shape[-1]
    begin = int(share * max(length - 1, 0))
    ordered = sizes.copy()
    ordered.partition(begin, axis=-1)
    highest = ordered[..., begin:].copy()
    highest.sort(axis=-1)
    found = _at(highest, known, share, before=begin - length + np.maximum(known, 1))
    return np.where(known > 0, found, np.nan)


def _at(
    ordered: FloatArray, known: IntArray, share: float, before: IntArray | int = 0
) -> FloatArray:
    """The quantile of those that are known, so many of which stand `before` the ordered ones."""
    last = np.maximum(known - 1, 0)
    place = share * last
    lower = place.astype(np.intp)
    upper = np.minimum(lower + 1, last)
    begins = np.arange(known.size).reshape(known.shape) * ordered.shape[-1] - before
    low, high = ordered.take(begins + lower), ordered.take(begins + upper)
    result: FloatArray = low + (place - lower) * (high - low)
    return result


def zero_unless(known: BoolArray, values: FloatArray) -> FloatArray:
    """The known values, 0 in place of the others."""
    # As np.where, which takes its time to choose for each of them.
    bits: FloatArray = (values.view(np.int64) & -known.astype(np.int64)).view(np.float64)
    return bits


def count_known(values: FloatArray) -> IntArray:
    """How many of the last axis are known."""
    return count_true(np.isfinite(values))


def count_true(known: BoolArray, *, axis: int = -1) -> IntArray:
    """How many along the axis are true."""
    if known.shape[axis] > _MOST_IN_A_BYTE:
        return np.asarray(known.sum(axis=axis))
    # Small numbers are added several times as fast.
    count = known.view(np.uint8).sum(axis=axis, dtype=np.uint8)
    return np.asarray(count, dtype=np.int64)


_MOST_IN_A_BYTE = 255


def counts_before(values: FloatArray, window: int, *, first: int = 0) -> tuple[IntArray, IntArray]:
    """For each row from `first` on, how many of the `window` rows before it are known, and how many
    rows ago the first of them was; where none is, the whole window."""
    known = np.isfinite(values)
    if 0 < first == len(values) - 1:
        return _counts_of(known[max(0, first - window) : first], window)
    rows = np.arange(len(values))
    short = np.min_scalar_type(-len(values) - 1)
    following = np.where(known, rows.astype(short)[:, np.newaxis], short.type(len(values)))
    following = np.minimum.accumulate(following[::-1], axis=0)[::-1]
    ago = rows[first:, np.newaxis] - following[np.maximum(rows - window, 0)[first:]]
    return count_before(known, window, first=first), np.where(ago > 0, ago, window)


def count_before(known: BoolArray, window: int, *, first: int = 0) -> IntArray:
    """For each row from `first` on, how many of the `window` rows before it are true."""
    if 0 < first == len(known) - 1:
        return count_true(known[max(0, first - window) : first], axis=0)[np.newaxis]
    # Sums that pass the largest short number start again at 0, and their differences stay right.
    so_far = np.zeros((len(known) + 1, known.shape[1]), dtype=np.min_scalar_type(window))
    np.cumsum(known.view(np.uint8), axis=0, dtype=so_far.dtype, out=so_far[1:])
    begins = np.maximum(np.arange(first, len(known)) - window, 0)
    return np.asarray(so_far[first:-1] - so_far[begins], dtype=np.int64)


def _counts_of(known: BoolArray, window: int) -> tuple[IntArray, IntArray]:
    """Of one row alone, before which these are known."""
    ago = np.arange(len(known), 0, -1, dtype=np.min_scalar_type(window))
    oldest = (known * ago[:, np.newaxis]).max(axis=0)
    count = count_true(known, axis=0)
    return count[np.newaxis], np.where(count > 0, oldest, window)[np.newaxis].astype(np.int64)


def means_of_last(values: FloatArray, lengths: Sequence[int]) -> Iterator[FloatArray]:
    """For each of the ascending `lengths`, the mean of so many rows up to and with each, of which
    at least half are known."""
    known = np.isfinite(values)
    total, count = np.where(known, values, 0), known.astype(np.min_scalar_type(max(lengths)))
    totals, counts = total.copy(), count.copy()
    done = 1
    for length in lengths:
        for ago in range(done, length):
            totals[ago:] += total[:-ago]
            counts[ago:] += count[:-ago]
        done = length
        enough = counts >= (length + 1) // 2
        yield np.where(enough, totals / np.maximum(counts, 1), np.nan)
