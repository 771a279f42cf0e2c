"""Weeks of daily values as bytes: which are known, bit by bit, and those values.

A page holds what comes from columns; formulas are worked out after reading, for they may look at
earlier weeks.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from app.catalog import Catalogue
from app.ml.feature_engineering import aggregate
from app.ml.types import FloatArray

DAYS = 7
"""The length of a page. A change makes one page stale, so that short ones are cheap to renew; long
ones are cheaper to read."""
_A_MONDAY = date(1900, 1, 1)
_FORMAT = "2"
"""To be changed with what the bytes mean."""


def page_start(day: date) -> date:
    """The Monday that the day's page begins with."""
    return day - timedelta((day - _A_MONDAY).days % DAYS)


@lru_cache(maxsize=8)
def layout(catalogue: Catalogue) -> int:
    """A number for which metrics a page holds and how each is worked out: 64 bits, signed.

    Pages of another layout say nothing, so that an upgrade needs no migration of values.
    """
    said = [_FORMAT, *(f"{m.key} {source.tracker} {aggregate(source)}" for m, source in
            catalogue.columns())]  # fmt: skip
    digest = blake2b("\n".join(said).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def pack(week: FloatArray) -> tuple[bytes, bytes]:
    """`known` and `cells` of values of the shape (DAYS, columns)."""
    known = np.isfinite(week)
    return np.packbits(known.ravel()).tobytes(), week[known].astype("<f8").tobytes()


def unpack(known: bytes, cells: bytes, columns: int) -> FloatArray:
    """The values of pages whose bytes are joined, shape (pages, DAYS, columns)."""
    bits = np.frombuffer(known, np.uint8).reshape(-1, -(-DAYS * columns // 8))
    places = np.unpackbits(bits, axis=1, count=DAYS * columns).view(np.bool_)
    values = np.full(places.shape, np.nan)
    values[places] = np.frombuffer(cells, "<f8")
    return values.reshape(-1, DAYS, columns)


def read_sent(records: Sequence[bytes], columns: int) -> FloatArray:
    """Arrays of float8 as PostgreSQL's `array_send` writes them, shape (arrays, columns).

    Each is a head of 20 bytes and for each element its length (always 8) and its value.
    """
    element = np.dtype([("length", ">i4"), ("value", ">f8")])
    record = np.dtype([("head", "V20"), ("elements", element, (columns,))])
    values: FloatArray = np.frombuffer(b"".join(records), record)["elements"]["value"]
    return values.astype(np.float64)
