"""Batches: invented and imported entries."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.schemas.base import ReadSchema, Schema
from app.utils.enums import BatchKind


class InventIn(Schema):
    """Which person to invent; the same figures give the same person."""

    model_config = ConfigDict(json_schema_extra={"example": {"days": 90, "seed": 7}})

    days: int = Field(
        90, ge=1, le=1_100, strict=True, description="Days up to and including today."
    )
    seed: int = Field(7, ge=0, le=2**31 - 1, strict=True)
    anomalies: bool = Field(True, strict=True, description="Whether strange days are injected.")
    conditions: list[Literal["diabetes", "hypertension", "heart"]] = Field(
        default_factory=list, max_length=3, description="Conditions that the person lives with."
    )


class InjectedOut(ReadSchema):
    """What was made strange: `size` is the peak in the person's own standard deviations."""

    kind: str
    metrics: list[str]
    start: dt.date
    end: dt.date
    size: float


class InventedDetails(ReadSchema):
    seed: int
    days: int
    entries: dict[str, int]
    truth: list[InjectedOut]


class InventedOut(ReadSchema):
    """`DELETE /api/batches/{id}` removes all of it again."""

    id: UUID
    created_at: dt.datetime
    details: InventedDetails


class BatchOut(ReadSchema):
    """Entries that were written together."""

    id: UUID
    kind: BatchKind
    label: str
    created_at: dt.datetime
    details: dict[str, Any]


class BatchesOut(ReadSchema):
    items: list[BatchOut]
