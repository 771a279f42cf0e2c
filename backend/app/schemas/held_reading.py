"""Readings that are held back, and the answers about them."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.schemas.base import Name, ReadSchema, Schema

_GROUP: dict[str, Any] = {
    "id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77",
    "batch_id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a78",
    "file": "glucose.csv",
    "kind": "glucose",
    "source": "Meter",
    "unit": "mg/dL",
    "stored_unit": "mg/dL",
    "reason": "implausible",
    "count": 12,
    "guess": "mmol/L",
    "units": ["g/L", "mmol/L", "umol/L"],
    "low": 10,
    "high": 1000,
    "answer": None,
    "stored": 0,
    "answered_at": None,
    "created_at": "2026-03-12T08:00:00Z",
    "examples": [{"at": "2026-03-11T08:00:00Z", "value": 5.5}],
}


class HeldReading(ReadSchema):
    at: dt.datetime
    value: float


class HeldReadingsOut(ReadSchema):
    """Readings of one kind, source and unit that came with a file and cannot be what they say.
    `guess` is the unit in which they would make sense, `units` are all in which they could be.
    `answer` is null while they wait: else `accept` (as they stand), `leave` (out), or the unit;
    `stored` of them have become readings, those whose value can be. `low` and `high` are what can
    be, in `stored_unit`."""

    model_config = ConfigDict(json_schema_extra={"example": _GROUP})

    id: UUID
    batch_id: UUID
    file: str
    kind: str
    source: str
    unit: str
    stored_unit: str
    reason: str
    count: int
    guess: str | None
    units: list[str]
    low: float
    high: float
    answer: str | None
    stored: int
    answered_at: dt.datetime | None
    created_at: dt.datetime
    examples: list[HeldReading]


class HeldListOut(ReadSchema):
    """Those that wait first, then those that are answered for; newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_GROUP]}})

    items: list[HeldReadingsOut]


class HeldAnswerIn(Schema):
    """`accept`, `leave`, or a unit (UCUM)."""

    model_config = ConfigDict(json_schema_extra={"example": {"answer": "accept"}})

    answer: Annotated[Name, Field(max_length=40)]
