"""Work that a worker does for a person, and the order for it."""

import datetime as dt
import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.catalog import CATALOGUE
from app.schemas.base import Name, ReadSchema, Schema, Table
from app.utils.enums import ConditionType, JobKind, JobStatus

_CELLS = re.compile("[,;\t]")
_DATES = ("date", "day")


def _a_table_of_days(value: str) -> str:
    header, _, days = value.removeprefix("\ufeff").partition("\n")
    names = {cell.strip(' "\r').lower() for cell in _CELLS.split(header)}
    if not days or names.isdisjoint(_DATES):
        raise PydanticCustomError(
            "no-table", "begins with a line of column names, `date` among them, then a line a day"
        )
    return value


def _a_metric_or_none(value: str) -> str:
    if value != "-" and value not in CATALOGUE:
        raise ValueError("must be the key of a metric, or - to leave the column out")
    return value


DayTable = Annotated[Table, AfterValidator(_a_table_of_days)]
Target = Annotated[str, AfterValidator(_a_metric_or_none)]
Choice = Annotated[bool, Field(strict=True)]


class DaysImportIn(Schema):
    """A table of days as text: comma, semicolon or tab separated, a `date` column, other columns
    named by metrics. `mapping` names columns anew, or leaves one out by `-`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "table": "date,resting_hr,sleep_hours\n2026-03-11,58,7.5\n2026-03-12,57,7.1\n",
                "label": "watch.csv",
            }
        }
    )

    table: DayTable
    label: Name = "days.csv"
    mapping: Annotated[dict[Name, Target], Field(default_factory=dict, max_length=200)]
    condition: ConditionType | None = None
    zero_is_unknown: Choice = False
    skip_rejected: Choice = False


class JobOut(ReadSchema):
    """`result` counts what was done once the job is done; `problem` says why it failed."""

    id: UUID
    kind: JobKind
    status: JobStatus
    created_at: dt.datetime
    finished_at: dt.datetime | None
    result: dict[str, Any] | None
    problem: str | None


class JobsOut(ReadSchema):
    """Newest first."""

    items: list[JobOut]
