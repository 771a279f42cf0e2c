"""Nights."""

import datetime as dt
from typing import Annotated, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import DayOf, EntryIn, EntryOut, Instant, Prose, bounds


class SleepEntryIn(EntryIn):
    """Bedtime and wake time, from which the duration follows; or the duration alone.

    Times without an offset are read in the user's time zone: one that the clocks skipped as if
    they had not been changed, one that they showed twice as the first. The duration is the time
    that passed. The date is the morning, by default that of the wake time.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "bedtime": "2026-03-11T23:10:00",
                "wake_time": "2026-03-12T06:50:00",
                "quality_score": 81,
                "deep_sleep_minutes": 84,
                "rem_sleep_minutes": 101,
                "awakenings": 2,
            }
        }
    )

    date: DayOf | None = None
    bedtime: Instant | None = None
    wake_time: Instant | None = None
    duration_hours: Annotated[float | None, bounds("sleep", "duration_hours")] = None
    quality_score: Annotated[int | None, bounds("sleep", "quality_score")] = None
    deep_sleep_minutes: Annotated[int | None, bounds("sleep", "deep_sleep_minutes")] = None
    rem_sleep_minutes: Annotated[int | None, bounds("sleep", "rem_sleep_minutes")] = None
    awakenings: Annotated[int | None, bounds("sleep", "awakenings")] = None
    notes: Prose | None = None

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if (self.bedtime is None) != (self.wake_time is None):
            raise PydanticCustomError("one-end", "give both bedtime and wake_time, or neither")
        if (self.bedtime is None) == (self.duration_hours is None):
            raise PydanticCustomError(
                "times-or-duration", "give bedtime and wake_time, or duration_hours alone"
            )
        return self


class SleepEntryOut(EntryOut):
    bedtime: dt.datetime | None
    wake_time: dt.datetime | None
    duration_hours: float
    quality_score: int | None
    deep_sleep_minutes: int | None
    rem_sleep_minutes: int | None
    awakenings: int | None
    notes: str | None
