"""How people move: the routes under /api/exercise."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dependencies import CurrentUser, ExpectedVersion, Page, Session, entries_of
from app.idempotency import Idempotent, IdempotentRoute
from app.models import ExerciseEntry
from app.routers.responses import as_entry, as_json
from app.schemas.base import Bulk, BulkOut, DayOf, PageOut
from app.schemas.exercise import ExerciseEntryIn, ExerciseEntryOut
from app.schemas.summaries import ExerciseSummary
from app.services.entries import EntryService
from app.services.exercise_summary import weekly_summary
from app.utils.enums import ExerciseType, Intensity

router = APIRouter(prefix="/api/exercise", tags=["Exercise"], route_class=IdempotentRoute)
Entries = Annotated[EntryService, Depends(entries_of(ExerciseEntry))]


@router.get("", summary="List workouts", response_model=PageOut[ExerciseEntryOut])
async def list_workouts(
    entries: Entries,
    page: Page,
    exercise_type: ExerciseType | None = None,
    intensity: Intensity | None = None,
) -> Response:
    """Workouts, newest first."""
    return as_json(
        await entries.page(page, {"exercise_type": exercise_type, "intensity": intensity})
    )


@router.post(
    "",
    status_code=201,
    summary="Log a workout",
    response_model=ExerciseEntryOut,
    dependencies=[Idempotent],
)
async def log_workout(entry: ExerciseEntryIn, entries: Entries) -> Response:
    """Log a workout; the date defaults to today."""
    return as_entry(await entries.create(entry), status=201)


@router.post(
    "/bulk", summary="Log many workouts", response_model=BulkOut, dependencies=[Idempotent]
)
async def log_workout_in_bulk(
    items: Bulk[ExerciseEntryIn], entries: Entries, atomic: bool = False
) -> BulkOut:
    """Store what fits and say what does not; with `atomic=true` store all or nothing."""
    return BulkOut.of(await entries.create_many(items, atomic=atomic))


@router.get(
    "/weekly-summary", summary="Summarise a week's exercise", response_model=ExerciseSummary
)
async def get_weekly_summary(
    session: Session,
    user: CurrentUser,
    week_of: Annotated[
        DayOf | None,
        Query(description="A day of the week; else today's."),
    ] = None,
) -> Response:
    """Minutes by type and intensity from Monday to Sunday, against the WHO's recommendation (150 to
    300 moderate minutes, vigorous ones twice; strength on 2 days) and your four weeks before."""
    return as_json(await weekly_summary(session, user, week_of or user.today()))


@router.get("/{entry_id}", summary="Get a workout", response_model=ExerciseEntryOut)
async def get_workout(entry_id: UUID, entries: Entries) -> Response:
    """One entry; its version is the `ETag`."""
    return as_entry(await entries.get(entry_id))


@router.put("/{entry_id}", summary="Replace a workout", response_model=ExerciseEntryOut)
async def replace_workout(
    entry_id: UUID, entry: ExerciseEntryIn, entries: Entries, version: ExpectedVersion
) -> Response:
    """The whole entry anew: what is left out becomes unknown. `If-Match` guards against overwriting
    someone else's change."""
    return as_entry(await entries.replace(entry_id, entry, expected_version=version))


@router.delete("/{entry_id}", status_code=204, summary="Delete a workout")
async def delete_workout(entry_id: UUID, entries: Entries, version: ExpectedVersion) -> None:
    """Gone for good."""
    await entries.remove(entry_id, expected_version=version)
