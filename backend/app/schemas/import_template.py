"""What was answered about a header once, and is applied by itself from then on."""

import datetime as dt
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from app.schemas.base import Name, ReadSchema, Schema

_TEMPLATE: dict[str, Any] = {
    "id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77",
    "name": "scales.csv",
    "options": {"day_first": True, "units": {"Weight": "kg"}},
    "created_at": "2026-03-12T08:00:00Z",
    "updated_at": "2026-03-12T08:00:00Z",
}


class ImportTemplateOut(ReadSchema):
    """`options` are those of an import; they hold for tables with the same first line. The name is
    that of the first such file until you give it another."""

    model_config = ConfigDict(json_schema_extra={"example": _TEMPLATE})

    id: UUID
    name: str
    options: dict[str, Any]
    created_at: dt.datetime
    updated_at: dt.datetime


class ImportTemplatesOut(ReadSchema):
    """Those that were made or changed last, first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_TEMPLATE]}})

    items: list[ImportTemplateOut]


class ImportTemplateIn(Schema):
    """A name of your own."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Bathroom scales"}})

    name: Name
