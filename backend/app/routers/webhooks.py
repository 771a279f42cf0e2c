"""Telling programs of new findings: the routes under /api/webhooks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from app.dependencies import AppSettings, AppTokens, CurrentUser, Session
from app.routers.owner import failure
from app.schemas.channel import ChannelsOut, DeliveryOut, WebhookIn, WebhookOut
from app.services.channels import ChannelService
from app.strict_route import StrictRoute
from app.utils.enums import ChannelKind

NOT_LISTED = failure(403, "The operator has not listed it.")
TOO_MANY = failure(409, "There are too many already.")

router = APIRouter(prefix="/api/webhooks", tags=["Telling"], route_class=StrictRoute)


async def get_channels(
    session: Session, user: CurrentUser, tokens: AppTokens, settings: AppSettings
) -> ChannelService:
    return ChannelService(session, user, tokens, settings)


Channels = Annotated[ChannelService, Depends(get_channels)]


@router.get("", summary="List webhooks")
async def list_webhooks(channels: Channels) -> ChannelsOut:
    """Your webhooks; of their addresses only the origin is shown, and their secrets never again."""
    return ChannelsOut(items=await channels.webhooks())


@router.post("", status_code=201, summary="Add a webhook", responses=NOT_LISTED | TOO_MANY)
async def add_webhook(webhook: WebhookIn, channels: Channels) -> WebhookOut:
    """From now on each new episode of findings is posted there once: its ids, with `detailed` its
    figures too, signed in the manner of Standard Webhooks with the secret that this answer shows.
    The origin must be one that the operator lists. It takes no `Idempotency-Key`, with which the
    secret would be kept a second time."""
    return await channels.add_webhook(webhook)


@router.post("/{channel_id}/test", status_code=202, summary="Test a webhook", responses=TOO_MANY)
async def test_webhook(channel_id: UUID, channels: Channels) -> DeliveryOut:
    """Has a worker post an event of type `test`; the log of deliveries says what became of it."""
    return await channels.test(channel_id, ChannelKind.WEBHOOK)


@router.delete("/{channel_id}", status_code=204, summary="Remove a webhook")
async def remove_webhook(channel_id: UUID, channels: Channels) -> None:
    """Nothing is sent there any more, nor what waits."""
    await channels.remove(channel_id, ChannelKind.WEBHOOK)
