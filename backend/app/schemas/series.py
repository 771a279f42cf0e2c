"""Metrics as series of days, in columns."""

import datetime as dt
from typing import Any

from pydantic import ConfigDict, Field

from app.schemas.base import ReadSchema

_EXAMPLE: dict[str, Any] = {
    "first": "2026-03-08",
    "last": "2026-03-12",
    "usual_days": 30,
    "series": [
        {
            "key": "weight",
            "unit": "kg",
            "decimals": 1,
            "values": [72.4, None, 72.1, 72.6, None],
            "usual": {
                "low": [71.6, 71.6, 71.7, 71.7, 71.7],
                "median": [72.3, 72.3, 72.3, 72.3, 72.3],
                "high": [73.0, 73.0, 73.0, 72.9, 72.9],
            },
        }
    ],
}


class UsualSeries(ReadSchema):
    """What was usual on each day: the median, and the range that held the middle 80 %, of the
    `usual_days` days before it. Null while it was still being learned."""

    low: list[float | None]
    median: list[float | None]
    high: list[float | None]


class SeriesOfMetric(ReadSchema):
    """One metric: a value for each day from `first` on, null where nothing was logged, rounded to
    `decimals`."""

    key: str
    unit: str
    decimals: int
    values: list[float | None]
    usual: UsualSeries | None = Field(description="Null where it was not asked for.")


class SeriesOut(ReadSchema):
    """The days from `first` to `last`, both included; all lists are as long as that."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    first: dt.date
    last: dt.date
    usual_days: int
    series: list[SeriesOfMetric]
