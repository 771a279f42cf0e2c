"""How people sleep: the routes under /api/sleep."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dependencies import CurrentUser, ExpectedVersion, Page, Session, entries_of
from app.idempotency import Idempotent, IdempotentRoute
from app.models import SleepEntry
from app.routers.responses import as_entry, as_json
from app.schemas.base import Bulk, BulkOut, PageOut
from app.schemas.sleep import SleepEntryIn, SleepEntryOut
from app.schemas.summaries import SleepStats
from app.services.entries import EntryService
from app.services.sleep_stats import sleep_stats

router = APIRouter(prefix="/api/sleep", tags=["Sleep"], route_class=IdempotentRoute)
Entries = Annotated[EntryService, Depends(entries_of(SleepEntry))]


@router.get("", summary="List nights", response_model=PageOut[SleepEntryOut])
async def list_nights(entries: Entries, page: Page) -> Response:
    """Nights, newest first."""
    return as_json(await entries.page(page))


@router.post(
    "",
    status_code=201,
    summary="Log a night",
    response_model=SleepEntryOut,
    dependencies=[Idempotent],
)
async def log_night(entry: SleepEntryIn, entries: Entries) -> Response:
    """Log a night by bedtime and wake time, or by its duration alone."""
    return as_entry(await entries.create(entry), status=201)


@router.post("/bulk", summary="Log many nights", response_model=BulkOut, dependencies=[Idempotent])
async def log_night_in_bulk(
    items: Bulk[SleepEntryIn], entries: Entries, atomic: bool = False
) -> BulkOut:
    """Store what fits and say what does not; with `atomic=true` store all or nothing."""
    return BulkOut.of(await entries.create_many(items, atomic=atomic))


@router.get("/stats", summary="Summarise your sleep", response_model=SleepStats)
async def get_stats(
    session: Session,
    user: CurrentUser,
    days: Annotated[int, Query(ge=1, le=365, description="How many days up to today.")] = 30,
) -> Response:
    """Duration, times, regularity, stages, debt and social jet lag of your nights. What cannot be
    told honestly is null, with the reason."""
    return as_json(await sleep_stats(session, user, days=days))


@router.get("/{entry_id}", summary="Get a night", response_model=SleepEntryOut)
async def get_night(entry_id: UUID, entries: Entries) -> Response:
    """One entry; its version is the `ETag`."""
    return as_entry(await entries.get(entry_id))


@router.put("/{entry_id}", summary="Replace a night", response_model=SleepEntryOut)
async def replace_night(
    entry_id: UUID, entry: SleepEntryIn, entries: Entries, version: ExpectedVersion
) -> Response:
    """The whole entry anew: what is left out becomes unknown. `If-Match` guards against overwriting
    someone else's change."""
    return as_entry(await entries.replace(entry_id, entry, expected_version=version))


@router.delete("/{entry_id}", status_code=204, summary="Delete a night")
async def delete_night(entry_id: UUID, entries: Entries, version: ExpectedVersion) -> None:
    """Gone for good."""
    await entries.remove(entry_id, expected_version=version)
