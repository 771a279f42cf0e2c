"""Readings, in columns."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.schemas.base import Name, ReadSchema, Schema

_PAGE: dict[str, Any] = {
    "kind": "glucose",
    "unit": "mg/dL",
    "series": [{"source": "Sensor", "unit": "mmol/L"}],
    "of": [0, 0],
    "at": [1_773_302_700_000, 1_773_302_400_000],
    "until": [None, None],
    "value": [99.0858, 102.68892],
    "original": [5.5, 5.7],
    "censor": [0, 0],
    "next": None,
}


class SeriesOfReadings(ReadSchema):
    """Where readings come from, and the unit (UCUM) that they came in."""

    source: str
    unit: str


class ReadingsOut(ReadSchema):
    """Readings of one kind, newest first, in columns that are equally long. `of` is the place in
    `series`; times are milliseconds since 1970; `until` is null for an instant; `original` is the
    value in the unit of its series where that is not `unit`; `censor` is -1 where the device only
    says that the value is lower, 1 where it is higher."""

    model_config = ConfigDict(json_schema_extra={"example": _PAGE})

    kind: str
    unit: str
    series: list[SeriesOfReadings]
    of: list[int]
    at: list[int]
    until: list[int | None]
    value: list[float]
    original: list[float | None]
    censor: list[int]
    next: str | None


class ReadingDays(ReadSchema):
    """What days come to, in columns: a sum or a mean, the lowest and highest single value, and how
    many readings count and are suppressed, wholly or in part, because a source that goes first
    covers the same time. What lies beyond a device's limit counts at the limit."""

    kind: str
    unit: str
    aggregation: Literal["sum", "mean"]
    days: list[dt.date]
    values: list[float | None]
    low: list[float | None]
    high: list[float | None]
    counted: list[int]
    suppressed: list[int]


class WeighedReading(ReadSchema):
    """`part` is how much of it counts: 1 all, 0 nothing, since another source covers its time."""

    at: dt.datetime
    until: dt.datetime | None
    value: float
    source: str
    part: float
    censor: Literal["<", ">"] | None


class ReadingDay(ReadSchema):
    """A day's value, opened."""

    kind: str
    unit: str
    aggregation: Literal["sum", "mean"]
    day: dt.date
    value: float | None
    low: float | None
    high: float | None
    counted: int
    suppressed: int
    readings: list[WeighedReading]


class KindOfReadings(ReadSchema):
    """A kind of readings, and the sources that you have some from."""

    kind: str
    unit: str
    sources: list[str]


class SourcesOut(ReadSchema):
    """`order` is what counts: sources that go first, first. `chosen` is what you have said about
    it; the rest follows as is sensible: what is worn, then others, then phones."""

    order: list[str]
    chosen: list[str]
    kinds: list[KindOfReadings]


class SourcesIn(Schema):
    """The names of sources in your order, as `["Apple Watch", "iPhone"]`. Those that you leave out
    follow as is sensible; an empty list leaves it at that."""

    model_config = ConfigDict(json_schema_extra={"example": {"order": []}})

    order: Annotated[list[Name], Field(max_length=200)]
