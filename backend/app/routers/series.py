"""Metrics over days, for charts: the route /api/metrics/series."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.dependencies import AppCatalogue, CurrentUser, Session
from app.routers.responses import IfNoneMatch, as_large_json
from app.schemas.base import DayOf, Name
from app.schemas.series import SeriesOut
from app.services.series import MOST_DAYS, SeriesService

router = APIRouter(prefix="/api/metrics/series", tags=["Metrics"])

_UNCHANGED = "It is still what `If-None-Match` names."


async def get_service(
    session: Session, user: CurrentUser, catalogue: AppCatalogue
) -> SeriesService:
    return SeriesService(session, user, catalogue)


@router.get(
    "",
    summary="See metrics day by day",
    response_model=SeriesOut,
    responses={304: {"description": _UNCHANGED}},
)
async def get_series(
    request: Request,
    service: Annotated[SeriesService, Depends(get_service)],
    metric: Annotated[
        tuple[Name, ...],
        Query(
            max_length=100,
            description="Keys of metrics, or aliases: `?metric=weight&metric=hrv`. All without.",
            examples=[["weight", "hrv"]],
        ),
    ] = (),
    days: Annotated[
        int, Query(ge=1, le=MOST_DAYS, description="How many days up to `to`.", examples=[365])
    ] = 365,
    to: Annotated[DayOf | None, Query(description="The last day; today.")] = None,
    usual: Annotated[bool, Query(description="Whether to tell what was usual on each day.")] = True,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Daily values of any of your metrics in columns, with what was usual on each day. An answer
    has at most 100,000 days times metrics. It is compressed where `Accept-Encoding` has `gzip`;
    with `If-None-Match` it is 304 as long as nothing has changed."""
    series = await service.series(metric, days=days, last=to, usual=usual)
    return await as_large_json(request, series, if_none_match=if_none_match)
