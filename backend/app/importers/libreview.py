"""LibreView's CSV of a FreeStyle Libre, in any of its languages.

The names of its columns are translated, their order is not: so they are known by place.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.importers import glucose_words
from app.importers.csv_text import Row, Table, cell, table_of, top_rows
from app.importers.local_time import LocalClock
from app.importers.notation import Notation, Survey
from app.importers.protocol import File, Item, Options, Problem, Reading, UnreadableFileError
from app.importers.text import clean
from app.importers.values import BadValueError

_DEVICE, _SERIAL, _TIME, _TYPE = range(4)
_HISTORIC, _SCAN, _RAPID, _CARBS, _LONG, _STRIP, _KETONE = 4, 5, 7, 9, 12, 14, 15
_HEADER_WITHIN = 5


class _Column(NamedTuple):
    position: int
    kind: str
    unit: str | None


# By record type: meal and correction insulin are parts of the rapid-acting column.
_READ: dict[str, tuple[_Column, ...]] = {
    "0": (_Column(_HISTORIC, "glucose", None),),
    "1": (_Column(_SCAN, "glucose", None),),
    "2": (_Column(_STRIP, "glucose", None),),
    "3": (_Column(_KETONE, "ketones", "mmol/L"),),
    "4": (_Column(_RAPID, "insulin", "[iU]"), _Column(_LONG, "insulin", "[iU]")),
    "5": (_Column(_CARBS, "carbs", "g"),),
    "6": (),
}


class LibreView:
    """FreeStyle Libre: glucose, ketones, insulin and carbohydrates."""

    key = "libreview"
    title = "LibreView CSV (FreeStyle Libre)"

    def sniff(self, file: File) -> bool:
        return any(_is_header(row) for row in top_rows(file)[:_HEADER_WITHIN])

    def read(self, file: File, options: Options) -> Iterator[Item]:
        table = table_of(file, options)
        survey = Survey()
        for row in _records(table):
            survey.see_date(cell(row, _TIME))
            for position in (_HISTORIC, _SCAN, _RAPID, _CARBS, _LONG, _STRIP, _KETONE):
                survey.see_number(cell(row, position))
        notation, questions = survey.settle(options)
        yield from table.questions
        yield from questions
        yield from _Reader(_glucose_unit(table), notation, options).read(_records(table))


class _Reader:
    def __init__(self, glucose: str, notation: Notation, options: Options) -> None:
        self._glucose = glucose
        self._notation = notation
        self._options = options
        # Devices and kinds of records stand in the file one after another.
        self._clocks: dict[tuple[str, str], LocalClock] = {}

    def read(self, rows: Iterator[Row]) -> Iterator[Item]:
        for row in rows:
            try:
                yield from self._readings(row)
            except BadValueError as error:
                yield Problem(row.where, str(error))

    def _readings(self, row: Row) -> Iterator[Item]:
        columns = _READ.get(cell(row, _TYPE))
        if columns is None:
            raise BadValueError("this type of record is not known")
        filled = [column for column in columns if cell(row, column.position)]
        if not filled:
            return
        serial = clean(cell(row, _SERIAL), 80)
        local = self._notation.moment(cell(row, _TIME))
        clock = self._clocks.setdefault((serial, cell(row, _TYPE)), LocalClock(self._options.zone))
        start = clock.instant(local)
        source = clean(cell(row, _DEVICE), 80) or "FreeStyle Libre"
        for column in filled:
            value, unit, censor = self._value(cell(row, column.position), column)
            yield Reading(column.kind, start, None, value, unit, source, row.where, censor=censor)

    def _value(self, text: str, column: _Column) -> tuple[float, str, str | None]:
        unit = column.unit or self._glucose
        limit = glucose_words.beyond(text, unit) if column.kind == "glucose" else None
        if limit is not None:
            return limit[0], unit, limit[1]
        return self._notation.number(text), unit, None


def _is_header(cells: Sequence[str]) -> bool:
    places = (_HISTORIC, _SCAN, _STRIP, _KETONE)
    return len(cells) > _KETONE and all(glucose_words.unit_in(cells[n]) for n in places)


def _records(table: Table) -> Iterator[Row]:
    """The rows below the header. Raises UnreadableFileError where there is none."""
    rows = table.rows()
    for number, row in enumerate(rows):
        if _is_header(row.cells):
            yield from rows
            return
        if number == _HEADER_WITHIN:
            break
    raise UnreadableFileError("The header of LibreView's columns is missing: export it again.")


def _glucose_unit(table: Table) -> str:
    header = next(row for row in table.rows() if _is_header(row.cells))
    return glucose_words.unit_in(header.cells[_HISTORIC]) or "mg/dL"


FORMAT = LibreView()
