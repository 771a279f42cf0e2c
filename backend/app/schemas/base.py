"""What all bodies share: nothing unknown, nothing infinite, nothing that text columns refuse."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from app.catalog import quantity
from app.errors import FieldError

EARLIEST_DAY = dt.date(1900, 1, 1)
LATEST_DAY = dt.date(2100, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST_INSTANT = dt.datetime(1900, 1, 2, tzinfo=dt.UTC)
_LATEST_INSTANT = dt.datetime(2100, 12, 30, tzinfo=dt.UTC)


class Schema(BaseModel):
    """A body that the API takes."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, hide_input_in_errors=True
    )


class ReadSchema(BaseModel):
    """A body that the API gives."""

    model_config = ConfigDict(from_attributes=True)


def _storable(value: str) -> str:
    if "\0" in value or (not value.isprintable() and any(map(_unstorable, value))):
        raise PydanticCustomError("unstorable", "contains characters that cannot be stored")
    return value


def _unstorable(character: str) -> bool:
    return "\ud800" <= character <= "\udfff" or (character < " " and character not in "\t\n\r")


def _written_out(value: object) -> object:
    """Pydantic also reads seconds since 1970; a day is written as one."""
    if isinstance(value, dt.date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("no-day", "write the day as YYYY-MM-DD")


def _spelled_out(value: object) -> object:
    """Pydantic would read numbers, and strings of digits, as Unix time."""
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value[1:]):
        raise PydanticCustomError("no-instant", "must be written out, as 2026-03-12T08:00:00Z")
    return value


def _within_reach(value: dt.datetime) -> dt.datetime:
    aware = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
    try:
        reachable = _EARLIEST_INSTANT <= aware <= _LATEST_INSTANT
    except OverflowError:
        reachable = False
    if not reachable:
        raise PydanticCustomError("out-of-reach", "must lie in the years 1900 to 2100")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Prose = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(_storable)]
Table = Annotated[str, Field(min_length=1, max_length=5_000_000), AfterValidator(_storable)]
DayOf = Annotated[dt.date, BeforeValidator(_written_out), Field(ge=EARLIEST_DAY, le=LATEST_DAY)]
Instant = Annotated[dt.datetime, BeforeValidator(_spelled_out), AfterValidator(_within_reach)]


def bounds(tracker: str, column: str) -> FieldInfo:
    """The catalogue's plausible range of a column, as a field's rule."""
    row = quantity(tracker, column)
    info: FieldInfo = Field(
        ge=row.plausible.low,
        le=row.plausible.high,
        strict=True,
        json_schema_extra={"unit": row.unit},
    )
    return info


class EntryIn(Schema):
    """An entry says at least one of the things in `says`."""

    says: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.says and all(getattr(self, name) is None for name in self.says):
            names = {"names": ", ".join(self.says)}
            raise PydanticCustomError("says-nothing", "give at least one of {names}", names)
        return self


class TimedIn(EntryIn):
    """`occurred_at` without an offset is read in the user's time zone. Without a date the entry
    belongs to the day of `occurred_at`, or to today."""

    date: DayOf | None = None
    occurred_at: Instant | None = None


class EntryOut(ReadSchema):
    """What the server adds to an entry."""

    id: UUID
    date: dt.date
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    batch_id: UUID | None


ItemT = TypeVar("ItemT")


class PageOut(ReadSchema, Generic[ItemT]):
    """Newest first. `next` is the cursor of the following page, null on the last."""

    items: list[ItemT]
    next: str | None


class Rejected(BaseModel):
    """A bulk item that does not fit, with what is wrong with it."""

    errors: list[FieldError]


def _keep_errors(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError as error:
        return Rejected(errors=[misfit(e) for e in error.errors()])


_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length")


def misfit(told: Mapping[str, Any], *place: str) -> FieldError:
    """What pydantic says is wrong, at the place that it lies in. Of its context limits alone are
    handed on: the rest may quote what was given."""
    context = told.get("ctx", {})
    figures = [context[name] for name in _LIMITS if isinstance(context.get(name), int | float)]
    code = told["type"].replace("_", "-")
    return FieldError((*place, *told["loc"]), told["msg"], code, next(iter(figures), None))


# An item that does not fit is handed on as Rejected, so that the others are not lost with it.
Tolerant = Annotated[ItemT, WrapValidator(_keep_errors)]
Bulk = Annotated[list[Tolerant[ItemT]], Field(min_length=1, max_length=10_000)]


class FieldErrorOut(ReadSchema):
    """`code` stands for the kind of fault; `limit` is the figure that was passed, if any."""

    loc: list[str | int]
    msg: str
    code: str
    limit: float | None


class BulkItemOut(ReadSchema):
    """`status` is what posting the item alone would have answered."""

    index: int
    status: int
    id: UUID | None
    errors: list[FieldErrorOut]


class BulkOut(ReadSchema):
    created: int
    rejected: int
    results: list[BulkItemOut]

    @classmethod
    def of(cls, items: Sequence[object]) -> Self:
        """From what became of each item."""
        results = [BulkItemOut.model_validate(item) for item in items]
        created = sum(result.status == 201 for result in results)
        return cls(created=created, rejected=len(results) - created, results=results)


class Problem(ReadSchema):
    """An error (RFC 9457). `detail` says what to do, `code` which refusal it is, whatever the
    words; the input is never repeated."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Invalid input",
                "status": 422,
                "detail": "1 part of the request does not fit.",
                "code": "invalid-input",
                "errors": [
                    {
                        "loc": ["body", "weight_kg"],
                        "msg": "Input should be less than or equal to 650",
                        "code": "less-than-equal",
                        "limit": 650,
                    }
                ],
                "request_id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77",
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldErrorOut]
    request_id: str
