"""Android's Health Connect export: one SQLite database, alone or in its zip.

Its units are its own: grams, metres, small calories, watts, mmol/L, offsets in seconds. A nutrient
of 5e-324 is not known.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import IO, Any, NamedTuple

from app.importers.local_time import shown_in
from app.importers.protocol import (
    File,
    Item,
    Logged,
    Options,
    Problem,
    Reading,
    UnreadableFileError,
)
from app.importers.sqlite_files import MAGIC, Database, open_database
from app.importers.text import clean
from app.importers.values import BadValueError, finite, instant, offset_of
from app.importers.zip_files import is_zip, names_in, open_archive

_DATABASE = "health_connect_export.db"
_MARK = b"steps_record_table"
_MARK_WITHIN = 4 * 1024 * 1024
_SMALLEST = 1e-300
_MINUTE = 60
_SOURCE = "Health Connect"


class _Table(NamedTuple):
    """A table whose rows are readings of one kind, at a time or over an interval."""

    name: str
    kind: str
    column: str
    unit: str
    is_interval: bool = False


_TABLES = (
    _Table("weight_record_table", "weight", "weight", "g"),
    _Table("height_record_table", "height", "height", "m"),
    _Table("body_fat_record_table", "body_fat", "percentage", "%"),
    _Table("oxygen_saturation_record_table", "spo2", "percentage", "%"),
    _Table("respiratory_rate_record_table", "respiratory_rate", "rate", "/min"),
    _Table("body_temperature_record_table", "body_temperature", "temperature", "Cel"),
    _Table("blood_glucose_record_table", "glucose", "level", "mmol/L"),
    _Table("resting_heart_rate_record_table", "resting_heart_rate", "beats_per_minute", "/min"),
    _Table(
        "heart_rate_variability_rmssd_record_table",
        "hrv_rmssd",
        "heart_rate_variability_millis",
        "ms",
    ),
    _Table("steps_record_table", "steps", "count", "{count}", True),
    _Table("distance_record_table", "distance", "distance", "m", True),
    _Table("active_calories_burned_record_table", "active_energy", "energy", "cal", True),
)
_INSTANT = frozenset({"time", "zone_offset", "uuid", "app_info_id"})
_INTERVAL = frozenset({"start_time", "start_zone_offset", "end_time", "uuid", "app_info_id"})
_STAGES: Mapping[int, str | None] = {
    0: None,
    1: "sleep_awake",
    2: "sleep_asleep",
    3: None,  # out of bed is no part of a night in it
    4: "sleep_light",
    5: "sleep_deep",
    6: "sleep_rem",
    7: "sleep_awake",
}
_NUTRIENTS: Mapping[str, tuple[str, str]] = {
    "energy": ("calories", "cal"),
    "protein": ("protein_g", "g"),
    "total_carbohydrate": ("carbs_g", "g"),
    "total_fat": ("fats_g", "g"),
    "sugar": ("sugar_g", "g"),
    "dietary_fiber": ("fiber_g", "g"),
    "sodium": ("sodium_mg", "g"),
}
_MEALS = {1: "breakfast", 2: "lunch", 3: "dinner", 4: "snack"}
# Values of android.health.connect.datatypes.ExerciseSessionType, not those of the Jetpack library.
_EXERCISES: Mapping[int, tuple[str, str]] = {
    4: ("Cycling", "cardio"),
    5: ("Stationary cycling", "cardio"),
    10: ("Dancing", "cardio"),
    20: ("High-intensity intervals", "cardio"),
    21: ("Hiking", "cardio"),
    31: ("Rowing", "cardio"),
    33: ("Running", "cardio"),
    34: ("Treadmill", "cardio"),
    41: ("Football", "sports"),
    45: ("Strength training", "strength"),
    48: ("Swimming", "cardio"),
    49: ("Swimming", "cardio"),
    51: ("Tennis", "sports"),
    53: ("Walking", "cardio"),
    55: ("Weightlifting", "strength"),
    57: ("Yoga", "flexibility"),
    60: ("Elliptical", "cardio"),
    61: ("Rowing machine", "cardio"),
}
_OTHER = ("Exercise", "other")


class HealthConnect:
    """What Android's apps share: vital signs, body, sleep, activity and food."""

    key = "health_connect"
    title = "Health Connect export (zip or SQLite)"

    def sniff(self, file: File) -> bool:
        if is_zip(file.head):
            return any(name.rpartition("/")[2] == _DATABASE for name in names_in(file.content))
        if not file.head.startswith(MAGIC):
            return False
        file.content.seek(0)
        return _MARK in file.content.read(_MARK_WITHIN)

    def read(self, file: File, options: Options) -> Iterator[Item]:
        with _database(file) as content, open_database(content) as database:
            yield from _Reader(database, options).read()


@contextlib.contextmanager
def _database(file: File) -> Iterator[IO[bytes]]:
    file.content.seek(0)
    if not is_zip(file.head):
        yield file.content
        return
    with open_archive(file.content) as archive:
        named = [member for member in archive.members if member.base == _DATABASE]
        if not named:
            raise UnreadableFileError("The archive holds no export of Health Connect.")
        with archive.open(named[0]) as content:
            yield content


class _Reader:
    def __init__(self, database: Database, options: Options) -> None:
        self._database = database
        self._zone = options.zone
        self._apps = self._app_names()

    def read(self) -> Iterator[Item]:
        if not any(self._database.columns(table.name) for table in _TABLES):
            raise UnreadableFileError("The database is no export of Health Connect.")
        for table in _TABLES:
            yield from self._simple(table)
        yield from self._each(
            "blood_pressure_record_table", _INSTANT, ("systolic", "diastolic"), self._pressures
        )
        yield from self._heart_rates()
        yield from self._basal()
        yield from self._nights()
        yield from self._stages()
        yield from self._each(
            "exercise_session_record_table", _INTERVAL, ("exercise_type", "title"), self._workout
        )
        yield from self._each(
            "nutrition_record_table", _INTERVAL, ("meal_name", "meal_type", *_NUTRIENTS), self._meal
        )

    def _app_names(self) -> Mapping[int, str]:
        if not {"row_id", "package_name"} <= self._database.columns("application_info_table"):
            return {}
        sql = "SELECT row_id, package_name FROM application_info_table LIMIT 10000"
        return {row_id: clean(name, 100) for row_id, name in self._database.rows(sql)}

    def _each(
        self, table: str, common: frozenset[str], columns: tuple[str, ...], make: Any
    ) -> Iterator[Item]:
        """What `make` makes of each row, given as a mapping; columns that are missing are None."""
        there = self._database.columns(table)
        if not there:
            return
        if not common <= there:
            yield Problem(table, "the table lacks a column: it is of a version that is not known")
            return
        names = ["row_id" if "row_id" in there else "rowid AS row_id", *sorted(common)]
        names += [f'"{name}"' for name in columns if name in there]
        keys = ["row_id", *sorted(common), *(name for name in columns if name in there)]
        sql = f"SELECT {', '.join(names)} FROM {table}"  # noqa: S608  (names of our own)
        for values in self._database.rows(sql):
            row = dict(zip(keys, values, strict=True))
            try:
                yield from make(row, f"{table} {row['row_id']}")
            except BadValueError as error:
                yield Problem(f"{table} {row['row_id']}", str(error))

    def _simple(self, table: _Table) -> Iterator[Item]:
        def reading(row: Mapping[str, Any], where: str) -> Iterator[Reading]:
            value = row.get(table.column)
            if value is None:
                return
            start, end = self._span(row) if table.is_interval else (self._time(row), None)
            yield Reading(
                table.kind, start, end, finite(value), table.unit, self._app(row), where, _uuid(row)
            )

        common = _INTERVAL if table.is_interval else _INSTANT
        return self._each(table.name, common, (table.column,), reading)

    def _pressures(self, row: Mapping[str, Any], where: str) -> Iterator[Reading]:
        group, start, source = _uuid(row), self._time(row), self._app(row)
        for side in ("systolic", "diastolic"):
            kind, value = f"blood_pressure_{side}", finite(row.get(side))
            yield Reading(kind, start, None, value, "mm[Hg]", source, where, group, group)

    def _heart_rates(self) -> Iterator[Item]:
        series, parent = "heart_rate_record_series_table", "heart_rate_record_table"
        if not {"parent_key", "epoch_millis", "beats_per_minute"} <= self._database.columns(series):
            return
        if not _INTERVAL | {"row_id"} <= self._database.columns(parent):
            yield Problem(parent, "the table lacks a column: it is of a version that is not known")
            return
        sql = f"""
            SELECT s.epoch_millis, s.beats_per_minute, p.start_zone_offset, p.app_info_id, p.uuid
            FROM {series} s JOIN {parent} p ON p.row_id = s.parent_key
        """  # noqa: S608  (names of our own)
        for number, (millis, beats, offset, app, uuid) in enumerate(self._database.rows(sql)):
            where = f"{series} {number}"
            try:
                row = {"app_info_id": app, "uuid": uuid}
                start = instant(millis, self._offset(offset, millis))
                origin = f"{_uuid(row)}/{millis}"
                yield Reading(
                    "heart_rate", start, None, finite(beats), "/min", self._app(row), where, origin
                )
            except BadValueError as error:
                yield Problem(where, str(error))

    def _basal(self) -> Iterator[Item]:
        """Watts are of a whole day's rest: one reading a day and app, however often noted."""
        table = "basal_metabolic_rate_record_table"
        wanted = {"basal_metabolic_rate", "app_info_id", "time", "zone_offset"}
        if not wanted <= self._database.columns(table):
            return
        sql = f"""
            SELECT (time / 1000 + coalesce(zone_offset, 0)) / 86400, zone_offset, app_info_id,
                avg(basal_metabolic_rate)
            FROM {table} GROUP BY 1, 2, 3
        """  # noqa: S608  (names of our own)
        for day, offset, app, watts in self._database.rows(sql):
            where = f"{table} day {day}"
            try:
                east = finite(offset or 0)
                start = instant((finite(day) * 86_400 - east) * 1_000, offset_of(east))
                source = self._app({"app_info_id": app})
                yield Reading(
                    "basal_energy", start, start + dt.timedelta(days=1), finite(watts) * 86.4, "kJ",
                    source, where, f"basal/{start.date()}",
                )  # fmt: skip
            except (BadValueError, OverflowError):
                yield Problem(where, "the time or the value is out of range")

    def _nights(self) -> Iterator[Item]:
        return self._each("sleep_session_record_table", _INTERVAL, (), self._night)

    def _night(self, row: Mapping[str, Any], where: str) -> Iterator[Reading]:
        start, end = self._span(row)
        group = _uuid(row)
        yield Reading("sleep_in_bed", start, end, None, "min", self._app(row), where, group, group)

    def _stages(self) -> Iterator[Item]:
        stages, parent = "sleep_stages_table", "sleep_session_record_table"
        wanted = {"parent_key", "stage_start_time", "stage_end_time", "stage_type"}
        if not wanted <= self._database.columns(stages):
            return
        if not _INTERVAL | {"row_id"} <= self._database.columns(parent):
            return
        sql = f"""
            SELECT s.stage_start_time, s.stage_end_time, s.stage_type,
                p.start_zone_offset, p.app_info_id, p.uuid
            FROM {stages} s JOIN {parent} p ON p.row_id = s.parent_key
        """  # noqa: S608  (names of our own)
        for number, (start, end, stage, offset, app, uuid) in enumerate(self._database.rows(sql)):
            row = {
                "start_time": start, "end_time": end, "start_zone_offset": offset,
                "app_info_id": app, "uuid": uuid,
            }  # fmt: skip
            try:
                yield from self._stage(stage, row, f"{stages} {number}")
            except BadValueError as error:
                yield Problem(f"{stages} {number}", str(error))

    def _stage(self, stage: object, row: Mapping[str, Any], where: str) -> Iterator[Reading]:
        if not isinstance(stage, int) or stage not in _STAGES:
            raise BadValueError("this stage of sleep is not known")
        kind, night = _STAGES[stage], _uuid(row)
        if kind is None:
            return
        start, end = self._span(row)
        origin = f"{night}/{row['start_time']}"
        yield Reading(kind, start, end, None, "min", self._app(row), where, origin, night)

    def _workout(self, row: Mapping[str, Any], where: str) -> Iterator[Logged]:
        start, end = self._span(row)
        name, sort = _EXERCISES.get(row.get("exercise_type") or 0, _OTHER)
        words = {"exercise_name": clean(row.get("title"), 100) or name, "exercise_type": sort}
        minutes = (end - start).total_seconds() / _MINUTE
        fields = {"duration_minutes": (minutes, "min")}
        yield Logged("exercise", start, end, fields, words, self._app(row), where, _uuid(row))

    def _meal(self, row: Mapping[str, Any], where: str) -> Iterator[Logged]:
        start, _ = self._span(row)
        values = {name: finite(row[name]) for name in _NUTRIENTS if row.get(name) is not None}
        fields = {
            _NUTRIENTS[name][0]: (value, _NUTRIENTS[name][1])
            for name, value in values.items()
            if value == 0 or abs(value) > _SMALLEST
        }
        if not fields:
            raise BadValueError("no nutrient is known")
        meal = row.get("meal_type")
        words = {
            "food_name": clean(row.get("meal_name")) or "Food",
            "meal_type": _MEALS.get(meal, "snack") if isinstance(meal, int) else "snack",
        }
        yield Logged("nutrition", start, None, fields, words, self._app(row), where, _uuid(row))

    def _app(self, row: Mapping[str, Any]) -> str:
        app = row.get("app_info_id")
        return (self._apps.get(app) if isinstance(app, int) else None) or _SOURCE

    def _time(self, row: Mapping[str, Any]) -> dt.datetime:
        return instant(row["time"], self._offset(row["zone_offset"], row["time"]))

    def _span(self, row: Mapping[str, Any]) -> tuple[dt.datetime, dt.datetime]:
        offset = self._offset(row["start_zone_offset"], row["start_time"])
        start, end = instant(row["start_time"], offset), instant(row["end_time"], offset)
        if end < start:
            raise BadValueError("it ends before it begins")
        return start, end

    def _offset(self, seconds: object, millis: object) -> dt.tzinfo:
        """The record's own offset, or that of the person's zone where it has none."""
        if seconds is not None:
            return offset_of(seconds)
        return shown_in(self._zone, instant(millis)).tzinfo or dt.UTC


def _uuid(row: Mapping[str, Any]) -> str | None:
    """The record's own name: sixteen bytes, in older versions a text."""
    uuid = row.get("uuid")
    return uuid[:16].hex() if isinstance(uuid, bytes) else clean(uuid, 40) or None


FORMAT = HealthConnect()
