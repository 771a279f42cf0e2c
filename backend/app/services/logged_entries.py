"""What a file says that a person did or ate, as entries of the trackers.

Every entry passes its tracker's schema and `derive`, so that the rules are the API's.
"""

import datetime as dt
import json
from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from app.catalog import quantity
from app.errors import InvalidInputError
from app.importers.protocol import Logged, Problem
from app.importers.units import convert
from app.models import ENTRY_MODELS
from app.schemas.base import EntryIn
from app.schemas.body import BodyMetricsIn
from app.schemas.chronic import ChronicMetricsIn
from app.schemas.exercise import ExerciseEntryIn
from app.schemas.food import FoodEntryIn
from app.schemas.sleep import SleepEntryIn
from app.schemas.vitals import VitalSignsIn
from app.services.derivations import Columns, derive
from app.services.people import Person
from app.utils.enums import (
    ConditionType,
    ExerciseType,
    MealType,
    MeasurementContext,
    PartOfDay,
)
from app.utils.identifiers import uuid7
from app.utils.time import elapsed_hours, to_utc

SCHEMAS: Mapping[str, type[EntryIn]] = MappingProxyType(
    {
        "nutrition": FoodEntryIn,
        "sleep": SleepEntryIn,
        "exercise": ExerciseEntryIn,
        "vitals": VitalSignsIn,
        "body": BodyMetricsIn,
        "chronic": ChronicMetricsIn,
    }
)
# The hour from which on it is that part of a day, or that meal.
_PARTS = (
    (0, PartOfDay.NIGHT),
    (5, PartOfDay.MORNING),
    (12, PartOfDay.AFTERNOON),
    (17, PartOfDay.EVENING),
    (22, PartOfDay.NIGHT),
)
_MEALS = (
    (0, MealType.SNACK),
    (5, MealType.BREAKFAST),
    (11, MealType.LUNCH),
    (15, MealType.SNACK),
    (17, MealType.DINNER),
    (22, MealType.SNACK),
)


class Row(NamedTuple):
    """A tracker's entry but for `user_id` and `batch_id`."""

    tracker: str
    columns: Columns


def entry_of(logged: Logged, person: Person) -> Row | Problem:
    """The entry, or why there is none, in words that quote nothing of it."""
    tracker = logged.tracker
    if tracker not in ENTRY_MODELS:
        return Problem(logged.where, "there is no such tracker")
    try:
        given = _given(logged, person)
        columns = derive(tracker, SCHEMAS[tracker].model_validate(given).model_dump(), person)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return Problem(logged.where, _told(".".join(map(str, first["loc"])), first["msg"]))
    except InvalidInputError as error:
        loc, reason, *_ = error.errors[0]
        return Problem(logged.where, _told(".".join(map(str, loc[1:])), reason))
    return Row(tracker, {"id": uuid7(), "external_id": _name(logged)} | columns)


def part_of_day(hour: int) -> PartOfDay:
    return [part for start, part in _PARTS if hour >= start][-1]


def _given(logged: Logged, person: Person) -> dict[str, object]:
    given: dict[str, object] = dict(logged.words) | {
        column: _number(logged.tracker, column, value, unit)
        for column, (value, unit) in logged.fields.items()
    }
    return _usual(logged, person) | given


def _number(tracker: str, column: str, value: float, unit: str) -> float | int:
    try:
        row = quantity(tracker, column)
    except KeyError:
        raise InvalidInputError.at(("body", column), "is no column of this tracker") from None
    way = convert(unit, row.unit)
    if unit != row.unit and way is None:
        raise InvalidInputError.at(("body", column), f"cannot be told in {row.unit}")
    converted = value if way is None else way.of(value)
    return round(converted) if row.integer and abs(converted) < 1e9 else float(converted)


def _usual(logged: Logged, person: Person) -> dict[str, object]:
    """What follows from when it was."""
    hour = to_utc(logged.start, person.zone).astimezone(person.zone).hour
    at: dict[str, object] = {"occurred_at": logged.start}
    match logged.tracker:
        case "sleep":
            ends: dict[str, object] = {"bedtime": logged.start, "wake_time": logged.end}
            return {name: value for name, value in ends.items() if logged.end is not None}
        case "exercise":
            return {**at, **_length(logged), "exercise_type": ExerciseType.OTHER}
        case "vitals":
            return at | {"time_of_day": part_of_day(hour)}
        case "nutrition":
            meal = [meal for start, meal in _MEALS if hour >= start][-1]
            return at | {"meal_type": meal, "food_name": "Meal (imported)"}
        case "chronic":
            return at | {
                "time_of_day": MeasurementContext.OTHER,
                "condition_type": ConditionType.OTHER,
            }
    return at


def _length(logged: Logged) -> Mapping[str, object]:
    if logged.end is None:
        return {}
    return {"duration_minutes": round(60 * elapsed_hours(logged.start, logged.end))}


def _name(logged: Logged) -> str:
    """By which the same record is known again: its own name, or all that it says."""
    told: object = logged.origin
    if logged.origin is None:
        end = None if logged.end is None else logged.end.astimezone(dt.UTC).isoformat()
        start = logged.start.astimezone(dt.UTC).isoformat()
        told = [start, end, sorted(logged.fields.items()), sorted(logged.words.items())]
    said = json.dumps([logged.tracker, logged.source, told]).encode()
    return f"file/{logged.tracker}/{blake2b(said, digest_size=16).hexdigest()}"


def _told(field: str, reason: str) -> str:
    reason = reason.removeprefix("Value error, ")
    return f"{field}: {reason}" if field else reason
