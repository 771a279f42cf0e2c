"""Tagged stretches of days."""

import datetime as dt
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import DayOf, Prose, ReadSchema, Schema
from app.utils.enums import TagKind

LONGEST_DAYS = 366


class TagIn(Schema):
    """A stretch of days, both ends included: at most a year."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "illness",
                "first": "2026-03-10",
                "last": "2026-03-14",
                "note": "Flu",
            }
        }
    )

    kind: TagKind
    first: DayOf
    last: DayOf
    note: Prose | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise PydanticCustomError(
                "tag-length", "must last from 1 to {most} days", {"most": LONGEST_DAYS}
            )
        return self


class CoveringTagOut(ReadSchema):
    """A tag that covers the day of a finding."""

    id: UUID
    kind: TagKind
    first: dt.date
    last: dt.date
    note: str | None


class TagOut(CoveringTagOut):
    """Days tagged as illness or travel are tested like others, but what is usual for you is not
    learned from them."""

    created_at: dt.datetime
    updated_at: dt.datetime
