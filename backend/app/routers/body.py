"""Weight and composition: the routes under /api/body."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.dependencies import ExpectedVersion, Page, entries_of
from app.idempotency import Idempotent, IdempotentRoute
from app.models import BodyMetrics
from app.routers.responses import as_entry, as_json
from app.schemas.base import Bulk, BulkOut, PageOut
from app.schemas.body import BodyMetricsIn, BodyMetricsOut
from app.services.entries import EntryService

router = APIRouter(prefix="/api/body", tags=["Body"], route_class=IdempotentRoute)
Entries = Annotated[EntryService, Depends(entries_of(BodyMetrics))]


@router.get("", summary="List body measurements", response_model=PageOut[BodyMetricsOut])
async def list_measurements(entries: Entries, page: Page) -> Response:
    """Body measurements, newest first."""
    return as_json(await entries.page(page))


@router.post(
    "",
    status_code=201,
    summary="Log a body measurement",
    response_model=BodyMetricsOut,
    dependencies=[Idempotent],
)
async def log_measurement(entry: BodyMetricsIn, entries: Entries) -> Response:
    """Log a measurement; BMI follows from the height in the profile, null without one."""
    return as_entry(await entries.create(entry), status=201)


@router.post(
    "/bulk", summary="Log many body measurements", response_model=BulkOut, dependencies=[Idempotent]
)
async def log_measurement_in_bulk(
    items: Bulk[BodyMetricsIn], entries: Entries, atomic: bool = False
) -> BulkOut:
    """Store what fits and say what does not; with `atomic=true` store all or nothing."""
    return BulkOut.of(await entries.create_many(items, atomic=atomic))


@router.get("/{entry_id}", summary="Get a body measurement", response_model=BodyMetricsOut)
async def get_measurement(entry_id: UUID, entries: Entries) -> Response:
    """One entry; its version is the `ETag`."""
    return as_entry(await entries.get(entry_id))


@router.put("/{entry_id}", summary="Replace a body measurement", response_model=BodyMetricsOut)
async def replace_measurement(
    entry_id: UUID, entry: BodyMetricsIn, entries: Entries, version: ExpectedVersion
) -> Response:
    """The whole entry anew: what is left out becomes unknown. `If-Match` guards against overwriting
    someone else's change."""
    return as_entry(await entries.replace(entry_id, entry, expected_version=version))


@router.delete("/{entry_id}", status_code=204, summary="Delete a body measurement")
async def delete_measurement(entry_id: UUID, entries: Entries, version: ExpectedVersion) -> None:
    """Gone for good."""
    await entries.remove(entry_id, expected_version=version)
