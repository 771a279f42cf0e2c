"""Readings of Apple Health on their way out, by what they share."""

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.importers.apple_health_words import unit
from app.importers.kinds import KINDS
from app.importers.protocol import Problem, Strip, UnreadableFileError
from app.importers.text import clean
from app.importers.units import conversion

READINGS_AT_ONCE = 100_000
MOST_STRANDS = 10_000
TITLE = "Apple Health"
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Strands:
    """Gathers readings, one or many, and gives them when they are many, a strip for each strand: a
    kind, a unit and a source, known by its number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._many: list[tuple[Numbers, Floats]] = []
        self._count = 0
        self._single_numbers = array("q")
        self._single_cells = array("d")

    def number(self, kind: str, told_unit: str, told_source: str) -> int:
        """Raises ValueError for a unit that the kind cannot have, UnreadableFileError where there
        are too many."""
        key = (kind, unit(told_unit), clean(told_source) or TITLE)
        number = self._numbers.get(key)
        if number is None:
            if len(self._numbers) >= MOST_STRANDS:
                raise UnreadableFileError("The file names more sources than are taken.")
            if not KINDS[kind].is_interval and conversion(kind, key[1]) is None:
                raise ValueError
            number = self._numbers[key] = len(self._numbers)
        return number

    def add(self, number: int, at: float, until: float, value: float) -> None:
        self._single_numbers.append(number)
        self._single_cells.extend((at, until, value))

    def add_many(self, numbers: Numbers, cells: Floats) -> None:
        """`cells` has a row for each: start, end and value."""
        self._many.append((numbers, cells))
        self._count += len(numbers)

    def taken(self, *, last: bool) -> Iterator[Strip | Problem]:
        """What has come together, once it is much."""
        if last or self._count + len(self._single_numbers) >= READINGS_AT_ONCE:
            yield from self._strips()

    def _strips(self) -> Iterator[Strip | Problem]:
        numbers, cells = self._all()
        keys = list(self._numbers)
        order = np.argsort(numbers, kind="stable")
        present, first = np.unique(numbers[order], return_index=True)
        for number, rows in zip(present.tolist(), np.split(order, first[1:]), strict=False):
            kind, known_unit, source = keys[number]
            good = _possible(cells[rows])
            if len(good) < len(rows):
                count = len(rows) - len(good)
                yield Problem(kind, f"{count} records without a number, or that end early")
            yield Strip(kind, known_unit or KINDS[kind].unit, source, array("d", good.tobytes()))

    def _all(self) -> tuple[Numbers, Floats]:
        """Everything that is held, and is no longer then."""
        one = np.array(self._single_numbers, dtype=np.int64)
        self._many.append((one, np.array(self._single_cells, dtype=np.float64).reshape(-1, 3)))
        numbers, cells = (np.concatenate(parts) for parts in zip(*self._many, strict=True))
        self._many, self._count = [], 0
        del self._single_numbers[:], self._single_cells[:]
        return numbers, cells


def _possible(rows: Floats) -> Floats:
    """Those that have numbers, and do not end before they begin."""
    good = np.isfinite(rows).all(axis=1) & (rows[:, 0] <= rows[:, 1])
    return rows[good]
