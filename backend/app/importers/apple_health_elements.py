"""What expat finds in an export of Apple Health: records of any form, workouts and food."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from math import isfinite
from typing import NamedTuple
from xml.parsers import expat

from app.importers.apple_health_lines import TAKEN
from app.importers.apple_health_strands import TITLE, Strands
from app.importers.apple_health_words import (
    ACTIVITIES,
    CATEGORY,
    COLUMN_UNITS,
    MEALS,
    NUTRIENTS,
    QUANTITIES,
    QUANTITY,
    SLEEP,
    STAGE,
    STATISTICS,
    WORKOUT,
    spaced,
    unit,
)
from app.importers.protocol import Item, Logged, Problem, UnreadableFileError
from app.importers.text import clean
from app.importers.units import convert

MOST_DAYS_KNOWN = 100_000
MOST_MEALS = 1_000_000
MOST_PROBLEMS = 1_000
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2100
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Attributes = Mapping[str, str]


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


class Elements:
    """What expat calls, and what came of it."""

    def __init__(self, strands: Strands) -> None:
        self.seen_root = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self._strands = strands
        self._clock = _Clock()
        self._items: list[Item] = []
        self._foods: dict[tuple[str, str], _Food] = {}
        self._food_names: dict[tuple[str, str], str] = {}
        self._unknown: Counter[str] = Counter()
        self._problems = 0
        self._workout: _Workout | None = None
        self._meal: tuple[str, str] | None = None

    def taken(self, *, last: bool) -> Iterator[Item]:
        """What has been found since, without readings: those are in the strands."""
        items, self._items = self._items, []
        yield from items
        if last:
            yield from self._meals()
            for name, count in self._unknown.most_common(100):
                yield Problem(name, f"{count} records of a kind that is not kept here")

    def _start(self, name: str, given: Attributes) -> None:
        if name == "Record":
            if TAKEN not in given:
                self._record(given)
        else:
            self._other(name, given)

    def _record(self, given: Attributes) -> None:
        name = given.get("type", "")
        short = name.removeprefix(QUANTITY).removeprefix(CATEGORY)
        try:
            if name.startswith(QUANTITY) and short in QUANTITIES:
                self._read(QUANTITIES[short], given, float(given["value"]))
            elif short == "SleepAnalysis":
                self._read(SLEEP[given["value"].removeprefix(STAGE)], given, 0.0)
            elif short in NUTRIENTS:
                self._eaten(NUTRIENTS[short], given)
            else:
                self._count_unknown(short)
        except (KeyError, ValueError):
            self._complain("lacks a time, or a value that can be read")

    def _read(self, kind: str, given: Attributes, value: float) -> None:
        seconds = self._clock.seconds
        at, until = seconds(given["startDate"]), seconds(given["endDate"])
        strand = (kind, given.get("unit", ""), given.get("sourceName", ""))
        self._strands.add(self._strands.number(*strand), at, until, value)

    def _other(self, name: str, given: Attributes) -> None:
        if name == "Workout":
            self._workout = _Workout(given, {}, self.parser.CurrentLineNumber)
            self.parser.EndElementHandler = self._end
        elif name == "WorkoutStatistics" and self._workout is not None:
            self._measured(self._workout, given)
        elif name == "Correlation":
            self._meal = (given.get("sourceName", ""), given.get("startDate", ""))
            self.parser.EndElementHandler = self._end
        elif name == "MetadataEntry" and self._meal is not None:
            if given.get("key") == "HKFoodType" and len(self._food_names) < MOST_MEALS:
                self._food_names[self._meal] = given.get("value", "")
        elif name == "HealthData":
            self.seen_root = True

    def _end(self, name: str) -> None:
        if name == "Workout" and self._workout is not None:
            self._trained(self._workout)
            self._workout = None
        elif name == "Correlation":
            self._meal = None
        if self._workout is None and self._meal is None:
            self.parser.EndElementHandler = None

    @staticmethod
    def _measured(workout: _Workout, given: Attributes) -> None:
        for which, column in STATISTICS.get(given.get("type", "").removeprefix(QUANTITY), ()):
            with suppress(KeyError, ValueError):
                workout.fields[column] = _amount(given[which], given.get("unit", ""), column)

    def _trained(self, workout: _Workout) -> None:
        given, fields, line = workout
        activity = given.get("workoutActivityType", "").removeprefix(WORKOUT)
        try:
            _add_totals(given, fields)
            measure = given.get("durationUnit", "min")
            duration = _amount(given["duration"], measure, "duration_minutes")
            start, end = (self._clock.instant(given[name]) for name in ("startDate", "endDate"))
            if end < start:
                raise ValueError
        except (KeyError, ValueError):
            self._complain("is a workout without times")
            return
        words = {
            "exercise_type": ACTIVITIES.get(activity, "other"),
            "exercise_name": spaced(activity) or "Workout",
        }
        source = clean(given.get("sourceName", "")) or TITLE
        told = {"duration_minutes": duration} | fields
        self._items.append(Logged("exercise", start, end, told, words, source, f"line {line}"))

    def _eaten(self, column: str, given: Attributes) -> None:
        if self._meal is not None:
            return
        source, told = given.get("sourceName", ""), given["startDate"]
        value, measure = _amount(given["value"], given.get("unit", ""), column)
        food = self._foods.get((source, told))
        if food is None:
            if len(self._foods) >= MOST_MEALS:
                raise UnreadableFileError("The file holds more meals than are taken.")
            food = self._foods[source, told] = _Food(self._clock.instant(told), source, {})
        before = food.fields.get(column)
        if before is not None and before[1] == measure:
            value += before[0]
        food.fields[column] = (value, measure)

    def _meals(self) -> Iterator[Logged]:
        for key, food in self._foods.items():
            name = clean(self._food_names.get(key, "")) or "Meal"
            hour = int(key[1][11:13])
            meal = next(meal for until, meal in MEALS if hour < until)
            words = {"food_name": name, "meal_type": meal}
            source = clean(food.source) or TITLE
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


class _Clock:
    """Reads times such as 2026-03-12 08:00:00 +0100; raises ValueError for what is none."""

    def __init__(self) -> None:
        self._days: dict[str, float] = {}

    def seconds(self, told: str) -> float:
        """Since 1970."""
        day = told[:10] + told[19:]
        if day not in self._days:
            if len(self._days) >= MOST_DAYS_KNOWN:
                self._days.clear()
            midnight = dt.datetime.strptime(day, "%Y-%m-%d %z")
            self._days[day] = (midnight - _EPOCH).total_seconds()
        time = dt.time.fromisoformat(told[11:19])
        if time.isoformat() != told[11:19]:  # "08:00+01" is one, too
            raise ValueError
        return self._days[day] + 3_600 * time.hour + 60 * time.minute + time.second

    def instant(self, told: str) -> dt.datetime:
        instant = dt.datetime.fromtimestamp(self.seconds(told), dt.UTC)
        if not _EARLIEST_YEAR <= instant.year <= _LATEST_YEAR:
            raise ValueError
        return instant


def _add_totals(given: Attributes, fields: dict[str, tuple[float, str]]) -> None:
    """Exports before iOS 16 tell totals with the workout itself."""
    for total, column in (("EnergyBurned", "calories_burned"), ("Distance", "distance_km")):
        if column not in fields and f"total{total}" in given:
            measure = given.get(f"total{total}Unit", "")
            fields[column] = _amount(given[f"total{total}"], measure, column)
    for column in [column for column, (value, _) in fields.items() if not value]:
        del fields[column]  # a zero is what was not measured


def _amount(told: str, told_unit: str, column: str) -> tuple[float, str]:
    """Raises ValueError for what is no number, or in a unit that a column cannot have."""
    value, ucum = float(told), unit(told_unit)
    if not isfinite(value) or convert(ucum, COLUMN_UNITS[column]) is None:
        raise ValueError
    return value, ucum


def _refuse(*_: object) -> None:
    raise UnreadableFileError("The file declares a document type where none belongs.")
