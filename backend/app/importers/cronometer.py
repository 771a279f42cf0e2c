"""Cronometer's two tables: what was eaten (servings.csv), and whole days (dailysummary.csv).

An empty cell is not known and never zero. A day that is not marked as completed is told of and left
out, since a dinner that was not noted looks like a fast.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from app.importers.csv_text import Row, Table, cell, columns_of, table_of, top_rows
from app.importers.local_time import LocalClock
from app.importers.notation import Notation, Survey
from app.importers.protocol import File, Item, Logged, Options, Problem, UnreadableFileError
from app.importers.text import clean
from app.importers.values import BadValueError

_SOURCE = "Cronometer"
_TOTAL = "Day's total (Cronometer)"
_FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "energy kcal": ("calories", "kcal"),
        "energy kj": ("calories", "kJ"),
        "protein g": ("protein_g", "g"),
        "carbs g": ("carbs_g", "g"),
        "fat g": ("fats_g", "g"),
        "sugars g": ("sugar_g", "g"),
        "fiber g": ("fiber_g", "g"),
        "sodium mg": ("sodium_mg", "mg"),
    }
)
_MEALS: Mapping[str, str] = MappingProxyType(
    {"breakfast": "breakfast", "lunch": "lunch", "dinner": "dinner", "snacks": "snack"}
)
_MEAL_TIMES = ((11, "breakfast"), (15, "lunch"), (17, "snack"), (22, "dinner"), (24, "snack"))
_NO_MEAL = "snack"


class Cronometer:
    """Food: each serving, or each completed day."""

    key = "cronometer"
    title = "Cronometer (servings.csv or dailysummary.csv)"

    def sniff(self, file: File) -> bool:
        return any(_is_header(columns_of(row)) for row in top_rows(file)[:1])

    def read(self, file: File, options: Options) -> Iterator[Item]:
        table = table_of(file, options)
        columns = columns_of(next(table.rows(), Row(1, ())).cells)
        if not _is_header(columns):
            raise UnreadableFileError("Not a table of Cronometer: export it again.")
        notation, questions = _survey(table, columns).settle(options)
        yield from table.questions
        yield from questions
        yield from _Reader(columns, notation, options).read(_below_header(table))


class _Reader:
    def __init__(self, columns: Mapping[str, int], notation: Notation, options: Options) -> None:
        self._columns = columns
        self._notation = notation
        self._clock = LocalClock(options.zone)
        self._nutrients = [
            (columns[name], *field) for name, field in _FIELDS.items() if name in columns
        ]
        self._read_row = self._serving if "food name" in columns else self._total

    def read(self, rows: Iterator[Row]) -> Iterator[Item]:
        for row in rows:
            try:
                yield self._read_row(row)
            except BadValueError as error:
                yield Problem(row.where, str(error))

    def _serving(self, row: Row) -> Logged:
        time = self._cell(row, "time")
        start = self._clock.instant(self._notation.moment(self._cell(row, "day"), time))
        food = clean(self._cell(row, "food name"))
        if not food:
            raise BadValueError("the food has no name")
        meal = _meal(self._cell(row, "group"), start if time else None)
        words = {"food_name": food, "meal_type": meal}
        if amount := clean(self._cell(row, "amount"), 100):
            words["notes"] = amount
        return Logged("nutrition", start, None, self._known(row), words, _SOURCE, row.where)

    def _total(self, row: Row) -> Logged:
        start = self._clock.instant(self._notation.moment(self._cell(row, "date")))
        if self._cell(row, "completed").casefold() not in ("true", "yes", "1"):
            raise BadValueError("the day is not marked as completed, so it is not known whole")
        words = {"food_name": _TOTAL, "meal_type": _NO_MEAL}
        origin = f"day/{start.date()}"
        fields = self._known(row)
        return Logged("nutrition", start, None, fields, words, _SOURCE, row.where, origin)

    def _known(self, row: Row) -> Mapping[str, tuple[float, str]]:
        """The nutrients that are known."""
        values = {
            column: (self._notation.number_or_none(cell(row, position)), unit)
            for position, column, unit in self._nutrients
        }
        known = {name: (value, unit) for name, (value, unit) in values.items() if value is not None}
        if not known:
            raise BadValueError("no nutrient is known")
        return known

    def _cell(self, row: Row, name: str) -> str:
        return cell(row, self._columns.get(name))


def _is_header(columns: Mapping[str, int]) -> bool:
    has_energy = "energy kcal" in columns or "energy kj" in columns
    serving = {"day", "food name", "amount"} <= columns.keys()
    return has_energy and (serving or {"date", "completed"} <= columns.keys())


def _survey(table: Table, columns: Mapping[str, int]) -> Survey:
    survey = Survey()
    date = columns.get("day", columns.get("date"))
    numbers = [columns[name] for name in _FIELDS if name in columns]
    for row in _below_header(table):
        survey.see_date(cell(row, date))
        for position in numbers:
            survey.see_number(cell(row, position))
    return survey


def _below_header(table: Table) -> Iterator[Row]:
    rows = table.rows()
    next(rows, None)
    return rows


def _meal(group: str, start: dt.datetime | None) -> str:
    """The meal that the person sorted it under, else the one of the hour."""
    if named := _MEALS.get(group.casefold()):
        return named
    if start is None:
        return _NO_MEAL
    return next(meal for before, meal in _MEAL_TIMES if start.hour < before)


FORMAT = Cronometer()
