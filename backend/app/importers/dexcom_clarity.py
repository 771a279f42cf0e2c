"""Dexcom Clarity's CSV: sensor glucose, and the insulin and carbohydrates that were noted.

Its columns are known by place, since their names are translated.
"""

import re
from collections.abc import Iterator, Sequence

from app.importers import glucose_words
from app.importers.csv_text import Row, Table, cell, table_of, top_rows
from app.importers.local_time import LocalClock
from app.importers.notation import Notation, Survey
from app.importers.protocol import File, Item, Options, Problem, Reading, UnreadableFileError
from app.importers.text import clean
from app.importers.values import BadValueError

_TIME, _TYPE, _DEVICE = 1, 2, 6
_GLUCOSE, _INSULIN, _CARBS, _TICKS, _TRANSMITTER = 7, 8, 9, 12, 13
_PATTERN = re.compile(r"\(\w{4}-\w{2}-\w{2}[T ]?\w*hh:mm:ss\)", re.IGNORECASE)
# Sensor readings have this type in every language; calibrations and alerts have others.
_SENSOR = "EGV"


class DexcomClarity:
    """Dexcom sensors: glucose, insulin and carbohydrates."""

    key = "dexcom_clarity"
    title = "Dexcom Clarity CSV"

    def sniff(self, file: File) -> bool:
        return any(_is_header(row) for row in top_rows(file)[:1])

    def read(self, file: File, options: Options) -> Iterator[Item]:
        table = table_of(file, options)
        unit = _glucose_unit(table)
        survey = Survey()
        for row in _events(table):
            survey.see_date(cell(row, _TIME))
            for position in (_GLUCOSE, _INSULIN, _CARBS):
                survey.see_number(cell(row, position))
        notation, questions = survey.settle(options)
        yield from table.questions
        yield from questions
        yield from _Reader(unit, notation, options).read(_events(table))


class _Reader:
    def __init__(self, glucose: str, notation: Notation, options: Options) -> None:
        self._glucose = glucose
        self._notation = notation
        self._options = options
        self._clocks: dict[str, LocalClock] = {}

    def read(self, rows: Iterator[Row]) -> Iterator[Item]:
        for row in rows:
            try:
                yield from self._readings(row)
            except BadValueError as error:
                yield Problem(row.where, str(error))

    def _readings(self, row: Row) -> Iterator[Item]:
        values = list(self._values(row))
        if not values:
            return
        transmitter = clean(cell(row, _TRANSMITTER), 40)
        clock = self._clocks.setdefault(transmitter, LocalClock(self._options.zone))
        ticks = self._notation.number_or_none(cell(row, _TICKS))
        start = clock.instant(self._notation.moment(cell(row, _TIME)), ticks)
        source = f"Dexcom {clean(cell(row, _DEVICE), 60)}".strip()
        origin = f"{transmitter}/{ticks:.0f}" if transmitter and ticks is not None else None
        for kind, value, unit, censor in values:
            named = origin if kind == "glucose" else None
            yield Reading(
                kind, start, None, value, unit, source, row.where, origin=named, censor=censor
            )

    def _values(self, row: Row) -> Iterator[tuple[str, float, str, str | None]]:
        glucose = cell(row, _GLUCOSE)
        if cell(row, _TYPE).upper() == _SENSOR and glucose:
            limit = glucose_words.beyond(glucose, self._glucose)
            if limit is not None:
                yield "glucose", limit[0], self._glucose, limit[1]
            else:
                yield "glucose", self._notation.number(glucose), self._glucose, None
        for kind, position, unit in (("insulin", _INSULIN, "[iU]"), ("carbs", _CARBS, "g")):
            if (value := self._notation.number_or_none(cell(row, position))) is not None:
                yield kind, value, unit, None


def _is_header(cells: Sequence[str]) -> bool:
    return (
        len(cells) > _CARBS
        and _PATTERN.search(cells[_TIME]) is not None
        and glucose_words.unit_in(cells[_GLUCOSE]) is not None
    )


def _events(table: Table) -> Iterator[Row]:
    """The rows that happened at some time: the first ones are about the patient and the device."""
    rows = table.rows()
    next(rows, None)
    return (row for row in rows if cell(row, _TIME))


def _glucose_unit(table: Table) -> str:
    header = next(table.rows(), Row(1, ()))
    unit = glucose_words.unit_in(cell(header, _GLUCOSE))
    if not _is_header(header.cells) or unit is None:
        raise UnreadableFileError("The header of Clarity's columns is missing: export it again.")
    return unit


FORMAT = DexcomClarity()
