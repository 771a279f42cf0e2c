"""Fitbit's history as Google Takeout packs it: some thousand files, known by their names and
columns.

Times of what is measured by the minute are UTC there; those of nights are local.
"""

import datetime as dt
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, NamedTuple

from app.importers import json_stream
from app.importers.csv_text import Row, Table, cell, columns_of
from app.importers.json_stream import elements, field
from app.importers.local_time import LocalClock, shown_in
from app.importers.notation import Notation
from app.importers.protocol import (
    File,
    Item,
    Logged,
    Options,
    Problem,
    Question,
    Reading,
    Strip,
    UnreadableFileError,
)
from app.importers.text import clean
from app.importers.unit_names import of_percentage
from app.importers.values import BadValueError, finite, number
from app.importers.zip_files import Archive, Member, is_zip, names_in, open_archive

_SOURCE = "Fitbit"
_PATH = re.compile(r"(^|/)(fitbit|global export data|mfitbit)(/|$)", re.IGNORECASE)
_DATED = re.compile(r"^([a-z_]+)-\d{4}-\d{2}-\d{2}\.json$")
# The folders of newer accounts, whose names end in _GoogleData.
_NEWER = re.compile(r"^(steps|heart_rate)_\d{4}-\d{2}-\d{2}\.csv$")
_NEWER_RESTING = "daily_resting_heart_rate.csv"
_STRIP = 10_000
_MINUTE = dt.timedelta(minutes=1)
_WEIGHTS = ("[lb_av]", "kg", "[stone_av]")
# American, whatever the account's language.
_AMERICAN = Notation(day_first=False)
_STAGES: Mapping[str, str] = {
    "deep": "sleep_deep",
    "light": "sleep_light",
    "rem": "sleep_rem",
    "asleep": "sleep_asleep",
    "wake": "sleep_awake",
    "awake": "sleep_awake",
    "restless": "sleep_awake",
}
_DISTANCES = {"kilometer": "km", "mile": "[mi_i]", "meter": "m"}
_SORTS: Mapping[str, str] = {
    "run": "cardio", "walk": "cardio", "hike": "cardio", "bike": "cardio", "spin": "cardio",
    "swim": "cardio", "elliptical": "cardio", "aerobic": "cardio", "treadmill": "cardio",
    "weight": "strength", "yoga": "flexibility", "pilates": "flexibility", "sport": "sports",
    "tennis": "sports",
}  # fmt: skip


class _Column(NamedTuple):
    """A column of a daily table that is read; `beside` is another by which the table is told."""

    name: str
    kind: str
    unit: str
    beside: str = "timestamp"


_COLUMNS = (
    _Column("rmssd", "hrv_rmssd", "ms", "nremhr"),
    _Column("daily respiratory rate", "respiratory_rate", "/min"),
    _Column("average value", "spo2", "%", "lower bound"),
)

_RESTING = (_Column("beats per minute", "resting_heart_rate", "/min"),)


class Fitbit:
    """Heart rate, steps, sleep, weight and workouts of a Fitbit."""

    key = "fitbit"
    title = "Fitbit (Google Takeout zip)"

    def sniff(self, file: File) -> bool:
        return is_zip(file.head) and any(map(_PATH.search, names_in(file.content)))

    def read(self, file: File, options: Options) -> Iterator[Item]:
        with open_archive(file.content) as archive:
            if not any(_PATH.search(member.name) for member in archive.members):
                raise UnreadableFileError("The archive holds nothing of Fitbit.")
            yield from _Reader(archive, options).read()


class _Reader:
    def __init__(self, archive: Archive, options: Options) -> None:
        self._archive = archive
        self._options = options
        self._weight = (options.units or {}).get("weight", "")
        self._asked = self._weight in _WEIGHTS
        # Where both kinds of folders are there, they say the same.
        self._older = {found[1] for m in archive.members if (found := _DATED.match(m.base))}
        self._reads: Mapping[str, Callable[[Any, str], Iterator[Item]]] = {
            "resting_heart_rate": self._resting,
            "steps": self._steps,
            "distance": self._distance,
            "weight": self._weighing,
            "sleep": self._night,
            "exercise": self._workout,
        }

    def read(self) -> Iterator[Item]:
        for member in sorted(self._archive.members, key=lambda one: one.name):
            if not _PATH.search(member.name):
                continue
            try:
                yield from self._member(member)
            except UnreadableFileError as error:
                yield Problem(member.name, str(error))

    def _member(self, member: Member) -> Iterator[Item]:
        found = _DATED.match(member.base)
        if found and found[1] == "heart_rate":
            with self._archive.copied(member) as file:
                yield from self._beats(file, member.name)
        elif found and found[1] in self._reads:
            with self._archive.copied(member) as file:
                yield from self._records(file, member.name, self._reads[found[1]])
        elif member.base.startswith("Daily ") and member.base.endswith(".csv"):
            with self._archive.copied(member) as file:
                yield from self._table(file, member.name, _COLUMNS)
        elif member.base == _NEWER_RESTING and "resting_heart_rate" not in self._older:
            with self._archive.copied(member) as file:
                yield from self._table(file, member.name, _RESTING)
        elif (newer := _NEWER.match(member.base)) and newer[1] not in self._older:
            read = self._newer_steps if newer[1] == "steps" else self._newer_beats
            with self._archive.copied(member) as file:
                yield from read(file, member.name)

    def _records(
        self, file: IO[bytes], name: str, read: Callable[[Any, str], Iterator[Item]]
    ) -> Iterator[Item]:
        for number_, record in enumerate(json_stream.items(file, "item")):
            where = f"{name} {number_}"
            try:
                yield from read(record, where)
            except BadValueError as error:
                yield Problem(where, str(error))

    def _beats(self, content: IO[bytes], name: str) -> Iterator[Item]:
        """Ten thousand a day: in strips."""
        cells = array("d")
        for number_, record in enumerate(json_stream.items(content, "item")):
            try:
                start = self._utc(field(record, "dateTime")).timestamp()
                cells.extend((start, start, finite(field(record, "value", "bpm"))))
            except BadValueError as error:
                yield Problem(f"{name} {number_}", str(error))
            if len(cells) >= 3 * _STRIP:
                yield Strip("heart_rate", "/min", _SOURCE, cells)
                cells = array("d")
        if cells:
            yield Strip("heart_rate", "/min", _SOURCE, cells)

    def _resting(self, record: object, where: str) -> Iterator[Reading]:
        value = field(record, "value")
        beats = finite(field(value, "value"))
        if beats == 0:  # no such day
            return
        start = self._local(field(value, "date"))
        yield Reading("resting_heart_rate", start, None, beats, "/min", _SOURCE, where)

    def _steps(self, record: object, where: str) -> Iterator[Reading]:
        yield from self._by_the_minute("steps", "{count}", record, where)

    def _distance(self, record: object, where: str) -> Iterator[Reading]:
        """In centimetres, whatever the account shows."""
        yield from self._by_the_minute("distance", "cm", record, where)

    def _by_the_minute(self, kind: str, unit: str, record: object, where: str) -> Iterator[Reading]:
        value = _number(field(record, "value"))
        if value:
            start = self._utc(field(record, "dateTime"))
            yield Reading(kind, start, start + _MINUTE, value, unit, _SOURCE, where)

    def _weighing(self, record: object, where: str) -> Iterator[Item]:
        if not self._asked:
            self._asked = True
            self._weight = _WEIGHTS[0]
            yield Question("units.weight", self._weight, _WEIGHTS, "the files name no unit")
        start = self._local(field(record, "date"), field(record, "time"))
        value = finite(field(record, "weight"))
        source = clean(field(record, "source"), 60) or _SOURCE
        origin = _name(field(record, "logId"))
        yield Reading("weight", start, None, value, self._weight, source, where, origin)
        if (fat := field(record, "fat")) is not None:
            share = finite(fat)
            unit = of_percentage(share)
            yield Reading("body_fat", start, None, share, unit, source, where, origin)

    def _night(self, record: object, where: str) -> Iterator[Reading]:
        clock = LocalClock(self._options.zone)
        start, end = (self._at(clock, field(record, name)) for name in ("startTime", "endTime"))
        if end < start:
            raise BadValueError("the night ends before it begins")
        group = _name(field(record, "logId")) or start.isoformat()
        yield Reading("sleep_in_bed", start, end, None, "min", _SOURCE, where, group, group)
        stages = LocalClock(self._options.zone)
        for stage in elements(field(record, "levels", "data")):
            kind = _STAGES.get(clean(field(stage, "level")))
            if kind is None:
                raise BadValueError("this stage of sleep is not known")
            begin = self._at(stages, field(stage, "dateTime"))
            seconds = finite(field(stage, "seconds"))
            if not 0 <= seconds <= 86_400:
                raise BadValueError("a stage of sleep has no possible length")
            until = begin + dt.timedelta(seconds=seconds)
            origin = f"{group}/{begin.timestamp():.0f}"
            yield Reading(kind, begin, until, None, "min", _SOURCE, where, origin, group)

    def _workout(self, record: object, where: str) -> Iterator[Logged]:
        start = self._utc(field(record, "startTime"))
        milliseconds = finite(field(record, "duration"))
        if not 0 <= milliseconds <= 86_400_000:
            raise BadValueError("the workout has no possible length")
        name = clean(field(record, "activityName"), 100) or "Workout"
        fields = {"duration_minutes": (milliseconds / 60_000, "min")}
        for column, key, unit in (
            ("calories_burned", "calories", "kcal"),
            ("heart_rate_avg", "averageHeartRate", "/min"),
            ("distance_km", "distance", _DISTANCES.get(_unit_name(record), "")),
        ):
            if unit and (value := field(record, key)):
                fields[column] = (finite(value), unit)
        words = {"exercise_name": name, "exercise_type": _sort(name)}
        end = start + dt.timedelta(milliseconds=milliseconds)
        origin = _name(field(record, "logId"))
        yield Logged("exercise", start, end, fields, words, _SOURCE, where, origin)

    def _table(self, file: IO[bytes], name: str, columns: tuple[_Column, ...]) -> Iterator[Item]:
        """A daily summary: one value a day, which is the person's, though it may say UTC."""
        rows, places = _rows(file)
        read = [one for one in columns if one.name in places and one.beside in places]
        for row in rows if read and "timestamp" in places else ():
            where = f"{name} {row.where}"
            try:
                day = _AMERICAN.day(cell(row, places["timestamp"]))
                start = self._local(day.isoformat())
                for column in read:
                    if text := cell(row, places[column.name]):
                        value = number(text)
                        yield Reading(column.kind, start, None, value, column.unit, _SOURCE, where)
            except BadValueError as error:
                yield Problem(where, str(error))

    def _newer_steps(self, file: IO[bytes], name: str) -> Iterator[Item]:
        rows, places = _rows(file)
        for row in rows if {"timestamp", "steps"} <= places.keys() else ():
            record = {
                "dateTime": cell(row, places["timestamp"]), "value": cell(row, places["steps"])
            }  # fmt: skip
            try:
                yield from self._steps(record, f"{name} {row.where}")
            except BadValueError as error:
                yield Problem(f"{name} {row.where}", str(error))

    def _newer_beats(self, file: IO[bytes], name: str) -> Iterator[Item]:
        rows, places = _rows(file)
        cells = array("d")
        for row in rows if {"timestamp", "beats per minute"} <= places.keys() else ():
            try:
                start = self._utc(cell(row, places["timestamp"])).timestamp()
                beats = number(cell(row, places["beats per minute"]))
                cells.extend((start, start, beats))
            except BadValueError as error:
                yield Problem(f"{name} {row.where}", str(error))
            if len(cells) >= 3 * _STRIP:
                yield Strip("heart_rate", "/min", _SOURCE, cells)
                cells = array("d")
        if cells:
            yield Strip("heart_rate", "/min", _SOURCE, cells)

    def _utc(self, text: object) -> dt.datetime:
        moment = _AMERICAN.moment(_text(text))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return shown_in(self._options.zone, aware)

    def _local(self, date: object, time: object = "") -> dt.datetime:
        return LocalClock(self._options.zone).instant(_AMERICAN.moment(_text(date), _text(time)))

    def _at(self, clock: LocalClock, text: object) -> dt.datetime:
        return clock.instant(_AMERICAN.moment(_text(text)))


def _rows(file: IO[bytes]) -> tuple[Iterator[Row], Mapping[str, int]]:
    """The rows below the header, and where its columns stand."""
    rows = Table(content=file, encoding="utf-8-sig", delimiter=",").rows()
    return rows, columns_of(next(rows, Row(1, ())).cells)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadValueError("it does not say when")
    return value


def _number(value: object) -> float:
    """Numbers are texts in some of the files."""
    return number(value) if isinstance(value, str) else finite(value)


def _name(log: object) -> str | None:
    return str(log) if isinstance(log, int) and abs(log) < 10**20 else clean(log, 60) or None


def _unit_name(record: object) -> str:
    return clean(field(record, "distanceUnit")).casefold().rstrip("s")


def _sort(name: str) -> str:
    folded = name.casefold()
    return next((sort for part, sort in _SORTS.items() if part in folded), "other")


FORMAT = Fitbit()
