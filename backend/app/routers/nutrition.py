"""What people eat: the routes under /api/nutrition."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dependencies import CurrentUser, ExpectedVersion, Page, Session, entries_of
from app.idempotency import Idempotent, IdempotentRoute
from app.models import FoodEntry
from app.routers.responses import as_entry, as_json
from app.schemas.base import Bulk, BulkOut, DayOf, PageOut
from app.schemas.food import FoodEntryIn, FoodEntryOut
from app.schemas.summaries import NutritionSummary
from app.services.entries import EntryService
from app.services.nutrition_summary import daily_summary
from app.utils.enums import MealType

router = APIRouter(prefix="/api/nutrition", tags=["Nutrition"], route_class=IdempotentRoute)
Entries = Annotated[EntryService, Depends(entries_of(FoodEntry))]


@router.get("", summary="List food entries", response_model=PageOut[FoodEntryOut])
async def list_food(entries: Entries, page: Page, meal_type: MealType | None = None) -> Response:
    """What was eaten, newest first."""
    return as_json(await entries.page(page, {"meal_type": meal_type}))


@router.post(
    "",
    status_code=201,
    summary="Log what was eaten",
    response_model=FoodEntryOut,
    dependencies=[Idempotent],
)
async def log_food(entry: FoodEntryIn, entries: Entries) -> Response:
    """Log something eaten. Unknown nutrients stay null; the date defaults to today."""
    return as_entry(await entries.create(entry), status=201)


@router.post(
    "/bulk", summary="Log many food entries", response_model=BulkOut, dependencies=[Idempotent]
)
async def log_food_in_bulk(
    items: Bulk[FoodEntryIn], entries: Entries, atomic: bool = False
) -> BulkOut:
    """Store what fits and say what does not; with `atomic=true` store all or nothing."""
    return BulkOut.of(await entries.create_many(items, atomic=atomic))


@router.get(
    "/daily-summary", summary="Summarise a day's nutrients", response_model=NutritionSummary
)
async def get_daily_summary(
    session: Session,
    user: CurrentUser,
    date: Annotated[
        DayOf | None,
        Query(description="The day; today if left out."),
    ] = None,
) -> Response:
    """Totals, shares of energy and meals of one day, beside your usual day. Totals are null where
    no entry knows the nutrient, and `unknown` counts the entries that lack it."""
    return as_json(await daily_summary(session, user, date or user.today()))


@router.get("/{entry_id}", summary="Get a food entry", response_model=FoodEntryOut)
async def get_food(entry_id: UUID, entries: Entries) -> Response:
    """One entry; its version is the `ETag`."""
    return as_entry(await entries.get(entry_id))


@router.put("/{entry_id}", summary="Replace a food entry", response_model=FoodEntryOut)
async def replace_food(
    entry_id: UUID, entry: FoodEntryIn, entries: Entries, version: ExpectedVersion
) -> Response:
    """The whole entry anew: what is left out becomes unknown. `If-Match` guards against overwriting
    someone else's change."""
    return as_entry(await entries.replace(entry_id, entry, expected_version=version))


@router.delete("/{entry_id}", status_code=204, summary="Delete a food entry")
async def delete_food(entry_id: UUID, entries: Entries, version: ExpectedVersion) -> None:
    """Gone for good."""
    await entries.remove(entry_id, expected_version=version)
