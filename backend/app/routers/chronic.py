"""Chronic conditions: the routes under /api/chronic."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dependencies import CurrentUser, ExpectedVersion, Page, Session, entries_of
from app.idempotency import Idempotent, IdempotentRoute
from app.models import ChronicMetrics
from app.routers.responses import as_entry, as_json
from app.schemas.base import Bulk, BulkOut, PageOut
from app.schemas.chronic import ChronicMetricsIn, ChronicMetricsOut
from app.schemas.trends import ChronicTrends
from app.services.chronic_trends import chronic_trends
from app.services.entries import EntryService
from app.utils.enums import ConditionType, MeasurementContext

router = APIRouter(prefix="/api/chronic", tags=["Chronic"], route_class=IdempotentRoute)
Entries = Annotated[EntryService, Depends(entries_of(ChronicMetrics))]


@router.get("", summary="List chronic entries", response_model=PageOut[ChronicMetricsOut])
async def list_readings(
    entries: Entries,
    page: Page,
    condition_type: ConditionType | None = None,
    time_of_day: MeasurementContext | None = None,
) -> Response:
    """Readings, medication and symptoms, newest first."""
    return as_json(
        await entries.page(page, {"condition_type": condition_type, "time_of_day": time_of_day})
    )


@router.post(
    "",
    status_code=201,
    summary="Log a chronic reading",
    response_model=ChronicMetricsOut,
    dependencies=[Idempotent],
)
async def log_reading(entry: ChronicMetricsIn, entries: Entries) -> Response:
    """Log a reading, medication or symptoms of a chronic condition."""
    return as_entry(await entries.create(entry), status=201)


@router.post(
    "/bulk", summary="Log many chronic entries", response_model=BulkOut, dependencies=[Idempotent]
)
async def log_reading_in_bulk(
    items: Bulk[ChronicMetricsIn], entries: Entries, atomic: bool = False
) -> BulkOut:
    """Store what fits and say what does not; with `atomic=true` store all or nothing."""
    return BulkOut.of(await entries.create_many(items, atomic=atomic))


@router.get("/trends", summary="Follow a condition", response_model=ChronicTrends)
async def get_trends(
    session: Session,
    user: CurrentUser,
    condition_type: ConditionType,
    days: Annotated[int, Query(ge=1, le=1_825, description="How many days up to today.")] = 90,
) -> Response:
    """Diabetes: ranges, variability, GMI, insulin, HbA1c. Hypertension: home average and its
    category by two guidelines. Heart: lipids, resting heart rate, HRV. All: medication and
    symptoms. No diagnosis."""
    return as_json(await chronic_trends(session, user, condition_type, days=days))


@router.get("/{entry_id}", summary="Get a chronic entry", response_model=ChronicMetricsOut)
async def get_reading(entry_id: UUID, entries: Entries) -> Response:
    """One entry; its version is the `ETag`."""
    return as_entry(await entries.get(entry_id))


@router.put("/{entry_id}", summary="Replace a chronic entry", response_model=ChronicMetricsOut)
async def replace_reading(
    entry_id: UUID, entry: ChronicMetricsIn, entries: Entries, version: ExpectedVersion
) -> Response:
    """The whole entry anew: what is left out becomes unknown. `If-Match` guards against overwriting
    someone else's change."""
    return as_entry(await entries.replace(entry_id, entry, expected_version=version))


@router.delete("/{entry_id}", status_code=204, summary="Delete a chronic entry")
async def delete_reading(entry_id: UUID, entries: Entries, version: ExpectedVersion) -> None:
    """Gone for good."""
    await entries.remove(entry_id, expected_version=version)
