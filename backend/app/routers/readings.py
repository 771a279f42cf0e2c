"""What was measured during a day: the routes under /api/readings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator

from app.dependencies import AppTokens, CurrentUser, Session, SpanOfDays
from app.errors import InvalidInputError
from app.importers.kinds import KINDS
from app.routers.responses import IfNoneMatch, as_large_json
from app.schemas.base import DayOf
from app.schemas.reading import ReadingDay, ReadingDays, ReadingsOut, SourcesIn, SourcesOut
from app.services.readings import ReadingService, Stretch
from app.services.source_order import SourceOrderService
from app.strict_route import StrictRoute

MOST_DAYS = 400
_UNCHANGED = "It is still what `If-None-Match` names."

router = APIRouter(prefix="/api/readings", tags=["Readings"], route_class=StrictRoute)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError("not a kind of readings")
    return kind


Kind = Annotated[
    str,
    Query(description="What is measured.", json_schema_extra={"enum": list(KINDS)}),
    AfterValidator(_known),
]


async def get_readings(session: Session, user: CurrentUser, tokens: AppTokens) -> ReadingService:
    return ReadingService(session, user, tokens)


async def get_order(session: Session, user: CurrentUser) -> SourceOrderService:
    return SourceOrderService(session, user)


async def get_stretch(kind: Kind, days: SpanOfDays) -> Stretch:
    return Stretch(kind=kind, first=days.first, last=days.last)


async def get_few_days(stretch: Annotated[Stretch, Depends(get_stretch)]) -> Stretch:
    first, last = stretch.first, stretch.last
    if first and last and (last - first).days >= MOST_DAYS:
        raise InvalidInputError.at(("query", "from"), f"ask for at most {MOST_DAYS} days")
    if first is None or last is None:
        first = last = first or last
    return Stretch(kind=stretch.kind, first=first, last=last)


Readings = Annotated[ReadingService, Depends(get_readings)]
Order = Annotated[SourceOrderService, Depends(get_order)]


@router.get(
    "",
    summary="List readings",
    response_model=ReadingsOut,
    responses={304: {"description": _UNCHANGED}},
)
async def list_intraday_readings(
    request: Request,
    readings: Readings,
    stretch: Annotated[Stretch, Depends(get_stretch)],
    limit: Annotated[int, Query(ge=1, le=20_000, description="Most readings on a page.")] = 2_000,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next` of the page before.")
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Readings of one kind as they were measured, of all sources: heart rates, glucose of a sensor,
    stages of sleep. In columns, newest first, in pages."""
    page = await readings.page(stretch, limit=limit, cursor=cursor)
    return await as_large_json(request, page, if_none_match=if_none_match)


@router.get("/days", summary="See readings day by day")
async def list_reading_days(
    readings: Readings, stretch: Annotated[Stretch, Depends(get_few_days)]
) -> ReadingDays:
    """What readings of a kind come to each day, nothing counted twice: where sources overlap, the
    one counts that goes first in your order. At most 400 days; one end alone is that day, none is
    today."""
    return ReadingDays.model_validate(await readings.days(stretch))


@router.get("/day", summary="Open a day's value")
async def open_reading_day(
    kind: Kind,
    readings: Readings,
    user: CurrentUser,
    day: Annotated[DayOf | None, Query(description="Today by default.")] = None,
) -> ReadingDay:
    """The readings behind the value of a day, and those that were suppressed."""
    return ReadingDay.model_validate(await readings.day(kind, day or user.today()))


@router.get("/sources", summary="See whose word goes first")
async def get_reading_sources(order: Order) -> SourcesOut:
    """The sources of your readings in the order in which they count, and what each measures."""
    return await order.get()


@router.put("/sources", summary="Decide whose word goes first")
async def put_reading_sources(wanted: SourcesIn, order: Order) -> SourcesOut:
    """Where sources overlap, the one counts that comes first. What readings come to a day follows
    at once; a worker then works the entries of all days out anew and looks for findings, but leaves
    an entry alone that you have changed yourself."""
    return await order.put(wanted.order)
