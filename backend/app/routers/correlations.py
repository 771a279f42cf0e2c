"""What goes together: the route /api/insights/correlations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.dependencies import AppCatalogue, CurrentUser, Session
from app.schemas.correlations import CorrelationsOut
from app.services.correlation_service import CorrelationService

router = APIRouter(prefix="/api/insights/correlations", tags=["Anomalies"])

FEWEST_DAYS, DEFAULT_DAYS, MOST_DAYS = 28, 180, 730


async def get_service(
    session: Session, user: CurrentUser, catalogue: AppCatalogue
) -> CorrelationService:
    return CorrelationService(session, user, catalogue)


@router.get("", summary="What goes together")
async def correlations(
    service: Annotated[CorrelationService, Depends(get_service)],
    days: Annotated[int, Query(ge=FEWEST_DAYS, le=MOST_DAYS)] = DEFAULT_DAYS,
) -> CorrelationsOut:
    """Pairs of metrics that go together in you, on the same day or up to 3 days later: freed from
    slow change and weekdays, counted honestly, and told only where chance is no likely reason."""
    return await service.correlations(days)
