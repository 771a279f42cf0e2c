"""Everything at a glance: the route /api/dashboard."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.dependencies import AppCatalogue, CurrentUser, Session
from app.routers.responses import as_json
from app.schemas.base import DayOf
from app.schemas.dashboard import Dashboard
from app.services.dashboard_service import DashboardService, Period

router = APIRouter(prefix="/api/dashboard", tags=["Dashboard"])


async def get_service(
    session: Session, user: CurrentUser, catalogue: AppCatalogue
) -> DashboardService:
    return DashboardService(session, user, catalogue)


Service = Annotated[DashboardService, Depends(get_service)]


@router.get("", summary="See everything at a glance", response_model=Dashboard)
async def get_dashboard(
    service: Service,
    user: CurrentUser,
    period: Period = "daily",
    date: Annotated[
        DayOf | None,
        Query(description="The day, or the week's last; today."),
    ] = None,
) -> Response:
    """Daily: each metric against your 30 days before. Weekly: the last 7 days against the 28
    before, with trends. Both: open findings, and how well the trackers are kept."""
    return as_json(await service.view(period, date or user.today()))
