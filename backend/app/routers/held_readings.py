"""Readings that are held back: the routes under /api/readings/held."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from app.dependencies import CurrentUser, Session
from app.schemas.held_reading import HeldAnswerIn, HeldListOut, HeldReadingsOut
from app.services.held_readings import HeldService
from app.strict_route import StrictRoute

router = APIRouter(prefix="/api/readings/held", tags=["Readings"], route_class=StrictRoute)


async def get_held(session: Session, user: CurrentUser) -> HeldService:
    return HeldService(session, user)


Held = Annotated[HeldService, Depends(get_held)]


@router.get("", summary="List readings that are held back")
async def list_held_readings(held: Held) -> HeldListOut:
    """Readings of your files that cannot be what they say, in groups: a glucose of 5.5 mg/dL, or a
    unit that is not known. They count nowhere until you have answered for them."""
    return HeldListOut(items=await held.all())


@router.put("/{held_id}/answer", summary="Answer for readings that are held back")
async def answer_held_readings(held_id: UUID, wanted: HeldAnswerIn, held: Held) -> HeldReadingsOut:
    """Names the unit that they are in, takes them as they stand, or leaves them out. Your daily
    entries follow at once, findings when a worker has looked. Another answer takes the place of the
    one before."""
    return await held.answer(held_id, wanted.answer)


@router.delete("/{held_id}/answer", summary="Take an answer back")
async def ask_held_readings_again(held_id: UUID, held: Held) -> HeldReadingsOut:
    """Removes the readings that the answer made; the group waits again."""
    return await held.ask_again(held_id)
