"""Stretches that were different: the routes under /api/tags."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.dependencies import AppTokens, CurrentUser, Page, Session
from app.idempotency import Idempotent, IdempotentRoute
from app.routers.responses import as_json
from app.schemas.base import PageOut
from app.schemas.tag import TagIn, TagOut
from app.services.tags import TagService
from app.utils.enums import TagKind

router = APIRouter(prefix="/api/tags", tags=["Tags"], route_class=IdempotentRoute)


async def get_tags(session: Session, user: CurrentUser, tokens: AppTokens) -> TagService:
    return TagService(session, user, tokens)


Tags = Annotated[TagService, Depends(get_tags)]


@router.get("", summary="List tags", response_model=PageOut[TagOut])
async def list_tags(tags: Tags, page: Page, kind: TagKind | None = None) -> Response:
    """Tags that touch the days asked for; the one that began last comes first."""
    return as_json(await tags.page(page, kind))


@router.post(
    "", status_code=201, summary="Tag days", response_model=TagOut, dependencies=[Idempotent]
)
async def tag_days(tag: TagIn, tags: Tags) -> Response:
    """Say what a stretch of days was like. Days of illness and travel are tested like others, but
    what is usual for you is not learned from them."""
    return as_json(await tags.create(tag), status=201)


@router.get("/{tag_id}", summary="Get a tag", response_model=TagOut)
async def get_tag(tag_id: UUID, tags: Tags) -> Response:
    """One tag."""
    return as_json(await tags.get(tag_id))


@router.put("/{tag_id}", summary="Replace a tag", response_model=TagOut)
async def replace_tag(tag_id: UUID, tag: TagIn, tags: Tags) -> Response:
    """The whole tag anew: what is left out becomes unknown."""
    return as_json(await tags.replace(tag_id, tag))


@router.delete("/{tag_id}", status_code=204, summary="Delete a tag")
async def delete_tag(tag_id: UUID, tags: Tags) -> None:
    """Gone for good; its days count again for what is usual."""
    await tags.remove(tag_id)
