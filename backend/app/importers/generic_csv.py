"""Any table with a column of dates and columns of readings, named by its header or by a person."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.importers import glucose_words
from app.importers.csv_text import Row, Table, cell, folded, table_of, top_rows
from app.importers.kinds import KINDS
from app.importers.local_time import LocalClock
from app.importers.notation import Notation, Survey
from app.importers.protocol import (
    File,
    Item,
    Options,
    Problem,
    Question,
    Reading,
    UnreadableFileError,
)
from app.importers.text import clean
from app.importers.unit_names import fitting, split_unit, ucum
from app.importers.values import BadValueError

SKIP = "-"
# What a column may be besides a kind of reading.
ROLES = ("date", "time", "end", "unit", "kind", "value", "source", "id", SKIP)
MOST_QUESTIONS = 50
_UNKNOWN = frozenset({"", "-", "--", "n/a", "na", "nan", "null", "none"})
_SHARES = frozenset({"spo2", "body_fat"})
_NAMES: Mapping[str, str] = {
    name: role
    for role, names in {
        "date": "date|datetime|date time|timestamp|day|datum|zeitpunkt|fecha|data|start|start time"
        "|start date|measured at|created at|date heure|zeitstempel",
        "time": "time|uhrzeit|zeit|heure|hora|ora|time of day",
        "end": "end|end time|end date|ende",
        "unit": "unit|units|einheit|unite|unidad",
        "kind": "type|kind|metric|measurement|name|record type",
        "value": "value|wert|valeur|valor|reading|qty|quantity",
        "source": "source|device|quelle|app|gerat",
        "id": "id|uuid|record id",
        SKIP: "note|notes|comment|comments|notizen|index|weekday|wochentag",
        "heart_rate": "heart rate|hr|pulse|puls|herzfrequenz|bpm|frequence cardiaque",
        "resting_heart_rate": "resting heart rate|resting hr|rhr|ruhepuls",
        "hrv_rmssd": "hrv|rmssd|hrv rmssd",
        "hrv_sdnn": "sdnn|hrv sdnn",
        "respiratory_rate": "respiratory rate|respiration|respiration rate|breathing rate"
        "|atemfrequenz",
        "spo2": "spo2|oxygen saturation|blood oxygen|o2 sat|sauerstoffsattigung",
        "body_temperature": "body temperature|temperature|temp|temperatur|korpertemperatur",
        "blood_pressure_systolic": "systolic|sys|systolisch|blood pressure systolic",
        "blood_pressure_diastolic": "diastolic|dia|diastolisch|blood pressure diastolic",
        "glucose": "glucose|blood glucose|blood sugar|bg|sgv|glukose|blutzucker|glycemie",
        "ketones": "ketones|ketone|ketone",
        "insulin": "insulin",
        "carbs": "carbs|carbohydrates|kohlenhydrate|glucides",
        "hba1c": "hba1c|a1c",
        "cholesterol_total": "cholesterol|total cholesterol|cholesterin",
        "cholesterol_ldl": "ldl|ldl cholesterol",
        "cholesterol_hdl": "hdl|hdl cholesterol",
        "triglycerides": "triglycerides|triglyceride",
        "weight": "weight|body weight|bodyweight|gewicht|korpergewicht|poids|peso",
        "height": "height|grosse|taille",
        "body_fat": "body fat|bodyfat|body fat percentage|korperfett",
        "muscle_mass": "muscle mass|muscle|muskelmasse",
        "waist": "waist|waist circumference|taillenumfang",
        "steps": "steps|step count|schritte|pas",
        "distance": "distance|distanz|strecke",
        "active_energy": "active energy|active calories|calories burned",
        "basal_energy": "basal energy|bmr|basal metabolic rate",
        "exercise_minutes": "exercise minutes|active minutes",
    }.items()
    for name in names.split("|")
} | {folded(kind): kind for kind in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of readings; `unit` is None where the header leaves it open."""

    position: int
    name: str
    kind: str
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What each column is."""

    date: int
    places: Mapping[str, int]
    columns: tuple[_Column, ...]
    questions: tuple[Question, ...] = ()


@dataclass(slots=True)
class _Seen:
    """The largest value of each column that claims to be a percentage."""

    largest: dict[int, float] = field(default_factory=dict)

    def see(self, position: int, value: float) -> None:
        self.largest[position] = max(value, self.largest.get(position, value))


class GenericCsv:
    """A table with a header. `Options.mapping` leads from a column's name to a kind, to one of
    ROLES or to SKIP; `Options.units` from a column's name to its unit."""

    key = "generic_csv"
    title = "Any table (CSV)"
    is_general = True

    def sniff(self, file: File) -> bool:
        rows = top_rows(file)
        header = rows[0] if rows else []
        known = {_role(name, {}) for name in header}
        return len(header) > 1 and "date" in known and len(known - {None}) > 1

    def read(self, file: File, options: Options) -> Iterator[Item]:
        table = table_of(file, options)
        plan = _plan(next(table.rows(), Row(1, ())).cells, options)
        notation, questions = _survey(table, plan).settle(options)
        plan = _with_shares(table, plan, notation)
        yield from table.questions
        yield from questions
        yield from plan.questions
        yield from _Reader(plan, notation, options).read(_below_header(table))


class _Reader:
    def __init__(self, plan: _Plan, notation: Notation, options: Options) -> None:
        self._plan = plan
        self._notation = notation
        self._clock = LocalClock(options.zone)
        self._ends = LocalClock(options.zone)
        self._aliases = {folded(name): kind for name, kind in (options.mapping or {}).items()}

    def read(self, rows: Iterator[Row]) -> Iterator[Item]:
        for row in rows:
            try:
                start, end = self._span(row)
            except BadValueError as error:
                yield Problem(row.where, str(error))
                continue
            for column in self._columns(row):
                yield from self._reading(row, column, start, end)

    def _span(self, row: Row) -> tuple[dt.datetime, dt.datetime | None]:
        date = cell(row, self._plan.date)
        moment = self._notation.moment(date, self._cell(row, "time"))
        end = self._cell(row, "end")
        start = self._clock.instant(moment)
        return start, self._ends.instant(self._notation.moment(end)) if end else None

    def _columns(self, row: Row) -> Sequence[_Column]:
        """The columns of the table, or the one that a row of a long table names."""
        if "kind" not in self._plan.places or "value" not in self._plan.places:
            return self._plan.columns
        name = self._cell(row, "kind")
        kind = self._aliases.get(folded(name)) or _NAMES.get(folded(split_unit(name)[0]))
        if kind is None or kind not in KINDS:
            kind = ""
        position = self._plan.places["value"]
        unit = split_unit(name)[1]
        return (*self._plan.columns, _Column(position=position, name="", kind=kind, unit=unit))

    def _reading(
        self, row: Row, column: _Column, start: dt.datetime, end: dt.datetime | None
    ) -> Iterator[Item]:
        text = cell(row, column.position)
        if text.casefold() in _UNKNOWN:
            return
        try:
            kind = column.kind
            if not kind:
                raise BadValueError("this kind of reading is not known: map it")
            if KINDS[kind].is_interval and end is None:
                raise BadValueError("a stretch of sleep needs its end")
            unit = self._unit(row, column)
            value, censor = self._value(text, kind, unit)
            source = clean(self._cell(row, "source"), 80) or "CSV"
            origin = clean(self._cell(row, "id"), 80) or None
            yield Reading(kind, start, end, value, unit, source, row.where, origin, None, censor)
        except BadValueError as error:
            yield Problem(f"{row.where}, column {column.position + 1}", str(error))

    def _unit(self, row: Row, column: _Column) -> str:
        """A cell of its own goes before the header, and that before what is usual."""
        named = self._cell(row, "unit")
        usual = column.unit or KINDS[column.kind].unit
        return fitting(column.kind, ucum(named) if named else usual)

    def _value(self, text: str, kind: str, unit: str) -> tuple[float, str | None]:
        if kind == "glucose" and unit in glucose_words.LIMITS:
            limit = glucose_words.beyond(text, unit)
            if limit is not None:
                return limit
        if text[0] in "<>":
            return self._notation.number(text[1:].lstrip("=")), text[0]
        return self._notation.number(text.removesuffix("%")), None

    def _cell(self, row: Row, role: str) -> str:
        return cell(row, self._plan.places.get(role))


def _role(name: str, mapping: Mapping[str, str]) -> str | None:
    if name in mapping:
        return mapping[name]
    return _NAMES.get(folded(name)) or _NAMES.get(folded(split_unit(name)[0]))


def _plan(header: Sequence[str], options: Options) -> _Plan:
    mapping = options.mapping or {}
    for role in mapping.values():
        if role not in KINDS and role not in ROLES:
            raise UnreadableFileError("The mapping names a kind of reading that is not known.")
    roles = [_role(name, mapping) for name in header]
    places = {role: n for n, role in reversed(list(enumerate(roles))) if role in ROLES}
    if "date" not in places and "time" in places:
        places["date"] = places.pop("time")
    if "date" not in places:
        raise UnreadableFileError("No column holds the date: say which one does.")
    columns = [
        _column(n, header[n], role, options) for n, role in enumerate(roles) if role in KINDS
    ]
    if not columns and "value" not in places:
        raise UnreadableFileError("No column holds a known kind of reading: say which one does.")
    return _Plan(
        date=places["date"],
        places=places,
        columns=tuple(columns),
        questions=tuple(_open(header, roles, columns))[:MOST_QUESTIONS],
    )


def _column(position: int, name: str, role: str | None, options: Options) -> _Column:
    given = (options.units or {}).get(name)
    unit = split_unit(name)[1] if given is None else (ucum(given) or given)
    return _Column(position=position, name=name, kind=role or "", unit=unit)


def _open(
    header: Sequence[str], roles: Sequence[str | None], columns: Sequence[_Column]
) -> Iterator[Question]:
    """What the header leaves open: columns that say nothing, and units that it does not name."""
    for name, role in zip(header, roles, strict=True):
        if role is None and name:
            reason = "the column is not known, and left out"
            yield Question(f"mapping.{clean(name)}", SKIP, (SKIP, *KINDS), reason)
    for column in columns:
        units = _UNITS.get(column.kind)
        if units and column.unit is None and "unit" not in roles:
            reason = "the header names no unit"
            yield Question(f"units.{clean(column.name)}", units[0], units, reason)


# Kinds that people measure in more than one unit.
_UNITS: Mapping[str, tuple[str, ...]] = {
    "glucose": ("mg/dL", "mmol/L"),
    "cholesterol_total": ("mg/dL", "mmol/L"),
    "cholesterol_ldl": ("mg/dL", "mmol/L"),
    "cholesterol_hdl": ("mg/dL", "mmol/L"),
    "triglycerides": ("mg/dL", "mmol/L"),
    "hba1c": ("%", "mmol/mol"),
    "weight": ("kg", "[lb_av]", "[stone_av]"),
    "muscle_mass": ("kg", "[lb_av]", "%"),
    "height": ("cm", "m", "[in_i]", "[ft_i]"),
    "waist": ("cm", "[in_i]"),
    "body_temperature": ("Cel", "[degF]"),
    "distance": ("km", "m", "[mi_i]"),
    "active_energy": ("kcal", "kJ"),
    "basal_energy": ("kcal", "kJ"),
}


def _survey(table: Table, plan: _Plan) -> Survey:
    survey = Survey()
    numbers = [column.position for column in plan.columns]
    numbers += [plan.places["value"]] if "value" in plan.places else []
    for row in _below_header(table):
        survey.see_date(cell(row, plan.date))
        for position in numbers:
            survey.see_number(cell(row, position))
    return survey


def _with_shares(table: Table, plan: _Plan, notation: Notation) -> _Plan:
    """With columns of percentages whose every value is at most 1 taken for fractions, and asked
    about."""
    shares = [c for c in plan.columns if c.kind in _SHARES and c.unit in (None, "%")]
    if not shares:
        return plan
    seen = _Seen()
    for row in _below_header(table):
        for column in shares:
            try:
                seen.see(column.position, notation.number(cell(row, column.position)))
            except BadValueError:
                continue
    fractions = {position for position, largest in seen.largest.items() if largest <= 1}
    reason = "no value is above 1, so these look like fractions"
    asked = [
        Question(f"units.{clean(column.name)}", "1", ("1", "%"), reason)
        for column in shares
        if column.position in fractions
    ]
    columns = [replace(c, unit="1") if c.position in fractions else c for c in plan.columns]
    return replace(plan, columns=tuple(columns), questions=(*plan.questions, *asked))


def _below_header(table: Table) -> Iterator[Row]:
    rows = table.rows()
    next(rows, None)
    return rows


FORMAT = GenericCsv()
