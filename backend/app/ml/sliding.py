"""The middles of very many small sets of values, without sorting each."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.ml.trailing import count_true, quantiles, trailing
from app.ml.types import FloatArray, IntArray

_Bytes = NDArray[np.uint8]

_DAYS, _COLUMNS = 168, 128
"""So many at a time cost least."""

_FEW_DAYS = 8
"""So few windows are sorted sooner."""


def medians_before(values: FloatArray, window: int, known: IntArray) -> FloatArray:
    """For each of the last rows the median of the values in the `window` rows before it, at most
    255; NaN without any. `known` says how many there are, in the shape (last rows, columns)."""
    first = len(values) - len(known)
    if len(known) < _FEW_DAYS:
        (median,) = quantiles(trailing(values, window, lag=1)[first:], 0.5, known=known)
        return median
    ahead = max(0, window - first)
    padded = np.concatenate([np.full((ahead, values.shape[1]), np.nan), values])
    padded = padded[first + ahead - window : -1]
    result = np.empty(known.shape)
    for begin, end in _parts(len(known), _DAYS):
        for left, right in _parts(known.shape[1], _COLUMNS):
            part = known[begin:end, left:right]
            rows = padded[begin : end + window - 1, left:right]
            result[begin:end, left:right] = _sliding(rows, window, part)
    return result


def _parts(size: int, most: int) -> Iterator[tuple[int, int]]:
    """Parts of about equal size."""
    edges = np.linspace(0, size, -(-size // most) + 1).astype(int).tolist()
    return pairwise(edges)


def _sliding(values: FloatArray, window: int, known: IntArray) -> FloatArray:
    """The medians of the first `window` rows, and so on until the last ones.

    The rows' values are ranked once. A window is then a set of ranks, a bit for each, and where the
    bits of its middle are is counted byte by byte.
    """
    rows, columns = values.shape
    by_column = np.ascontiguousarray(values.T)
    finite = np.isfinite(by_column)
    order = np.where(finite, by_column, np.inf).argsort(axis=1)  # NaN would be sorted slowly
    first = np.arange(columns)[:, np.newaxis] * rows
    ordered = by_column.take(order + first)
    last = (np.maximum(known, 1) - 1).astype(np.uint8)
    lower, between = last >> 1, last & 1
    windows = _windows(order, count_true(finite), window)
    low, high = ordered.take(_ranks(windows, np.stack([lower, lower + between])) + first.T)
    return np.where(known > 0, low + 0.5 * between * (high - low), np.nan)


def _windows(order: IntArray, known: IntArray, window: int) -> _Bytes:
    """The ranks of the values in each window, a bit for each, shape (bytes, windows, columns)."""
    columns, rows = order.shape
    rank = np.arange(rows)
    bits = np.zeros((-(-rows // 8), rows, columns), dtype=np.uint8)
    place = order * columns + ((rank >> 3) * rows * columns + np.arange(columns)[:, np.newaxis])
    bit = (1 << (rank & 7)).astype(np.uint8)
    bits.ravel()[place] = bit * (rank < known[:, np.newaxis])
    width = 1
    while 2 * width <= window:
        bits = bits[:, width:] | bits[:, :-width]
        width *= 2
    rest = window - width
    return np.asarray(bits[:, rest:] | bits[:, : bits.shape[1] - rest], dtype=np.uint8)


def _ranks(windows: _Bytes, places: _Bytes) -> IntArray:
    """The rank at each of the `places` of a window, shape (places, windows, columns)."""
    before = np.zeros(windows.shape[1:], dtype=np.uint8)
    passed, byte = np.zeros((2, *places.shape), dtype=np.uint8)
    for count in np.bitwise_count(windows[:-1]):
        before += count
        beyond = (places >= before).view(np.uint8)
        byte += beyond
        np.maximum(passed, before * beyond, out=passed)
    here = byte * np.intp(before.size) + np.arange(before.size).reshape(before.shape)
    bits = windows.ravel().take(here)
    within = _PLACES.take(bits * np.intp(8) + (places - passed & 7))
    return np.asarray(byte * np.intp(8) + within)


def _places_of_bits() -> IntArray:
    """Of each byte, where its first bit is that is set, its second, and so on."""
    bits = np.arange(256)[:, np.newaxis] >> np.arange(8) & 1
    return np.argsort(1 - bits, axis=1, kind="stable")


_PLACES = _places_of_bits()


def medians_of(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """The median of the known values along the first, short axis, NaN without any; and how many are
    known."""
    known = np.isfinite(values)
    count = count_true(known, axis=0)
    rows = list(np.where(known, values, np.inf))
    for first, second in _comparisons(len(values)):
        one, other = rows[first], rows[second]
        rows[first], rows[second] = np.minimum(one, other), np.maximum(one, other)
    ordered = np.stack(rows)
    last = np.maximum(count - 1, 0)
    lower, between = last >> 1, last & 1
    place = np.arange(count.size).reshape(count.shape) + lower * count.size
    low, high = ordered.take(place), ordered.take(place + between * count.size)
    with np.errstate(invalid="ignore"):  # where nothing is known
        return np.where(count > 0, low + 0.5 * between * (high - low), np.nan), count


@cache
def _comparisons(count: int) -> tuple[tuple[int, int], ...]:
    """Which pairs are put in order, one after another, to sort so many values: Batcher's merge
    exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M)."""
    pairs = []
    widest = 1 << max(0, (count - 1).bit_length() - 1)
    width = widest
    while width:
        reach, apart, turn = widest, width, 0
        while True:
            pairs += [(n, n + apart) for n in range(count - apart) if n & width == turn]
            if reach == width:
                break
            reach, apart, turn = reach // 2, reach - width, width
        width //= 2
    return tuple(pairs)
