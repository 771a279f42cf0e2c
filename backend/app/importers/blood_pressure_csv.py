"""Tables of blood pressure as Omron, iHealth and Withings export them, and others alike."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.importers.csv_text import Row, cell, columns_of, folded, table_of, top_rows
from app.importers.local_time import LocalClock
from app.importers.notation import Notation, Survey
from app.importers.protocol import File, Item, Options, Problem, Reading, UnreadableFileError
from app.importers.text import clean
from app.importers.unit_names import split_unit
from app.importers.units import conversion
from app.importers.values import BadValueError
from app.utils.time import zone_of

_DATE = ("measurement date", "date", "datum", "date time", "measured at", "fecha", "data")
_TIME = ("time", "uhrzeit", "zeit", "heure", "hora", "ora")
_ZONE = ("time zone", "timezone", "zeitzone")
_SYSTOLIC = ("sys", "systolic", "systolisch", "systolique", "sistolica", "systolic pressure")
_DIASTOLIC = ("dia", "diastolic", "diastolisch", "diastolique", "diastolica", "diastolic pressure")
_PULSE = ("pulse", "heart rate", "puls", "pouls", "pulso", "pulse rate", "herzfrequenz")
_DEVICE = ("device", "device model name", "gerat", "model")
_NOTHING = frozenset({"", "-", "--", "n/a"})
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?", re.ASCII | re.IGNORECASE)
_PRESSURES = ("blood_pressure_systolic", "blood_pressure_diastolic")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where things stand in a row, and the unit of pressure."""

    date: int
    time: int | None
    zone: int | None
    systolic: int
    diastolic: int
    pulse: int | None
    device: int | None
    unit: str
    maker: str


class BloodPressureCsv:
    """Cuffs: both pressures and the pulse."""

    key = "blood_pressure_csv"
    title = "Blood pressure CSV (Omron, iHealth, Withings)"

    def sniff(self, file: File) -> bool:
        return any(_columns(row) is not None for row in top_rows(file)[:1])

    def read(self, file: File, options: Options) -> Iterator[Item]:
        table = table_of(file, options)
        columns = _columns(next(table.rows(), Row(1, ())).cells)
        if columns is None:
            raise UnreadableFileError("No columns of a date and two pressures: export it again.")
        survey = Survey()
        for row in _below_header(table.rows()):
            survey.see_date(cell(row, columns.date))
            for position in (columns.systolic, columns.diastolic, columns.pulse):
                survey.see_number(cell(row, position))
        notation, questions = survey.settle(options)
        yield from table.questions
        yield from questions
        clock = LocalClock(options.zone)
        for row in _below_header(table.rows()):
            try:
                yield from _readings(row, columns, notation, clock)
            except BadValueError as error:
                yield Problem(row.where, str(error))


def _below_header(rows: Iterator[Row]) -> Iterator[Row]:
    next(rows, None)
    return rows


def _readings(
    row: Row, columns: _Columns, notation: Notation, clock: LocalClock
) -> Iterator[Reading]:
    values = [
        (kind, _value(cell(row, position), notation), unit)
        for kind, position, unit in (
            (_PRESSURES[0], columns.systolic, columns.unit),
            (_PRESSURES[1], columns.diastolic, columns.unit),
            ("heart_rate", columns.pulse, "/min"),
        )
    ]
    if (values[0][1] is None) != (values[1][1] is None):
        raise BadValueError("one of the two pressures is missing")
    local = notation.moment(cell(row, columns.date), cell(row, columns.time))
    if local.tzinfo is None and (zone := _zone(cell(row, columns.zone))) is not None:
        local = local.replace(tzinfo=zone)
    start = clock.instant(local)
    source = clean(cell(row, columns.device), 80) or columns.maker
    group = f"{source} {start.isoformat()}"
    for kind, value, unit in values:
        if value is not None:
            yield Reading(kind, start, None, value, unit, source, row.where, group=group)


def _value(text: str, notation: Notation) -> float | None:
    return None if text.casefold() in _NOTHING else notation.number(text)


def _zone(text: str) -> dt.tzinfo | None:
    """The zone that a cell names, None where it is empty."""
    if not text:
        return None
    if found := _OFFSET.fullmatch(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes < 24 * 60:
            return dt.timezone(dt.timedelta(minutes=minutes if found[1] == "+" else -minutes))
    try:
        return zone_of(text)
    except ValueError:
        raise BadValueError("the time zone is not known") from None


def _columns(header: Sequence[str]) -> _Columns | None:
    """None where the table is not of blood pressure."""
    split = [split_unit(name) for name in header]
    places = columns_of([name for name, _ in split])
    date, systolic, diastolic = (_first(places, names) for names in (_DATE, _SYSTOLIC, _DIASTOLIC))
    if date is None or systolic is None or diastolic is None:
        return None
    unit = split[systolic][1] or "mm[Hg]"
    if conversion(_PRESSURES[0], unit) is None:
        return None
    return _Columns(
        date=date,
        time=_first(places, _TIME),
        zone=_first(places, _ZONE),
        systolic=systolic,
        diastolic=diastolic,
        pulse=_first(places, _PULSE),
        device=_first(places, _DEVICE),
        unit=unit,
        maker=_maker(header),
    )


def _first(places: Mapping[str, int], names: Sequence[str]) -> int | None:
    return next((places[name] for name in names if name in places), None)


def _maker(header: Sequence[str]) -> str:
    """Whose columns these are."""
    names = {folded(name) for name in header}
    if names & {"measurement date", "truread", "irregular heartbeat detected"}:
        return "Omron"
    if "pulse beats min" in names:
        return "iHealth"
    if {"heart rate", "comments"} <= names:
        return "Withings"
    return "Blood pressure monitor"


FORMAT = BloodPressureCsv()
