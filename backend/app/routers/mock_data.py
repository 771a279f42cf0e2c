"""Entries written together, and invented people: /api/batches and /api/mock."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from app.dependencies import AppSettings, AppTokens, CurrentUser, Quota, Session
from app.errors import NotFoundError
from app.idempotency import Idempotent, IdempotentRoute
from app.schemas.batch import BatchesOut, BatchOut, InventedOut, InventIn
from app.services.batches import BatchService

router = APIRouter(tags=["Batches"], route_class=IdempotentRoute)


async def get_batches(
    session: Session, user: CurrentUser, tokens: AppTokens, quota: Quota
) -> BatchService:
    return BatchService(session, user, tokens, quota)


async def require_mock_data(settings: AppSettings) -> None:
    """Inventing data is for trying things out: elsewhere the path does not exist."""
    if not settings.mock_data_enabled:
        raise NotFoundError("Not found. See /docs for what there is.")


Batches = Annotated[BatchService, Depends(get_batches)]


@router.post(
    "/api/mock/generate",
    status_code=201,
    summary="Invent a person's days",
    dependencies=[Depends(require_mock_data), Idempotent],
)
async def invent(batches: Batches, wanted: InventIn | None = None) -> InventedOut:
    """Write an invented person's days into your account as one batch, with the truth about what was
    made strange. Off unless the server sets MOCK_DATA_ENABLED."""
    return InventedOut.model_validate(await batches.invent(**(wanted or InventIn()).model_dump()))


@router.get("/api/batches", summary="List batches")
async def list_batches(batches: Batches) -> BatchesOut:
    """What was imported or invented, newest first."""
    items = [BatchOut.model_validate(batch) for batch in await batches.all()]
    return BatchesOut(items=items)


@router.delete("/api/batches/{batch_id}", status_code=204, summary="Remove a batch")
async def remove_batch(batch_id: UUID, batches: Batches) -> None:
    """Remove all that the batch wrote and the findings that rest on it, and nothing else."""
    await batches.remove(batch_id)
