"""Apple Health: `export.xml`, or the `export.zip` that holds it.

Such a file has millions of records, and Apple writes each of them the same way. Those are picked
out by one regular expression; everything else goes through expat, and so does all of a file in
which that could go wrong: one with comments or sections of character data. The DTD in front, which
has been malformed in some versions, is skipped, so that no entity is ever declared. Records inside
a correlation stand at the top level too and are the same records; food is told at the top level
alone.
"""

import datetime as dt
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import isfinite
from types import MappingProxyType
from typing import IO, NamedTuple
from xml.parsers import expat

import numpy as np

from app.importers.kinds import KINDS
from app.importers.protocol import (
    File,
    Item,
    Logged,
    Options,
    Problem,
    Strip,
    UnreadableFileError,
)
from app.importers.text import clean
from app.importers.units import conversion, convert
from app.importers.zip_files import Archive, Member, is_zip, open_archive

PIECE_BYTES = 1 << 20
HEAD_BYTES = 64 * 1024
MOST_LOOKED_INTO = 50
CELLS_AT_ONCE = 3 * 100_000
MOST_PENDING_BYTES = 8_000_000
MOST_DAYS_KNOWN = 100_000
MOST_STRANDS = 10_000
MOST_MEALS = 1_000_000
MOST_PROBLEMS = 1_000
_ROOT = b"<HealthData"
_DOCTYPE = b"<!DOCTYPE"
_QUANTITY, _CATEGORY = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
_WORKOUT = "HKWorkoutActivityType"

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "HeartRate": "heart_rate",
        "RestingHeartRate": "resting_heart_rate",
        "HeartRateVariabilitySDNN": "hrv_sdnn",
        "HeartRateVariabilityRMSSD": "hrv_rmssd",
        "RespiratoryRate": "respiratory_rate",
        "OxygenSaturation": "spo2",
        "BodyTemperature": "body_temperature",
        "BloodPressureSystolic": "blood_pressure_systolic",
        "BloodPressureDiastolic": "blood_pressure_diastolic",
        "BloodGlucose": "glucose",
        "InsulinDelivery": "insulin",
        "BodyMass": "weight",
        "Height": "height",
        "BodyFatPercentage": "body_fat",
        "WaistCircumference": "waist",
        "StepCount": "steps",
        "DistanceWalkingRunning": "distance",
        "ActiveEnergyBurned": "active_energy",
        "BasalEnergyBurned": "basal_energy",
        "AppleExerciseTime": "exercise_minutes",
    }
)
_SLEEP: Mapping[str, str] = MappingProxyType(
    {
        "InBed": "sleep_in_bed",
        "Awake": "sleep_awake",
        "Asleep": "sleep_asleep",
        "AsleepUnspecified": "sleep_asleep",
        "AsleepCore": "sleep_light",
        "AsleepDeep": "sleep_deep",
        "AsleepREM": "sleep_rem",
    }
)
# A percent sign stands before a fraction: 0.97 % is 97 percent.
_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "count/min": "/min",
        "count/s": "/s",
        "count": "{count}",
        "%": "1",
        "degC": "Cel",
        "degF": "[degF]",
        "mmHg": "mm[Hg]",
        "lb": "[lb_av]",
        "oz": "[oz_av]",
        "st": "[stone_av]",
        "in": "[in_i]",
        "ft": "[ft_i]",
        "yd": "[yd_i]",
        "mi": "[mi_i]",
        "Cal": "kcal",
        "IU": "[iU]",
        "hr": "h",
        "mcg": "ug",
    }
)
_NUTRIENTS: Mapping[str, str] = MappingProxyType(
    {
        "DietaryEnergyConsumed": "calories",
        "DietaryProtein": "protein_g",
        "DietaryCarbohydrates": "carbs_g",
        "DietaryFatTotal": "fats_g",
        "DietarySugar": "sugar_g",
        "DietaryFiber": "fiber_g",
        "DietarySodium": "sodium_mg",
    }
)
_COLUMN_UNITS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("calories", "calories_burned"), "kcal"),
        **dict.fromkeys(("protein_g", "carbs_g", "fats_g", "sugar_g", "fiber_g"), "g"),
        "sodium_mg": "mg",
        "distance_km": "km",
        "duration_minutes": "min",
        **dict.fromkeys(("heart_rate_avg", "heart_rate_max"), "/min"),
    }
)
# The hour until which it is that meal.
_MEALS = (
    (5, "snack"),
    (11, "breakfast"),
    (15, "lunch"),
    (17, "snack"),
    (22, "dinner"),
    (24, "snack"),
)
_TITLE = "Apple Health"
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2100
_STATISTICS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "ActiveEnergyBurned": (("sum", "calories_burned"),),
        "HeartRate": (("average", "heart_rate_avg"), ("maximum", "heart_rate_max")),
        "DistanceWalkingRunning": (("sum", "distance_km"),),
        "DistanceCycling": (("sum", "distance_km"),),
        "DistanceSwimming": (("sum", "distance_km"),),
    }
)
_ACTIVITIES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            "Walking Running Cycling Swimming Hiking Rowing Elliptical StairClimbing Stairs"
            " HighIntensityIntervalTraining MixedCardio JumpRope CardioDance SkatingSports"
            " CrossCountrySkiing".split(),
            "cardio",
        ),
        **dict.fromkeys(
            "TraditionalStrengthTraining FunctionalStrengthTraining CoreTraining".split(),
            "strength",
        ),
        **dict.fromkeys("Yoga Pilates Flexibility Barre TaiChi Cooldown".split(), "flexibility"),
        **dict.fromkeys(
            "Soccer Tennis Basketball Volleyball Badminton TableTennis Baseball Hockey Golf"
            " Handball Rugby Squash MartialArts Boxing Climbing DownhillSkiing"
            " Snowboarding".split(),
            "sports",
        ),
    }
)
# A record without children, as every version has written it; no attribute may hold what XML would
# read in another way.
_RECORD = re.compile(
    rb'<Record type="([^"<&]+)" sourceName="([^"<]*)"(?: sourceVersion="[^"<]*")?'
    rb'(?: device="[^"<]*")?(?: unit="([^"<]*)")? creationDate="[^"<&]*"'
    rb' startDate="([^"<&]+)" endDate="([^"<&]+)" value="([^"<&]+)"/>'
)
# Within these what looks like a record may be none.
_OTHER_MARKUP = (b"<!", b"<?")
_DECLARATION = (b"<?xml", b"\xef\xbb\xbf<?xml")
Attributes = Mapping[str, str]
_Pick = Callable[[re.Match[bytes]], bytes]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class _Food(NamedTuple):
    """What was eaten at one moment; `start` is when."""

    start: dt.datetime
    source: str
    fields: dict[str, tuple[float, str]]


class _Workout(NamedTuple):
    """One that has begun, and where in the file."""

    given: Attributes
    fields: dict[str, tuple[float, str]]
    line: int


class _Reader:
    """What expat calls, and what came of it. A strand is told apart by the file's own words: type,
    unit and source."""

    def __init__(self) -> None:
        self.seen_root = False
        self._is_plain = True
        self._last = b""
        self._fed = 0
        self._cells: dict[tuple[str, str, str], array[float]] = {}
        self._strands: dict[tuple[bytes, bytes | None, bytes], array[float]] = {}
        self._days: dict[bytes, float] = {}
        self._clock = {
            b"%02d:%02d:%02d" % (h, m, s): 3_600.0 * h + 60 * m + s
            for h in range(24)
            for m in range(60)
            for s in range(60)
        }
        self._plain = self._picking()
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self._items: list[Item] = []
        self._foods: dict[tuple[str, str], _Food] = {}
        self._food_names: dict[tuple[str, str], str] = {}
        self._unknown: Counter[str] = Counter()
        self._problems = 0
        self._workout: _Workout | None = None
        self._meal: tuple[str, str] | None = None

    def taken(self, *, last: bool) -> Iterator[Item]:
        """What has come together, once it is much."""
        if last or sum(map(len, self._cells.values())) >= CELLS_AT_ONCE:
            for (name, unit, source), cells in self._cells.items():
                if cells:
                    kind = _KINDS.get(name.removeprefix(_QUANTITY)) or name
                    good = _possible(cells)
                    if len(good) < len(cells):
                        count = (len(cells) - len(good)) // 3
                        yield Problem(kind, f"{count} records without a number, or that end early")
                    yield Strip(
                        kind, _unit(unit) or KINDS[kind].unit, clean(source) or _TITLE, good
                    )
                    del cells[:]
        items, self._items = self._items, []
        yield from items
        if last:
            yield from self._meals()
            for name, count in self._unknown.most_common(100):
                yield Problem(name, f"{count} records of a kind that is not kept here")

    def feed(self, piece: bytes) -> None:
        """The next piece of the document, wherever it was cut. Raises UnreadableFileError for an
        element without end, which expat would hold whole."""
        seam = self._last + piece[:1]
        if not piece.startswith(_DECLARATION) and any(
            mark in where for mark in _OTHER_MARKUP for where in (piece, seam)
        ):
            self._is_plain = False
        self._last = piece[-1:]
        left = _RECORD.sub(self._plain, piece) if self._is_plain else piece
        self.parser.Parse(left, False)
        self._fed += len(left)
        if self._fed - self.parser.CurrentByteIndex > MOST_PENDING_BYTES:
            raise UnreadableFileError("The file has an element without end.")

    def _picking(self) -> "_Pick":
        """Takes a record that is plain, and leaves nothing of it; others it leaves to expat. All
        that it needs is at hand, since it is called for each record."""
        strands, days, clock, learn = self._strands, self._days, self._clock, self._learn

        def pick(found: re.Match[bytes]) -> bytes:
            name, source, unit, told, ended, value = found.groups()
            try:
                strand = strands[name, unit, source]
                at = days[told[:10] + told[19:]] + clock[told[11:19]]
                until = at
                if ended != told:
                    until = days[ended[:10] + ended[19:]] + clock[ended[11:19]]
                strand.extend((at, until, float(value)))
            except (KeyError, ValueError):
                return learn(found)
            return b""

        return pick

    def _learn(self, found: re.Match[bytes]) -> bytes:
        """The first record of a strand or a day; whatever is not plain is left to expat."""
        name, source, unit, *numbers = found.groups()
        try:
            key = (name.decode(), (unit or b"").decode(), _attribute(source))
            if key[0].removeprefix(_QUANTITY) not in _KINDS:
                return found[0]
            told, ended, value = (number.decode() for number in numbers)
            given = {"sourceName": key[2], "startDate": told, "endDate": ended}
            self._add(key[0], key[1], given, float(value))
        except (KeyError, ValueError, expat.ExpatError):
            return found[0]
        self._strands[name, unit, source] = self._cells[key]
        return b""

    def _start(self, name: str, given: Attributes) -> None:
        if name == "Record":
            self._record(given)
        else:
            self._other(name, given)

    def _record(self, given: Attributes) -> None:
        name = given.get("type", "")
        short = name.removeprefix(_QUANTITY).removeprefix(_CATEGORY)
        try:
            if name.startswith(_QUANTITY) and short in _KINDS:
                self._add(name, given.get("unit", ""), given, float(given["value"]))
            elif short == "SleepAnalysis":
                stage = given["value"].removeprefix("HKCategoryValueSleepAnalysis")
                self._add(_SLEEP[stage], "", given, 0.0)
            elif short in _NUTRIENTS:
                self._eaten(_NUTRIENTS[short], given)
            else:
                self._count_unknown(short)
        except (KeyError, ValueError):
            self._complain("lacks a time, or a value that can be read")

    def _add(self, name: str, unit: str, given: Attributes, value: float) -> None:
        key = (name, unit, given.get("sourceName", ""))
        at, until = self._seconds(given["startDate"]), self._seconds(given["endDate"])
        if key not in self._cells:
            if len(self._cells) >= MOST_STRANDS:
                raise UnreadableFileError("The file names more sources than are taken.")
            kind = _KINDS.get(name.removeprefix(_QUANTITY)) or name
            if not KINDS[kind].is_interval and conversion(kind, _unit(unit)) is None:
                raise ValueError
            self._cells[key] = array("d")
        self._cells[key].extend((at, until, value))

    def _seconds(self, told: str) -> float:
        """Raises ValueError or KeyError for what is no time, such as 2026-03-12 08:00:00 +0100."""
        day = (told[:10] + told[19:]).encode()
        if day not in self._days:
            if len(self._days) >= MOST_DAYS_KNOWN:
                self._days.clear()
            midnight = dt.datetime.strptime(day.decode(), "%Y-%m-%d %z")
            self._days[day] = (midnight - _EPOCH).total_seconds()
        return self._days[day] + self._clock[told[11:19].encode()]

    def _instant(self, told: str) -> dt.datetime:
        instant = dt.datetime.fromtimestamp(self._seconds(told), dt.UTC)
        if not _EARLIEST_YEAR <= instant.year <= _LATEST_YEAR:
            raise ValueError
        return instant

    def _other(self, name: str, given: Attributes) -> None:
        if name == "Workout":
            self._workout = _Workout(given, {}, self.parser.CurrentLineNumber)
            self.parser.EndElementHandler = self._end
        elif name == "WorkoutStatistics" and self._workout is not None:
            self._measured(given)
        elif name == "Correlation":
            self._meal = (given.get("sourceName", ""), given.get("startDate", ""))
            self.parser.EndElementHandler = self._end
        elif name == "MetadataEntry" and self._meal is not None:
            if given.get("key") == "HKFoodType" and len(self._food_names) < MOST_MEALS:
                self._food_names[self._meal] = given.get("value", "")
        elif name == "HealthData":
            self.seen_root = True

    def _end(self, name: str) -> None:
        if name == "Workout":
            self._trained()
            self._workout = None
        elif name == "Correlation":
            self._meal = None
        if self._workout is None and self._meal is None:
            self.parser.EndElementHandler = None

    def _measured(self, given: Attributes) -> None:
        if self._workout is None:
            return
        for which, column in _STATISTICS.get(given.get("type", "").removeprefix(_QUANTITY), ()):
            with suppress(KeyError, ValueError):
                told = _amount(given[which], given.get("unit", ""), column)
                self._workout.fields[column] = told

    def _trained(self) -> None:
        if self._workout is None:
            return
        given, fields, line = self._workout
        activity = given.get("workoutActivityType", "").removeprefix(_WORKOUT)
        try:
            self._older(given, fields)
            unit = given.get("durationUnit", "min")
            duration = _amount(given["duration"], unit, "duration_minutes")
            start, end = self._instant(given["startDate"]), self._instant(given["endDate"])
            if end < start:
                raise ValueError
            self._items.append(
                Logged(
                    "exercise",
                    start,
                    end,
                    {"duration_minutes": duration} | fields,
                    {
                        "exercise_type": _ACTIVITIES.get(activity, "other"),
                        "exercise_name": _spaced(activity) or "Workout",
                    },
                    clean(given.get("sourceName", "")) or _TITLE,
                    f"line {line}",
                )
            )
        except (KeyError, ValueError):
            self._complain("is a workout without times")

    @staticmethod
    def _older(given: Attributes, fields: dict[str, tuple[float, str]]) -> None:
        """Exports before iOS 16 tell totals with the workout itself."""
        for total, column in (("EnergyBurned", "calories_burned"), ("Distance", "distance_km")):
            if column not in fields and f"total{total}" in given:
                unit = given.get(f"total{total}Unit", "")
                fields[column] = _amount(given[f"total{total}"], unit, column)
        for column in [column for column, (value, _) in fields.items() if not value]:
            del fields[column]  # a zero is what was not measured

    def _eaten(self, column: str, given: Attributes) -> None:
        if self._meal is not None:
            return
        source, told = given.get("sourceName", ""), given["startDate"]
        value, unit = _amount(given["value"], given.get("unit", ""), column)
        food = self._foods.get((source, told))
        if food is None:
            if len(self._foods) >= MOST_MEALS:
                raise UnreadableFileError("The file holds more meals than are taken.")
            food = self._foods[source, told] = _Food(self._instant(told), source, {})
        before = food.fields.get(column)
        if before is not None and before[1] == unit:
            value += before[0]
        food.fields[column] = (value, unit)

    def _meals(self) -> Iterator[Logged]:
        for key, food in self._foods.items():
            name = clean(self._food_names.get(key, "")) or "Meal"
            hour = int(key[1][11:13])
            meal = next(meal for until, meal in _MEALS if hour < until)
            words = {"food_name": name, "meal_type": meal}
            source = clean(food.source) or _TITLE
            fields = {c: told for c, told in food.fields.items() if isfinite(told[0])}
            if fields:
                yield Logged("nutrition", food.start, None, fields, words, source, key[1])

    def _count_unknown(self, short: str) -> None:
        is_plain = short.isascii() and short.isalnum() and len(short) < 80
        self._unknown[short if is_plain and len(self._unknown) < 1_000 else "others"] += 1

    def _complain(self, reason: str) -> None:
        self._problems += 1
        if self._problems <= MOST_PROBLEMS:
            self._items.append(Problem(f"line {self.parser.CurrentLineNumber}", reason))


class AppleHealth:
    """See the module."""

    key = "apple_health"
    title = "Apple Health export"

    def sniff(self, file: File) -> bool:
        if _ROOT in file.head:
            return True
        if not is_zip(file.head):
            return False
        try:
            with _xml_of(file):
                return True
        except UnreadableFileError:
            return False

    def read(self, file: File, options: Options) -> Iterator[Item]:  # noqa: ARG002  (it says all)
        with _xml_of(file) as xml:
            reader = _Reader()
            try:
                for piece in _without_doctype(xml):
                    reader.feed(piece)
                    yield from reader.taken(last=False)
                reader.parser.Parse(b"", True)
            except expat.ExpatError as error:
                line = f"line {error.lineno}"
                raise UnreadableFileError(
                    f"The file is not whole, or is damaged ({line}): export it again."
                ) from None
            if not reader.seen_root:
                raise UnreadableFileError("The file is no export of Apple Health.")
            yield from reader.taken(last=True)


@contextmanager
def _xml_of(file: File) -> Iterator[IO[bytes]]:
    file.content.seek(0)
    if not is_zip(file.head):
        yield file.content
        return
    with open_archive(file.content) as archive:
        members = sorted(archive.members, key=lambda one: -one.info.file_size)
        for member in members[:MOST_LOOKED_INTO]:
            if _ROOT in _head(archive, member):
                with archive.open(member) as xml:
                    yield xml
                return
    raise UnreadableFileError("The archive holds no export of Apple Health.")


def _head(archive: Archive, member: Member) -> bytes:
    with archive.open(member) as content:
        return content.read(HEAD_BYTES)


def _without_doctype(xml: IO[bytes]) -> Iterator[bytes]:
    """The document in pieces, without its DTD, which may be malformed and is not needed."""
    first = xml.read(PIECE_BYTES)
    begin = first.find(_DOCTYPE)
    root = first.find(_ROOT)
    if 0 <= begin < root:
        subset = first.find(b"[", begin, root)
        close = b">" if subset < 0 else b"]>"
        end = first.rfind(close, begin, root) if subset >= 0 else first.find(close, begin, root)
        if end < 0:
            raise UnreadableFileError("The file has a document type without end.")
        first = first[:begin] + first[end + len(close) :]
    declaration = first.find(b"?>") + 2 if first.startswith(_DECLARATION) else 0
    yield first[:declaration]
    yield first[declaration:]
    while piece := xml.read(PIECE_BYTES):
        yield piece


def _attribute(told: bytes) -> str:
    """What an attribute says, as expat reads it."""
    read: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _, given: read.append(given["a"])
    parser.Parse(b'<e a="' + told + b'"/>', True)
    return read[0]


def _possible(cells: "array[float]") -> "array[float]":
    """Those that have numbers, and do not end before they begin."""
    rows = np.frombuffer(cells, dtype=np.float64).reshape(-1, 3)
    good = np.isfinite(rows).all(axis=1) & (rows[:, 0] <= rows[:, 1])
    return cells[:] if good.all() else array("d", rows[good].ravel().tolist())


def _amount(told: str, unit: str, column: str) -> tuple[float, str]:
    """Raises ValueError for what is no number, or in a unit that a column cannot have."""
    value, ucum = float(told), _unit(unit)
    if not isfinite(value) or convert(ucum, _COLUMN_UNITS[column]) is None:
        raise ValueError
    return value, ucum


def _refuse(*_: object) -> None:
    raise UnreadableFileError("The file declares a document type where none belongs.")


def _unit(told: str) -> str:
    """As UCUM writes it."""
    if told.startswith("mmol<180"):
        return "mmol/L"
    return _UNITS.get(told, told)


def _spaced(activity: str) -> str:
    """TraditionalStrengthTraining in words."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in activity)
    return words.strip().capitalize()[:200] if activity.isalnum() else ""


FORMAT = AppleHealth()
