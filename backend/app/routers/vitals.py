"""Heart, blood pressure, breathing and temperature: the routes under /api/vitals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.dependencies import ExpectedVersion, Page, entries_of
from app.idempotency import Idempotent, IdempotentRoute
from app.models import VitalSigns
from app.routers.responses import as_entry, as_json
from app.schemas.base import Bulk, BulkOut, PageOut
from app.schemas.vitals import VitalSignsIn, VitalSignsOut
from app.services.entries import EntryService
from app.utils.enums import PartOfDay

router = APIRouter(prefix="/api/vitals", tags=["Vitals"], route_class=IdempotentRoute)
Entries = Annotated[EntryService, Depends(entries_of(VitalSigns))]


@router.get("", summary="List vital signs", response_model=PageOut[VitalSignsOut])
async def list_vitals(
    entries: Entries, page: Page, time_of_day: PartOfDay | None = None
) -> Response:
    """Vital signs, newest first."""
    return as_json(await entries.page(page, {"time_of_day": time_of_day}))


@router.post(
    "",
    status_code=201,
    summary="Log vital signs",
    response_model=VitalSignsOut,
    dependencies=[Idempotent],
)
async def log_vitals(entry: VitalSignsIn, entries: Entries) -> Response:
    """Log whichever vital signs were taken, at least one."""
    return as_entry(await entries.create(entry), status=201)


@router.post(
    "/bulk", summary="Log many vital signs", response_model=BulkOut, dependencies=[Idempotent]
)
async def log_vitals_in_bulk(
    items: Bulk[VitalSignsIn], entries: Entries, atomic: bool = False
) -> BulkOut:
    """Store what fits and say what does not; with `atomic=true` store all or nothing."""
    return BulkOut.of(await entries.create_many(items, atomic=atomic))


@router.get("/{entry_id}", summary="Get a set of vital signs", response_model=VitalSignsOut)
async def get_vitals(entry_id: UUID, entries: Entries) -> Response:
    """One entry; its version is the `ETag`."""
    return as_entry(await entries.get(entry_id))


@router.put("/{entry_id}", summary="Replace a set of vital signs", response_model=VitalSignsOut)
async def replace_vitals(
    entry_id: UUID, entry: VitalSignsIn, entries: Entries, version: ExpectedVersion
) -> Response:
    """The whole entry anew: what is left out becomes unknown. `If-Match` guards against overwriting
    someone else's change."""
    return as_entry(await entries.replace(entry_id, entry, expected_version=version))


@router.delete("/{entry_id}", status_code=204, summary="Delete a set of vital signs")
async def delete_vitals(entry_id: UUID, entries: Entries, version: ExpectedVersion) -> None:
    """Gone for good."""
    await entries.remove(entry_id, expected_version=version)
