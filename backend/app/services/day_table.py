"""The lines of a daily table (CSV) as readings.

What is wrong with the file as a whole raises InvalidInputError; what is wrong with a line rejects
that line. No message quotes what a cell holds.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.catalog import Catalogue
from app.errors import InvalidInputError
from app.schemas.base import EARLIEST_DAY, LATEST_DAY
from app.services.day_columns import FileColumn, Header, read_header

_DELIMITERS = ",;\t"
_QUOTED = re.compile('"[^"]*"')
_UNKNOWN = frozenset({"", "nan", "na"})
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# 1,234 may be a thousand or a little more than one; 0,123 and 12,5 and 1234,567 may not.
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A line, or a tracker's part of it, that is not imported."""

    line: int
    column: str | None
    reason: str

    @classmethod
    def of(cls, line: int, error: InvalidInputError) -> "RejectedRow":
        """From an error whose first location is the column, or empty for the whole line."""
        loc, reason = error.errors[0]
        return cls(line=line, column=str(loc[-1]) if loc else None, reason=reason)


class Reading(NamedTuple):
    """A known cell: a number, or the word that its code stands for."""

    column: FileColumn
    value: float | str


class Day(NamedTuple):
    line: int
    date: date
    readings: tuple[Reading, ...]


class DayTable(NamedTuple):
    days: tuple[Day, ...]
    rejected: tuple[RejectedRow, ...]
    ignored: Mapping[str, str]


def read_days(
    lines: Iterable[str],
    *,
    today: date,
    catalogue: Catalogue,
    mapping: Mapping[str, str],
    on_row: Callable[[int], None],
) -> DayTable:
    """The table's days up to and including `today`, in its order.

    `on_row` is told the number of each line read. Raises InvalidInputError for a file that is not
    CSV, and as `read_header` does.
    """
    records = _records(lines)
    _, names = next(records, (0, []))
    header = read_header(names, mapping, catalogue)
    days: list[Day] = []
    rejected: list[RejectedRow] = []
    lines_of: dict[date, int] = {}
    for line, cells in records:
        try:
            day = _day(cells, header, today=today)
            if lines_of.setdefault(day, line) != line:
                reason = f"stands already on line {lines_of[day]}"
                raise InvalidInputError.at((header.names[header.date],), reason)
            days.append(Day(line, day, _readings(cells, header)))
        except InvalidInputError as error:
            rejected.append(RejectedRow.of(line, error))
        on_row(line)
    return DayTable(tuple(days), tuple(rejected), header.ignored)


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, numbered from 1, as stripped cells."""
    text = list(lines)
    if text:
        text[0] = text[0].removeprefix("\ufeff")
    top = _QUOTED.sub("", next((line for line in text if line.strip()), ""))
    # Strict, since otherwise a stray quotation mark swallows the lines that follow it.
    reader = csv.reader(text, delimiter=max(_DELIMITERS, key=top.count), strict=True)
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidInputError(f"Line {reader.line_num} is not CSV: {error}.") from None


def _day(cells: Sequence[str], header: Header, *, today: date) -> date:
    """Raises InvalidInputError for a line of another width too: its cells may have shifted."""
    width = len(header.names)
    if len(cells) < width or any(cells[width:]):
        raise InvalidInputError.at((), f"has {len(cells)} cells where the header has {width}")
    name = header.names[header.date]
    try:
        day = date.fromisoformat(cells[header.date])
    except ValueError:
        raise InvalidInputError.at((name,), "is not a date such as 2026-03-12") from None
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise InvalidInputError.at((name,), "must lie in the years 1900 to 2100")
    if day > today:
        raise InvalidInputError.at((name,), "must not lie in the future")
    return day


def _readings(cells: Sequence[str], header: Header) -> tuple[Reading, ...]:
    cells_of = ((column, _number(column, cells[column.position])) for column in header.columns)
    return tuple(
        Reading(column, _as_stored(column, number))
        for column, number in cells_of
        if number is not None
    )


def _number(column: FileColumn, text: str) -> float | None:
    """None for what is not known."""
    if text.lower() in _UNKNOWN:
        return None
    if _AMBIGUOUS.fullmatch(text):
        raise InvalidInputError.at(
            (column.name,), "may be thousands or decimals: write decimals with a point"
        )
    if not _NUMBER.fullmatch(text):
        raise InvalidInputError.at((column.name,), "is not a number")
    return float(text.replace(",", "."))


def _as_stored(column: FileColumn, number: float) -> float | str:
    """Raises InvalidInputError for a number that one entry cannot hold."""
    plausible, codes = column.plausible, column.source.codes
    if number not in plausible:
        raise InvalidInputError.at(
            (column.name,),
            f"must lie between {plausible.low:g} and {plausible.high:g} {column.metric.unit}",
        )
    if codes:
        return min(codes, key=lambda word: abs(codes[word] - number))
    return round(number) if column.integer else number
