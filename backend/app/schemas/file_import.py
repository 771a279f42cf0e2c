"""Files that people bring, and what is found in them."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.schemas.auth import TimeZone
from app.schemas.base import Name, Prose, ReadSchema, Schema
from app.utils.enums import ImportStatus

Choice = Annotated[bool, Field(strict=True)]
Short = Annotated[Name, Field(max_length=40)]
Encoding = Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,40}$")]


class ImportOptions(Schema):
    """What the file does not say by itself. What is left out is found out, and asked about where
    that is unsure. `zone` (yours by default) is for times without one; `units` and `mapping` go by
    the file's own column names. What you answered about a table of the same header before holds for
    what you leave out, unless `template` is false."""

    model_config = ConfigDict(json_schema_extra={"example": {"zone": "Europe/Berlin"}})

    zone: TimeZone | None = None
    day_first: Choice | None = None
    decimal_comma: Choice | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1, pattern="^[,;\t|]$")] | None = None
    encoding: Encoding | None = None
    units: Annotated[dict[Name, Short], Field(max_length=200)] | None = None
    mapping: Annotated[dict[Name, Name], Field(max_length=200)] | None = None
    template: Choice | None = None


class ImportIn(Schema):
    """A file to come: what it is called, and how many bytes it has. Its content says what it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "export.zip",
                "bytes": 152_034_112,
                "options": {"zone": "Europe/Berlin"},
            }
        }
    )

    name: Name
    bytes: Annotated[int, Field(ge=1, le=2**40, strict=True)]
    options: ImportOptions = Field(default_factory=ImportOptions)


class CommitIn(Schema):
    """What to do with readings that cannot be what they say, by `group`: `accept` them as they
    stand, `leave` them, or the unit (UCUM) that they are in. Those of other groups stay held back
    until you answer for them (`PUT /api/readings/held/{held_id}/answer`)."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"answers": {"glucose|mg/dL|Meter": "mmol/L"}}}
    )

    answers: Annotated[dict[Prose, Short], Field(max_length=1_000)] = Field(default_factory=dict)


class FormatOut(ReadSchema):
    key: str
    title: str


class FoundReadings(ReadSchema):
    """Readings of one kind, source and unit. `repeated` are copies within the file,
    `already_there` are stored already; neither is stored again. `low` and `high` are in
    `stored_unit`."""

    kind: str
    source: str
    unit: str
    stored_unit: str
    readings: int
    repeated: int
    already_there: int
    first: dt.datetime
    last: dt.datetime
    low: float
    high: float


class FoundEntries(ReadSchema):
    tracker: str
    entries: int
    already_there: int


class HeldExample(ReadSchema):
    at: dt.datetime
    value: float


class HeldOut(ReadSchema):
    """Readings that are held back: the value is outside what can be, or its unit is not known.
    `guess` is the unit in which they would make sense. `whole`: so many of the strand make no sense
    that all of it is held back."""

    group: str
    kind: str
    source: str
    unit: str
    stored_unit: str
    reason: str
    count: int
    guess: str | None
    whole: bool
    low: float
    high: float
    examples: list[HeldExample]


class ProblemOut(ReadSchema):
    where: str
    reason: str


class ProblemsOut(ReadSchema):
    """All of them are counted, the first are shown."""

    count: int
    shown: list[ProblemOut]


class QuestionOut(ReadSchema):
    """What the file leaves open: what was assumed, and the option to set where that is wrong."""

    option: str
    assumed: str
    choices: list[str]
    reason: str


class TemplateUsed(ReadSchema):
    """What was answered about the header earlier, and is applied here."""

    id: UUID
    name: str


class PreviewOut(ReadSchema):
    """What a worker found; nothing of it is stored yet."""

    format: FormatOut
    zone: str
    first: dt.datetime | None
    last: dt.datetime | None
    readings: list[FoundReadings]
    entries: list[FoundEntries]
    held: list[HeldOut]
    problems: ProblemsOut
    questions: list[QuestionOut]
    template: TemplateUsed | None = None


class ImportResult(ReadSchema):
    """What was stored: new readings, new entries by tracker, days whose entries were worked out
    from readings, and what detection found on them. `held` are new readings that wait for your
    answer (`GET /api/readings/held`), `left_out` those that you did not want or were asked about
    before."""

    readings: int
    already_there: int
    entries: dict[str, int]
    derived: dict[str, int]
    held: int
    left_out: int = 0
    found: int


_ID = "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77"


class ImportOut(ReadSchema):
    """`receiving` until all bytes are there, `reading` while a worker looks at them, `ready` once
    there is a preview, `committing` while it is stored, and then `committed`; or `failed`, whose
    `problem` says why, or `cancelled`. `progress` runs from 0 to 1."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID,
                "name": "export.zip",
                "bytes": 152_034_112,
                "received": 5_000_000,
                "status": "receiving",
                "progress": 0,
                "options": {},
                "preview": None,
                "result": None,
                "problem": None,
                "batch_id": None,
                "created_at": "2026-03-12T08:00:00Z",
                "finished_at": None,
            }
        }
    )

    id: UUID
    name: str
    bytes: int
    received: int
    status: ImportStatus
    progress: float
    options: dict[str, Any]
    preview: PreviewOut | None
    result: ImportResult | None
    problem: str | None
    batch_id: UUID | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class ImportsOut(ReadSchema):
    """Newest first."""

    items: list[ImportOut]
