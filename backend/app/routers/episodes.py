"""Findings of one story: the routes under /api/episodes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dependencies import AppCatalogue, AppTokens, CurrentUser, Page, Session
from app.idempotency import Idempotent, IdempotentRoute
from app.routers.responses import as_json
from app.schemas.base import DayOf, PageOut
from app.schemas.episode import EpisodeOut, NewsOut
from app.services.episodes import EpisodeFilters, EpisodeService
from app.services.hindsight import HindsightService
from app.utils.enums import Severity

router = APIRouter(prefix="/api/episodes", tags=["Episodes"], route_class=IdempotentRoute)


async def get_episodes(session: Session, user: CurrentUser, tokens: AppTokens) -> EpisodeService:
    return EpisodeService(session, user, tokens)


async def get_hindsight(
    session: Session, user: CurrentUser, catalogue: AppCatalogue, tokens: AppTokens
) -> HindsightService:
    return HindsightService(session, user, catalogue, tokens)


async def get_filters(
    severity: Severity | None = None, is_open: bool | None = None
) -> EpisodeFilters:
    return EpisodeFilters(severity=severity, is_open=is_open)


Episodes = Annotated[EpisodeService, Depends(get_episodes)]
Hindsight = Annotated[HindsightService, Depends(get_hindsight)]
Filters = Annotated[EpisodeFilters, Depends(get_filters)]
AsOf = Annotated[
    DayOf | None,
    Query(
        description="Answer as on this day, from the entries up to it; by default its last 30 days."
    ),
]


@router.get("", summary="List episodes", response_model=PageOut[EpisodeOut])
async def list_episodes(
    episodes: Episodes, hindsight: Hindsight, page: Page, filters: Filters, as_of: AsOf = None
) -> Response:
    """Episodes by their onset, newest first. With `as_of` they are worked out anew as they would
    have been told on that day; what you wish of detection is what you wish now."""
    if as_of is not None:
        return as_json(await hindsight.episodes(as_of, page, filters))
    return as_json(await episodes.page(page, filters))


@router.post(
    "/notifications",
    summary="Take what is new to tell",
    response_model=NewsOut,
    dependencies=[Idempotent],
)
async def take_notifications(episodes: Episodes) -> Response:
    """The episodes of the last week that nobody has told you of and that you have not seen, for an
    app that notifies you. Each is given once: one that grows, or is found again, is not given
    again."""
    return as_json(f'{{"items":{await episodes.take_news()}}}')


@router.get("/{episode_id}", summary="Get an episode", response_model=EpisodeOut)
async def get_episode(episode_id: UUID, episodes: Episodes) -> Response:
    """One episode with its findings."""
    return as_json(await episodes.get(episode_id))
