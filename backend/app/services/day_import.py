"""One person's daily table (CSV) as entries of the six trackers, and their storage.

Every entry passes its tracker's schema and `derive`, so that the rules are the API's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE, TRACKERS, Catalogue, tracker
from app.errors import FieldError, InvalidInputError
from app.models import ENTRY_MODELS, Batch
from app.schemas.base import EntryIn, misfit
from app.schemas.body import BodyMetricsIn
from app.schemas.chronic import ChronicMetricsIn
from app.schemas.exercise import ExerciseEntryIn
from app.schemas.food import FoodEntryIn
from app.schemas.sleep import SleepEntryIn
from app.schemas.vitals import VitalSignsIn
from app.services.bulk_load import load
from app.services.day_table import Day, Reading, RejectedRow, read_days
from app.services.derivations import Columns, derive
from app.services.entries import table_of
from app.services.people import Person
from app.utils.enums import (
    BatchKind,
    ConditionType,
    ExerciseType,
    MealType,
    MeasurementContext,
    PartOfDay,
)
from app.utils.identifiers import uuid7

__all__ = ["DayPlan", "ImportReport", "RejectedRow", "import_plan", "plan_days"]

_TOTAL = "Day's total (imported)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What an entry says that a table of days does not, and the column it cannot do without."""

    schema: type[EntryIn]
    fixed: Mapping[str, object] = field(default_factory=dict)
    needs: str | None = None
    has_condition: bool = False


_FORMS: Mapping[str, _Form] = {
    # A day's total has no meal, but a meal is asked for.
    "nutrition": _Form(
        schema=FoodEntryIn, fixed={"food_name": _TOTAL, "meal_type": MealType.SNACK}
    ),
    "sleep": _Form(schema=SleepEntryIn, needs="duration_hours"),
    "exercise": _Form(
        schema=ExerciseEntryIn,
        fixed={"exercise_type": ExerciseType.OTHER, "exercise_name": _TOTAL},
        needs="duration_minutes",
    ),
    "vitals": _Form(schema=VitalSignsIn, fixed={"time_of_day": PartOfDay.MORNING}),
    "body": _Form(schema=BodyMetricsIn),
    "chronic": _Form(
        schema=ChronicMetricsIn,
        fixed={"time_of_day": MeasurementContext.OTHER},
        has_condition=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """What a file would write; nothing is stored yet.

    `rows` holds by tracker the columns of its entries but for `user_id` and `batch_id`; `ignored`
    says why a column of the file is not imported. `first`, `last` and `days` are of the days that
    have an entry.
    """

    rows: Mapping[str, tuple[Columns, ...]]
    rejected: tuple[RejectedRow, ...]
    ignored: Mapping[str, str]
    first: date | None
    last: date | None
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was stored, by tracker; `batch_id` is None where all of it was already there."""

    batch_id: UUID | None
    stored: Mapping[str, int]
    already_there: int
    first: date | None
    last: date | None
    days: int


class _Draft(NamedTuple):
    """The readings of a day that become one entry; `slot` is its part in the entry's name."""

    tracker: str
    slot: str
    nth: int
    where: Mapping[str, str]
    readings: list[Reading]


def _unwatched(_: int) -> None:
    """Nobody follows the reading."""


def plan_days(
    lines: Iterable[str],
    *,
    person: Person,
    catalogue: Catalogue = CATALOGUE,
    mapping: Mapping[str, str] = {},
    condition: ConditionType | None = None,
    zero_is_unknown: bool = False,
    on_row: Callable[[int], None] = _unwatched,
) -> DayPlan:
    """The entries that a table with a line a day comes to.

    `mapping` leads from a column of the file to a metric's key, or to "-" to leave it out. Columns
    that share a key are readings of their own. Where a day has readings at a certain time, such as
    fasting glucose, its general value (the day's mean) is left out, since it was made of them and
    would count them twice.

    `condition` is what chronic readings belong to. Without it they are diabetes where the file has
    any insulin, heart on days with nothing but lipids, and other elsewhere. With
    `zero_is_unknown` a 0 is not known where the metric cannot be zero.

    `on_row` is told the number of each line read. Raises InvalidInputError for a file or a mapping
    that cannot be used at all.
    """
    table = read_days(
        lines,
        today=person.today(),
        catalogue=catalogue,
        mapping=mapping,
        zero_is_unknown=zero_is_unknown,
        on_row=on_row,
    )
    on_insulin = any(_is_insulin(reading) for day in table.days for reading in day.readings)
    rows: dict[str, list[Columns]] = {row.key: [] for row in TRACKERS}
    rejected = list(table.rejected)
    dates: list[date] = []
    for day in table.days:
        about = condition or _condition(day, on_insulin=on_insulin)
        try:
            drafts, incomplete = _complete(day, catalogue)
            written = [(draft.tracker, _row(draft, day, about, person)) for draft in drafts]
        except InvalidInputError as error:
            rejected.append(RejectedRow.of(day.line, error))
            continue
        rejected += incomplete
        dates += [day.date] * bool(written)
        for key, columns in written:
            rows[key].append(columns)
    return DayPlan(
        rows={key: tuple(entries) for key, entries in rows.items() if entries},
        rejected=tuple(sorted(rejected, key=lambda row: row.line)),
        ignored=table.ignored,
        first=min(dates, default=None),
        last=max(dates, default=None),
        days=len(dates),
    )


def _is_insulin(reading: Reading) -> bool:
    return reading.column.metric.family == "insulin" and reading.value != 0


def _condition(day: Day, *, on_insulin: bool) -> ConditionType:
    if on_insulin:
        return ConditionType.DIABETES
    families = {
        reading.column.metric.family
        for reading in day.readings
        if _FORMS[reading.column.source.tracker].has_condition
    }
    return ConditionType.HEART if families == {"lipids"} else ConditionType.OTHER


def _complete(day: Day, catalogue: Catalogue) -> tuple[list[_Draft], list[RejectedRow]]:
    """The drafts that can become an entry, and those that lack what their tracker needs."""
    complete: list[_Draft] = []
    rejected: list[RejectedRow] = []
    for draft in _drafts(day.readings):
        needs = _FORMS[draft.tracker].needs
        if needs is None or any(r.column.source.column == needs for r in draft.readings):
            complete.append(draft)
        else:
            keys = {(s.tracker, s.column): m.key for m, s in reversed(catalogue.columns())}
            key = keys.get((draft.tracker, needs), needs)
            reason = f"{tracker(draft.tracker).label} needs {key}: this part of the day is left out"
            rejected.append(RejectedRow(line=day.line, column=None, reason=reason))
    return complete, rejected


def _drafts(readings: Sequence[Reading]) -> Iterator[_Draft]:
    """One a tracker, slot and number. The number is that of the column, not of the reading, so
    that an entry keeps its name when an empty cell is filled in later."""
    drafts: dict[tuple[str, str, int], _Draft] = {}
    for reading in _without_summaries(readings):
        source, nth = reading.column.source, reading.column.nth
        fixed = _FORMS[source.tracker].fixed
        slot = "+".join(source.where.values()) or str(fixed.get("time_of_day", "day"))
        draft = _Draft(source.tracker, slot, nth, source.where, [])
        drafts.setdefault((source.tracker, slot, nth), draft).readings.append(reading)
    return iter(drafts.values())


def _without_summaries(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Without the general value of a column that has readings at a certain time."""
    sources = [reading.column.source for reading in readings]
    at_a_time = {(source.tracker, source.column) for source in sources if source.where}
    return (
        reading
        for reading, source in zip(readings, sources, strict=True)
        if source.where or (source.tracker, source.column) not in at_a_time
    )


def _row(draft: _Draft, day: Day, condition: ConditionType, person: Person) -> Columns:
    """Raises InvalidInputError, located at the file's column, for what the API would refuse."""
    form = _FORMS[draft.tracker]
    given = {
        **form.fixed,
        **({"condition_type": condition} if form.has_condition else {}),
        **draft.where,
        **{reading.column.source.column: reading.value for reading in draft.readings},
        "date": day.date,
    }
    try:
        columns = derive(draft.tracker, form.schema.model_validate(given).model_dump(), person)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _located(draft, misfit(first)) from None
    except InvalidInputError as error:
        raise _located(draft, error.errors[0]) from None
    name = f"days/{day.date}/{draft.tracker}/{draft.slot}/{draft.nth}"
    return {"id": uuid7(), "external_id": name} | columns


def _located(draft: _Draft, error: FieldError) -> InvalidInputError:
    """The error at the column of the file, where it is about one."""
    names = {reading.column.source.column: reading.column.name for reading in draft.readings}
    loc = [names[part] for part in error.loc if isinstance(part, str) and part in names]
    return InvalidInputError.at(loc, error.msg.removeprefix("Value error, "))


async def import_plan(
    session: AsyncSession, person: Person, plan: DayPlan, *, label: str
) -> ImportReport:
    """Store the plan as one batch, in the caller's transaction; nothing is committed here.

    An entry that an earlier import stored, by tracker, day and slot, is left as it is.
    """
    batch_id = uuid7()
    details = {"first": str(plan.first), "last": str(plan.last), "days": plan.days}
    batch = {"id": batch_id, "user_id": person.id, "kind": BatchKind.IMPORTED}
    await session.execute(insert(Batch).values(batch | {"label": label, "details": details}))
    stored = {
        key: await _store(session, key, rows, person.id, batch_id)
        for key, rows in plan.rows.items()
    }
    total = sum(stored.values())
    if not total:
        await session.execute(delete(Batch).where(Batch.user_id == person.id, Batch.id == batch_id))
    return ImportReport(
        batch_id=batch_id if total else None,
        stored=stored,
        already_there=sum(map(len, plan.rows.values())) - total,
        first=plan.first,
        last=plan.last,
        days=plan.days,
    )


async def _store(
    session: AsyncSession, key: str, rows: Sequence[Columns], person_id: UUID, batch_id: UUID
) -> int:
    """How many were new."""
    named = [{**row, "batch_id": batch_id} for row in rows]
    return await load(session, table_of(ENTRY_MODELS[key]), named, person_id, once=True)
