"""A daily table (CSV) as readings: which column is which metric, and what each line says.

What is wrong with the file as a whole raises InvalidInputError; what is wrong with a line rejects
that line. No message quotes what a cell holds.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.catalog import Aggregation, Catalogue, Column, Metric, quantity
from app.errors import InvalidInputError
from app.schemas.base import EARLIEST_DAY, LATEST_DAY
from app.utils.units import display_unit

_DATE_NAMES = ("date", "day")
_SKIP = "-"
_STRANGE = "not a metric of the catalogue"
_COMPUTED = "computed from the readings"
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
        loc, reason, *_ = error.errors[0]
        return cls(line=line, column=str(loc[-1]) if loc else None, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """A column of the file that is imported; `nth` counts the columns of one metric from 0."""

    position: int
    name: str
    metric: Metric
    source: Column
    nth: int


class _Header(NamedTuple):
    """`date` is the position of the date; `ignored` says why a column is not imported."""

    names: Sequence[str]
    date: int
    columns: tuple[FileColumn, ...]
    ignored: Mapping[str, str]


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
    zero_is_unknown: bool,
    on_row: Callable[[int], None],
) -> DayTable:
    """The table's days up to and including `today`, in its order.

    `mapping` goes before what a column is called. A name that stands for a metric which another
    column gives already is ignored, so that nothing is counted twice; several columns are several
    readings only where the mapping says so. `zero_is_unknown` is for files that write 0 where
    nothing was measured; it holds for metrics that cannot be zero. `on_row` is told the number of
    each line read.

    Raises InvalidInputError for a file that is not CSV, without a date column or any column to
    import, and for a mapping that does not fit the file or the catalogue.
    """
    records = _records(lines)
    _, names = next(records, (0, []))
    header = _header(names, mapping, catalogue)
    days: list[Day] = []
    rejected: list[RejectedRow] = []
    lines_of: dict[date, int] = {}
    for line, cells in records:
        try:
            day = _day(cells, header, today=today)
            if lines_of.setdefault(day, line) != line:
                reason = f"stands already on line {lines_of[day]}"
                raise InvalidInputError.at((header.names[header.date],), reason)
            readings = _readings(cells, header, zero_is_unknown=zero_is_unknown)
            days.append(Day(line, day, readings))
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


def _header(names: Sequence[str], mapping: Mapping[str, str], catalogue: Catalogue) -> _Header:
    importable = _importable(catalogue)
    _check(mapping, names, importable, catalogue)
    called = [mapping.get(name, name.lower()) for name in names]
    day = next((called.index(name) for name in _DATE_NAMES if name in called), None)
    if day is None:
        raise InvalidInputError(f"The file has no column for the date. {_known(importable)}")
    chosen, ignored = _choose(names, mapping, importable, catalogue)
    if not chosen:
        raise InvalidInputError(
            f"The file has no column that can be imported. {_known(importable)}"
        )
    ignored.pop(names[day], None)
    ordered = sorted(chosen.items())
    keys = [key for _, key in ordered]
    columns = tuple(
        FileColumn(
            position=position,
            name=names[position],
            metric=catalogue[key],
            source=importable[key],
            nth=keys[:index].count(key),
        )
        for index, (position, key) in enumerate(ordered)
    )
    return _Header(names, day, columns, ignored)


def _importable(catalogue: Catalogue) -> dict[str, Column]:
    """The metrics that are a day's reading as such, with their source. Others of the same entries,
    such as their lowest or their spread, follow from the readings, as computed columns do."""
    first: dict[tuple[object, ...], tuple[str, Column]] = {}
    for metric, source in catalogue.columns():
        if source.codes or not quantity(source.tracker, source.column).computed:
            entries = (source.tracker, source.column, *source.where.items())
            first.setdefault(entries, (metric.key, source))
    return dict(first.values())


def _known(importable: Iterable[str]) -> str:
    return f"Known columns: {' or '.join(_DATE_NAMES)}; {', '.join(importable)}."


def _check(
    mapping: Mapping[str, str],
    names: Sequence[str],
    importable: Mapping[str, Column],
    catalogue: Catalogue,
) -> None:
    times: Counter[str] = Counter()
    for name, wanted in mapping.items():
        if name not in names:
            raise InvalidInputError(f"The mapping names {name}, which the file does not have.")
        if wanted in (_SKIP, *_DATE_NAMES):
            continue
        obstacle = _obstacle(wanted, importable, catalogue)
        if obstacle:
            raise InvalidInputError(
                f"{name} is mapped to {wanted}, which is {obstacle}. {_known(importable)}"
            )
        key = catalogue[wanted].key
        times[key] += 1
        # Other readings of a day add up or are averaged; which one is the last, no table says.
        if times[key] > 1 and importable[key].aggregation is Aggregation.LAST:
            raise InvalidInputError(f"Map one column to {key}: a day has only one last value.")


def _obstacle(name: str, importable: Mapping[str, Column], catalogue: Catalogue) -> str | None:
    if name not in catalogue:
        return _STRANGE
    return None if catalogue[name].key in importable else _COMPUTED


def _choose(
    names: Sequence[str],
    mapping: Mapping[str, str],
    importable: Mapping[str, Column],
    catalogue: Catalogue,
) -> tuple[dict[int, str], dict[str, str]]:
    """By position the metric's key, and by name why a column is ignored."""
    chosen = {
        position: catalogue[mapping[name]].key
        for position, name in enumerate(names)
        if mapping.get(name) in catalogue
    }
    ignored: dict[str, str] = {}
    for position, name in enumerate(names):
        called = mapping.get(name, name.lower())
        if position in chosen or not name:
            continue
        if called == _SKIP:
            ignored[name] = "skipped as asked"
        elif called.startswith("label_"):
            ignored[name] = "label"
        elif obstacle := _obstacle(called, importable, catalogue):
            ignored[name] = obstacle
        elif catalogue[called].key in chosen.values():
            ignored[name] = f"{catalogue[called].key} is read from another column"
        else:
            chosen[position] = catalogue[called].key
    return chosen, ignored


def _day(cells: Sequence[str], header: _Header, *, today: date) -> date:
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


def _readings(
    cells: Sequence[str], header: _Header, *, zero_is_unknown: bool
) -> tuple[Reading, ...]:
    cells_of = ((column, _number(column, cells[column.position])) for column in header.columns)
    return tuple(
        Reading(column, _as_stored(column, number))
        for column, number in cells_of
        if number is not None
        and not (zero_is_unknown and number == 0 and 0 not in column.metric.plausible)
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
    source = column.source
    row = None if source.codes else quantity(source.tracker, source.column)
    plausible = (row or column.metric).plausible
    if number not in plausible:
        reason = f"must lie between {plausible.low:g} and {plausible.high:g}"
        unit = display_unit(column.metric.unit)
        raise InvalidInputError.at((column.name,), f"{reason} {unit}".rstrip())
    if row is None:
        return min(source.codes, key=lambda word: abs(source.codes[word] - number))
    return round(number) if row.integer else number
