"""FIT files of watches and scales: heart rate by the second, workouts, weight and pressure."""

import datetime as dt
import struct
from array import array
from collections.abc import Iterator, Mapping
from typing import IO, Any

import fitdecode

from app.importers.local_time import shown_in
from app.importers.protocol import (
    File,
    Item,
    Logged,
    Options,
    Problem,
    Reading,
    Strip,
    UnreadableFileError,
)
from app.importers.text import clean
from app.importers.values import BadValueError, finite, in_range
from app.importers.zip_files import is_zip, names_in, open_archive

_MAGIC = b".FIT"
_ENDING = ".fit"
_STRIP = 10_000
_DAMAGED = "The FIT file is damaged: copy it from the watch again."
_FAULTS = (
    fitdecode.FitError, struct.error, ValueError, TypeError, KeyError, IndexError, AttributeError,
    OverflowError, ArithmeticError, EOFError, OSError, AssertionError,
)  # fmt: skip
_SORTS: Mapping[str, str] = {
    "running": "cardio", "cycling": "cardio", "swimming": "cardio", "walking": "cardio",
    "hiking": "cardio", "rowing": "cardio", "fitness_equipment": "cardio",
    "training": "strength", "tennis": "sports", "soccer": "sports", "basketball": "sports",
    "golf": "sports", "yoga": "flexibility",
}  # fmt: skip
# Message, field, kind and unit; the decoder has scaled them.
_MEASURED: tuple[tuple[str, str, str, str], ...] = (
    ("weight_scale", "weight", "weight", "kg"),
    ("weight_scale", "percent_fat", "body_fat", "%"),
    ("weight_scale", "muscle_mass", "muscle_mass", "kg"),
    ("blood_pressure", "systolic_pressure", "blood_pressure_systolic", "mm[Hg]"),
    ("blood_pressure", "diastolic_pressure", "blood_pressure_diastolic", "mm[Hg]"),
    ("respiration_rate", "respiration_rate", "respiratory_rate", "/min"),
    ("hrv_status_summary", "last_night_average", "hrv_rmssd", "ms"),
)
_SESSION: tuple[tuple[str, str, str], ...] = (
    ("calories_burned", "total_calories", "kcal"),
    ("heart_rate_avg", "avg_heart_rate", "/min"),
    ("heart_rate_max", "max_heart_rate", "/min"),
    ("distance_km", "total_distance", "m"),
)


class GarminFit:
    """A FIT file, or a zip of nothing else, as a workout's original is handed out."""

    key = "garmin_fit"
    title = "FIT file (Garmin and others)"

    def sniff(self, file: File) -> bool:
        if not is_zip(file.head):
            return file.head[8:12] == _MAGIC
        names = names_in(file.content)
        return bool(names) and all(name.casefold().endswith(_ENDING) for name in names)

    def read(self, file: File, options: Options) -> Iterator[Item]:
        if is_zip(file.head):
            yield from _packed(file, options)
            return
        file.content.seek(0)
        yield from read_fit(file.content, options.zone, name="", with_workouts=True)


def _packed(file: File, options: Options) -> Iterator[Item]:
    with open_archive(file.content) as archive:
        for member in archive.members:
            try:
                with archive.copied(member) as fit:
                    yield from read_fit(fit, options.zone, name=member.name, with_workouts=True)
            except UnreadableFileError as error:
                yield Problem(member.name, str(error))


def read_fit(
    content: IO[bytes], zone: dt.tzinfo, *, name: str, with_workouts: bool
) -> Iterator[Item]:
    """What a FIT file holds. Raises UnreadableFileError where it is damaged; what stands before
    that is read."""
    reader = _Reader(name, zone, with_workouts=with_workouts)
    for message in _messages(content):
        yield from reader.message(message)
    yield from reader.rest()


class _Reader:
    def __init__(self, name: str, zone: dt.tzinfo, *, with_workouts: bool) -> None:
        self._name = name
        self._zone = zone
        self._with_workouts = with_workouts
        self._source = "Garmin"
        self._beats = array("d")
        self._messages = 0

    def message(self, message: Any) -> Iterator[Item]:
        self._messages += 1
        where = f"{self._name} message {self._messages}".strip()
        try:
            if message.name == "file_id":
                self._source = self._maker(message)
            elif message.name in ("record", "monitoring"):
                yield from self._beat(message)
            elif message.name == "session" and self._with_workouts:
                yield self._workout(message, where)
            else:
                yield from self._readings(message, where)
        except BadValueError as error:
            yield Problem(where, str(error))

    def rest(self) -> Iterator[Strip]:
        if self._beats:
            yield Strip("heart_rate", "/min", self._source, self._beats)
            self._beats = array("d")

    def _maker(self, message: Any) -> str:
        maker = clean(str(_value(message, "manufacturer") or ""), 40)
        product = clean(str(_value(message, "garmin_product") or ""), 40)
        return " ".join(part for part in (maker.capitalize(), product) if part) or "Garmin"

    def _beat(self, message: Any) -> Iterator[Item]:
        beats = _value(message, "heart_rate")
        moment = _value(message, "timestamp")
        # Monitoring messages count on from one that has the whole time; the decoder does not.
        if beats is None or not isinstance(moment, dt.datetime):
            return
        start = _utc(moment).timestamp()
        self._beats.extend((start, start, finite(beats)))
        if len(self._beats) >= 3 * _STRIP:
            yield from self.rest()

    def _workout(self, message: Any, where: str) -> Logged:
        start = shown_in(self._zone, _utc(_value(message, "start_time")))
        seconds = finite(_value(message, "total_elapsed_time"))
        if not 0 <= seconds <= 86_400:
            raise BadValueError("the workout has no possible length")
        fields = {"duration_minutes": (seconds / 60, "min")}
        for column, name, unit in _SESSION:
            if (value := _value(message, name)) is not None:
                fields[column] = (finite(value), unit)
        sport = clean(str(_value(message, "sport") or "exercise"), 60)
        words = {
            "exercise_name": sport.replace("_", " ").capitalize(),
            "exercise_type": _SORTS.get(sport, "other"),
        }
        end = start + dt.timedelta(seconds=seconds)
        origin = f"session/{start.timestamp():.0f}"
        return Logged("exercise", start, end, fields, words, self._source, where, origin)

    def _readings(self, message: Any, where: str) -> Iterator[Reading]:
        for name, column, kind, unit in _MEASURED:
            if message.name != name or (value := _value(message, column)) is None:
                continue
            start = shown_in(self._zone, _utc(_value(message, "timestamp")))
            group = f"{name}/{start.timestamp():.0f}"
            yield Reading(kind, start, None, finite(value), unit, self._source, where, group, group)


def _messages(content: IO[bytes]) -> Iterator[Any]:
    checks = {
        "check_crc": fitdecode.CrcCheck.DISABLED,
        "error_handling": fitdecode.ErrorHandling.IGNORE,
    }
    try:
        with fitdecode.FitReader(content, **checks) as frames:
            for frame in frames:
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    yield frame
    except UnreadableFileError:
        raise
    except _FAULTS:
        raise UnreadableFileError(_DAMAGED) from None


def _value(message: Any, name: str) -> Any:
    try:
        return message.get_value(name, fallback=None)
    except _FAULTS:
        raise BadValueError("a field cannot be read") from None


def _utc(moment: object) -> dt.datetime:
    if not isinstance(moment, dt.datetime):
        raise BadValueError("it does not say when")
    return in_range(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))


FORMAT = GarminFit()
