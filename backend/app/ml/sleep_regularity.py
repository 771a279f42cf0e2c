"""How alike a person's days are in when they sleep."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.ml.types import BoolArray

MINUTES = 1_440
FEWEST_PAIRS = 7
SHORTEST_NIGHT = 180
"""A day with fewer minutes of sleep is taken as one whose night was not logged."""

_NOON = dt.time(12)
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Regularity:
    """`index` runs from -100 to 100 (each day like the one before); unknown without pairs of
    consecutive days, of which `pairs` tells the number."""

    index: float | None
    pairs: int


def asleep_by_minute(
    intervals: Iterable[tuple[dt.datetime, dt.datetime]], first: dt.date, last: dt.date
) -> BoolArray:
    """Whether the person slept, shape (days, 1440): a row for each morning from `first` to `last`,
    which runs from noon of the day before to noon.

    Bedtimes and wake times are the clock's (naive), so a night on which clocks change is as
    regular as any other.
    """
    days = (last - first).days + 1
    asleep = np.zeros(days * MINUTES, dtype=np.bool_)
    start = dt.datetime.combine(first - dt.timedelta(1), _NOON)
    for bedtime, wake_time in intervals:
        begin, end = round((bedtime - start) / _MINUTE), round((wake_time - start) / _MINUTE)
        asleep[max(begin, 0) : max(end, 0)] = True
    return asleep.reshape(days, MINUTES)


def sleep_regularity(asleep: BoolArray) -> Regularity:
    """The sleep regularity index of rows as `asleep_by_minute` makes them.

    The share of minutes in the same state as 24 hours earlier, from -100 to 100: -100 + 200 /
    (M (N - 1)) times the number of equal minutes (Phillips 2017, doi 10.1038/s41598-017-03171-4),
    taken over the pairs of consecutive days that were both logged.
    """
    logged = asleep.sum(axis=1) >= SHORTEST_NIGHT
    together = logged[1:] & logged[:-1]
    pairs = int(together.sum())
    if not pairs:
        return Regularity(None, 0)
    alike = float((asleep[1:] == asleep[:-1])[together].mean())
    return Regularity(200 * alike - 100, pairs)
