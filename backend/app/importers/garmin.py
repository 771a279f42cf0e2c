"""Garmin's whole export (the zip that its data management page mails): days, nights, workouts, and
the FIT files that watches sent."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.importers import json_stream
from app.importers.garmin_fit import read_fit
from app.importers.json_stream import elements, field
from app.importers.local_time import LocalClock, shown_in
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
from app.importers.values import BadValueError, finite, instant
from app.importers.zip_files import Archive, Member, is_zip, names_in, open_archive

_SOURCE = "Garmin"
_PATH = re.compile(r"(^|/)DI_CONNECT/", re.IGNORECASE)
_DAY = dt.timedelta(days=1)
_NOTATION = Notation()
_STAGES = {"deep_sleep_minutes": "deepSleepSeconds", "rem_sleep_minutes": "remSleepSeconds"}
_HEALTH: Mapping[str, tuple[str, str]] = {
    "HRV": ("hrv_rmssd", "ms"),
    "HR": ("resting_heart_rate", "/min"),
    "SPO2": ("spo2", "%"),
    "RESPIRATION": ("respiratory_rate", "/min"),
}
# Sums of a day.
_DAYS: Mapping[str, tuple[str, str]] = {
    "totalSteps": ("steps", "{count}"),
    "totalDistanceMeters": ("distance", "m"),
    "activeKilocalories": ("active_energy", "kcal"),
    "bmrKilocalories": ("basal_energy", "kcal"),
}
_SORTS: Mapping[str, str] = {
    "run": "cardio", "cycl": "cardio", "bik": "cardio", "swim": "cardio", "walk": "cardio",
    "hik": "cardio", "row": "cardio", "cardio": "cardio", "elliptical": "cardio",
    "strength": "strength", "yoga": "flexibility", "pilates": "flexibility", "tennis": "sports",
    "soccer": "sports", "basketball": "sports", "golf": "sports",
}  # fmt: skip


class Garmin:
    """Days, nights, workouts and heart rate of a Garmin watch."""

    key = "garmin"
    title = "Garmin export (zip)"

    def sniff(self, file: File) -> bool:
        return is_zip(file.head) and any(map(_PATH.search, names_in(file.content)))

    def read(self, file: File, options: Options) -> Iterator[Item]:
        with open_archive(file.content) as archive:
            if not any(_PATH.search(member.name) for member in archive.members):
                raise UnreadableFileError("The archive holds nothing of Garmin.")
            yield from _Reader(options).read(archive)


class _Reader:
    def __init__(self, options: Options) -> None:
        self._zone = options.zone
        # What a file is called ends so; the path to its records; what a record comes to.
        self._files: tuple[tuple[str, str, Callable[[Any, str], Iterator[Item]]], ...] = (
            ("sleepdata.json", "item", self._night),
            ("healthstatusdata.json", "item", self._health),
            (
                "summarizedactivities.json",
                "item.summarizedActivitiesExport.item",
                self._workout,
            ),
        )

    def read(self, archive: Archive) -> Iterator[Item]:
        for member in sorted(archive.members, key=lambda one: one.name):
            try:
                yield from self._member(archive, member)
            except UnreadableFileError as error:
                yield Problem(member.name, str(error))

    def _member(self, archive: Archive, member: Member) -> Iterator[Item]:
        base = member.base.casefold()
        if base.startswith("udsfile") and base.endswith(".json"):
            yield from self._records(archive, member, "item", self._day)
        elif base.endswith(".fit"):
            # The workouts are the same as those of the summaries.
            with archive.copied(member) as file:
                yield from read_fit(file, self._zone, name=member.name, with_workouts=False)
        elif base.endswith(".zip"):
            with archive.nested(member) as inner:
                yield from self.read(inner)
        else:
            for ending, path, read in self._files:
                if base.endswith(ending):
                    yield from self._records(archive, member, path, read)

    def _records(
        self,
        archive: Archive,
        member: Member,
        path: str,
        read: Callable[[Any, str], Iterator[Item]],
    ) -> Iterator[Item]:
        with archive.copied(member) as file:
            for number, record in enumerate(json_stream.items(file, path)):
                where = f"{member.name} {number}"
                try:
                    yield from read(record, where)
                except BadValueError as error:
                    yield Problem(where, str(error))

    def _night(self, record: object, where: str) -> Iterator[Logged]:
        """The file has the sums of stages, and not when they were."""
        start = self._utc(field(record, "sleepStartTimestampGMT"))
        end = self._utc(field(record, "sleepEndTimestampGMT"))
        if end <= start:
            raise BadValueError("the night ends before it begins")
        seconds = {column: field(record, name) for column, name in _STAGES.items()}
        fields = {
            column: (finite(value), "s") for column, value in seconds.items() if value is not None
        }
        yield Logged("sleep", start, end, fields, {}, _SOURCE, where, f"sleep/{start.isoformat()}")

    def _health(self, record: object, where: str) -> Iterator[Reading]:
        start = self._midnight(field(record, "calendarDate"))
        for metric in elements(field(record, "metrics")):
            known = _HEALTH.get(clean(field(metric, "type")))
            value = field(metric, "value")
            # What was not measured that day is 0.
            if known is None or not value:
                continue
            kind, unit = known
            origin = f"{kind}/{start.date()}"
            yield Reading(kind, start, None, finite(value), unit, _SOURCE, where, origin)

    def _day(self, record: object, where: str) -> Iterator[Reading]:
        date = field(record, "calendarDate")
        start = self._midnight(field(date, "date") if isinstance(date, dict) else date)
        end = self._midnight((start.date() + _DAY).isoformat())
        for name, (kind, unit) in _DAYS.items():
            if (value := field(record, name)) is not None:
                origin = f"{kind}/{start.date()}"
                yield Reading(kind, start, end, finite(value), unit, _SOURCE, where, origin)
        if resting := field(record, "restingHeartRate"):
            origin = f"resting_heart_rate/{start.date()}"
            beats = finite(resting)
            yield Reading("resting_heart_rate", start, None, beats, "/min", _SOURCE, where, origin)

    def _workout(self, record: object, where: str) -> Iterator[Logged]:
        begin = finite(field(record, "beginTimestamp"))
        milliseconds = finite(field(record, "duration"))
        if not 0 <= milliseconds <= 86_400_000:
            raise BadValueError("the workout has no possible length")
        start = shown_in(self._zone, instant(begin))
        fields = {"duration_minutes": (milliseconds / 60_000, "min")}
        for column, name, unit in (
            ("distance_km", "distance", "cm"),
            ("heart_rate_avg", "avgHr", "/min"),
            ("heart_rate_max", "maxHr", "/min"),
        ):
            if value := field(record, name):
                fields[column] = (finite(value), unit)
        sort = clean(field(record, "activityType"), 60)
        name = clean(field(record, "name"), 100) or sort.replace("_", " ").capitalize() or "Workout"
        words = {"exercise_name": name, "exercise_type": _sort(sort)}
        end = start + dt.timedelta(milliseconds=milliseconds)
        origin = clean(str(field(record, "activityId") or ""), 40) or None
        yield Logged("exercise", start, end, fields, words, _SOURCE, where, origin)

    def _utc(self, text: object) -> dt.datetime:
        if not isinstance(text, str):
            raise BadValueError("it does not say when")
        moment = _NOTATION.moment(text)
        return shown_in(self._zone, moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))

    def _midnight(self, text: object) -> dt.datetime:
        if not isinstance(text, str):
            raise BadValueError("it does not say when")
        day = _NOTATION.day(text)
        return LocalClock(self._zone).instant(dt.datetime.combine(day, dt.time()))


def _sort(name: str) -> str:
    folded = name.casefold()
    return next((sort for part, sort in _SORTS.items() if part in folded), "other")


FORMAT = Garmin()
