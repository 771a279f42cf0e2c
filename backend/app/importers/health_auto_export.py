"""Health Auto Export's JSON: what an iPhone's health data come to by the minute, hour or day.

A metric may name itself after its data, so the document is gone through twice.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.importers import json_stream
from app.importers.json_stream import field
from app.importers.local_time import LocalClock
from app.importers.notation import Notation
from app.importers.protocol import (
    File,
    Item,
    Logged,
    Options,
    Problem,
    Reading,
    UnreadableFileError,
)
from app.importers.text import clean
from app.importers.unit_names import fitting, of_percentage, ucum
from app.importers.units import convert
from app.importers.values import BadValueError, finite

MOST_METRICS = 10_000
_METRIC = "data.metrics.item"
_RECORD = f"{_METRIC}.data.item"
_WORKOUT = "data.workouts.item"
_MARKS = (b'"data"', b'"metrics"', b'"workouts"')
_KINDS: Mapping[str, str] = {
    "heart_rate": "heart_rate",
    "resting_heart_rate": "resting_heart_rate",
    "heart_rate_variability": "hrv_sdnn",
    "respiratory_rate": "respiratory_rate",
    "blood_oxygen_saturation": "spo2",
    "oxygen_saturation": "spo2",
    "body_temperature": "body_temperature",
    "blood_glucose": "glucose",
    "insulin_delivery": "insulin",
    "weight_body_mass": "weight",
    "body_mass": "weight",
    "height": "height",
    "body_fat_percentage": "body_fat",
    "waist_circumference": "waist",
    "step_count": "steps",
    "walking_running_distance": "distance",
    "active_energy": "active_energy",
    "basal_energy_burned": "basal_energy",
    "apple_exercise_time": "exercise_minutes",
}
_SUMS = frozenset({"steps", "distance", "active_energy", "basal_energy", "exercise_minutes"})
_SHARES = frozenset({"spo2", "body_fat"})
_PRESSURE, _SLEEP = "blood_pressure", "sleep_analysis"
_STAGES: Mapping[str, str] = {
    "in bed": "sleep_in_bed",
    "inbed": "sleep_in_bed",
    "awake": "sleep_awake",
    "asleep": "sleep_asleep",
    "unspecified": "sleep_asleep",
    "core": "sleep_light",
    "deep": "sleep_deep",
    "rem": "sleep_rem",
}
_NIGHT_FIELDS = {"deep": "deep_sleep_minutes", "rem": "rem_sleep_minutes"}
_SOURCE = "Health Auto Export"
_DAY, _HOUR, _MINUTE = (dt.timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes"))
_NOTATION = Notation()


@dataclass(slots=True)
class _Metric:
    """What the first look found out: `step` is how long each record is of."""

    name: str = ""
    units: str = ""
    records: int = 0
    step: dt.timedelta = _DAY

    def see(self, date: str) -> None:
        clock = date[11:19]
        if clock != "00:00:00":
            self.step = min(self.step, _HOUR if clock.endswith(":00:00") else _MINUTE)


class HealthAutoExport:
    """An iPhone's vital signs, body, activity, sleep and workouts."""

    key = "health_auto_export"
    title = "Health Auto Export (JSON)"

    def sniff(self, file: File) -> bool:
        head = file.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        data, *lists = (head.find(mark) for mark in _MARKS)
        return head.startswith(b"{") and 0 < data < 20 and max(lists) > data

    def read(self, file: File, options: Options) -> Iterator[Item]:
        metrics = _metrics(file)
        reader = _Reader(options)
        records = json_stream.items(file.content, _RECORD)
        for number, metric in enumerate(metrics):
            if metric.name and metric.name not in (*_KINDS, _PRESSURE, _SLEEP):
                yield Problem(f"metric {number}", "this kind of metric is not kept")
            for place in range(metric.records):
                where = f"metric {number}, record {place}"
                yield from _told(reader.record, metric, next(records, None), where)
        for number, workout in enumerate(json_stream.flat_items(file.content, _WORKOUT)):
            yield from _told(reader.workout, _Metric(), workout, f"workout {number}")


class _Reader:
    def __init__(self, options: Options) -> None:
        self._clock = LocalClock(options.zone)

    def record(self, metric: _Metric, record: object, where: str) -> Iterator[Item]:
        if metric.name == _SLEEP:
            yield from self._sleep(record, where)
        elif metric.name == _PRESSURE:
            yield from self._pressures(metric, record, where)
        elif kind := _KINDS.get(metric.name):
            yield self._reading(kind, metric, record, where)

    def _reading(self, kind: str, metric: _Metric, record: object, where: str) -> Reading:
        qty = field(record, "qty")
        value = finite(field(record, "Avg") if qty is None else qty)
        unit = fitting(kind, ucum(metric.units))
        if kind in _SHARES and unit == "%":
            unit = of_percentage(value)
        start = self._moment(field(record, "date"))
        end = start + metric.step if kind in _SUMS else None
        return Reading(kind, start, end, value, unit, _source(record), where)

    def _pressures(self, metric: _Metric, record: object, where: str) -> Iterator[Reading]:
        start, source = self._moment(field(record, "date")), _source(record)
        unit = fitting("blood_pressure_systolic", ucum(metric.units))
        both = [(side, finite(field(record, side))) for side in ("systolic", "diastolic")]
        group = f"{source} {start.isoformat()}"
        for side, value in both:
            kind = f"blood_pressure_{side}"
            yield Reading(kind, start, None, value, unit, source, where, None, group)

    def _sleep(self, record: object, where: str) -> Iterator[Item]:
        stage = field(record, "value")
        if isinstance(stage, str):
            yield self._stage(stage, record, where)
            return
        start = self._moment(field(record, "sleepStart") or field(record, "inBedStart"))
        end = self._moment(field(record, "sleepEnd") or field(record, "inBedEnd"))
        if end <= start:
            raise BadValueError("the night ends before it begins")
        hours = {name: field(record, name) for name in _NIGHT_FIELDS}
        fields = {
            _NIGHT_FIELDS[name]: (finite(value), "h")
            for name, value in hours.items()
            if value is not None
        }
        yield Logged("sleep", start, end, fields, {}, _source(record), where)

    def _stage(self, stage: str, record: object, where: str) -> Reading:
        kind = _STAGES.get(stage.casefold())
        if kind is None:
            raise BadValueError("this stage of sleep is not known")
        start = self._moment(field(record, "startDate"))
        end = self._moment(field(record, "endDate"))
        if end < start:
            raise BadValueError("it ends before it begins")
        return Reading(kind, start, end, None, "min", _source(record), where)

    def workout(self, _: _Metric, workout: object, where: str) -> Iterator[Item]:
        start, end = (self._moment(field(workout, name)) for name in ("start", "end"))
        if end < start:
            raise BadValueError("it ends before it begins")
        name = clean(field(workout, "name"), 100) or "Workout"
        fields = {"duration_minutes": ((end - start).total_seconds() / 60, "min")}
        for column, unit, names in _WORKOUT_FIELDS:
            if (found := _measured(workout, names, unit)) is not None:
                fields[column] = found
        words = {"exercise_name": name, "exercise_type": _sort(name)}
        origin = clean(field(workout, "id"), 80) or None
        yield Logged("exercise", start, end, fields, words, _SOURCE, where, origin)

    def _moment(self, text: object) -> dt.datetime:
        if not isinstance(text, str):
            raise BadValueError("it does not say when")
        return self._clock.instant(_NOTATION.moment(text))


# A column, its unit, and what the app's versions call it.
_WORKOUT_FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("calories_burned", "kcal", ("activeEnergyBurned", "activeEnergy")),
    ("distance_km", "km", ("distance",)),
    ("heart_rate_avg", "/min", ("heartRate.avg", "avgHeartRate")),
    ("heart_rate_max", "/min", ("heartRate.max", "maxHeartRate")),
)
_SORTS: Mapping[str, tuple[str, ...]] = {
    "strength": ("strength", "weight", "core training"),
    "flexibility": ("yoga", "pilates", "stretch", "flexibility", "cooldown"),
    "sports": ("tennis", "football", "soccer", "basketball", "golf", "badminton", "volleyball"),
    "cardio": (
        "run", "walk", "cycl", "swim", "row", "hik", "ellip", "stair", "interval", "dance", "ski",
    ),
}  # fmt: skip


def _metrics(file: File) -> list[_Metric]:
    """Each metric's name and unit, which may stand before or after its records."""
    metrics: list[_Metric] = []
    for place, event, value in json_stream.events(file.content):
        if place == _METRIC and event == "start_map":
            metrics.append(_Metric())
            if len(metrics) > MOST_METRICS:
                raise UnreadableFileError("The document has too many metrics.")
        elif not place.startswith(_METRIC) or not metrics:
            continue
        elif place == _RECORD and event not in ("map_key", "end_map", "end_array"):
            metrics[-1].records += 1
        elif place == f"{_METRIC}.name" and event == "string":
            metrics[-1].name = clean(value)
        elif place == f"{_METRIC}.units" and event == "string":
            metrics[-1].units = clean(value)
        elif place == f"{_RECORD}.date" and event == "string":
            metrics[-1].see(value)
    return metrics


def _told(
    read: Callable[[_Metric, object, str], Iterator[Item]],
    metric: _Metric,
    record: object,
    where: str,
) -> Iterator[Item]:
    try:
        yield from read(metric, record, where)
    except BadValueError as error:
        yield Problem(where, str(error))


def _source(record: object) -> str:
    """Several devices share a record where it sums them up."""
    return clean(field(record, "source"), 100) or _SOURCE


def _measured(workout: object, names: tuple[str, ...], wanted: str) -> tuple[float, str] | None:
    """The first that is there, in a unit that fits."""
    for name in names:
        value: Any = field(workout, f"{name}.qty")
        unit = ucum(clean(field(workout, f"{name}.units")))
        if value is not None and unit is not None and convert(unit, wanted) is not None:
            return finite(value), unit
    return None


def _sort(name: str) -> str:
    folded = name.casefold()
    return next(
        (sort for sort, parts in _SORTS.items() if any(p in folded for p in parts)), "other"
    )


FORMAT = HealthAutoExport()
