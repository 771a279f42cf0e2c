"""What the server works out for an entry before it is stored."""

import datetime as dt
from collections.abc import Callable, Mapping

from app.catalog import quantity
from app.errors import InvalidInputError
from app.services.people import Person
from app.utils.time import elapsed_hours, local_day, to_utc

Columns = dict[str, object]


def derive(tracker: str, given: Mapping[str, object], person: Person) -> Columns:
    """The entry's columns from what the user gave. Raises InvalidInputError naming the field."""
    return _RULES.get(tracker, _timed)(dict(given), person)


def _timed(columns: Columns, person: Person) -> Columns:
    """The date is that of the instant in the person's zone, or today."""
    instant = columns.get("occurred_at")
    if isinstance(instant, dt.datetime):
        columns["occurred_at"] = to_utc(instant, person.zone)
    if columns.get("date") is None:
        columns["date"] = (
            local_day(to_utc(instant, person.zone), person.zone)
            if isinstance(instant, dt.datetime)
            else person.today()
        )
    return columns


def _body(columns: Columns, person: Person) -> Columns:
    """BMI (kg/m2) from the height on file now; unknown without one."""
    weight, low_high = columns.get("weight_kg"), quantity("body", "bmi").plausible
    if isinstance(weight, int | float) and person.height_cm is not None:
        bmi = round(weight / (person.height_cm / 100) ** 2, 1)
        if bmi not in low_high:
            raise InvalidInputError.at(
                ("body", "weight_kg"),
                "does not fit the height on file; check both",
                code="weight-and-height",
            )
        columns["bmi"] = bmi
    return _timed(columns, person)


def _night(columns: Columns, person: Person) -> Columns:
    """Duration is the time elapsed; the date is the morning in the person's zone."""
    bedtime, wake_time = columns.get("bedtime"), columns.get("wake_time")
    if not (isinstance(bedtime, dt.datetime) and isinstance(wake_time, dt.datetime)):
        columns["date"] = columns.get("date") or person.today()
        return columns
    start, end = to_utc(bedtime, person.zone), to_utc(wake_time, person.zone)
    hours = elapsed_hours(start, end)
    if not 0 < hours <= quantity("sleep", "duration_hours").plausible.high:
        raise InvalidInputError.at(
            ("body", "wake_time"),
            "must follow the bedtime by no more than 24 hours",
            code="wake-time",
        )
    morning = local_day(end, person.zone)
    given = columns.get("date")
    if isinstance(given, dt.date) and abs((given - morning).days) > 1:
        raise InvalidInputError.at(
            ("body", "date"), "must be the morning of the wake time", code="not-that-morning"
        )
    return columns | {
        "bedtime": start,
        "wake_time": end,
        "duration_hours": round(hours, 4),
        "date": given or morning,
    }


_RULES: Mapping[str, Callable[[Columns, Person], Columns]] = {"sleep": _night, "body": _body}
