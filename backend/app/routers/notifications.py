"""Telling people of new findings: the routes under /api/notifications."""

from uuid import UUID

from fastapi import APIRouter

from app.routers.webhooks import NOT_LISTED, TOO_MANY, Channels
from app.schemas.channel import (
    ChannelOut,
    DeliveriesOut,
    DeliveryOut,
    NotificationsOut,
    PushIn,
    ServiceIn,
    TellingIn,
)
from app.strict_route import StrictRoute
from app.utils.enums import ChannelKind

_KINDS = (ChannelKind.PUSH, ChannelKind.SERVICE)

router = APIRouter(prefix="/api/notifications", tags=["Telling"], route_class=StrictRoute)


@router.get("", summary="How you are told")
async def read_notifications(channels: Channels) -> NotificationsOut:
    """Your channels, when messages may come, and what the operator offers. No message says more
    than that there is something new."""
    return await channels.standing()


@router.put("", summary="Say when you want to be told")
async def change_notifications(telling: TellingIn, channels: Channels) -> NotificationsOut:
    """Quiet hours, a daily most, one digest a day, and from which severity on. What waits goes by
    the new wishes."""
    return await channels.change(telling)


@router.get("/deliveries", summary="What was sent")
async def list_deliveries(channels: Channels) -> DeliveriesOut:
    """The last hundred deliveries over any channel, webhooks too. A line is kept for 90 days."""
    return DeliveriesOut(items=await channels.deliveries())


@router.post(
    "/push", status_code=201, summary="Be told by a browser", responses=NOT_LISTED | TOO_MANY
)
async def add_push(subscription: PushIn, channels: Channels) -> ChannelOut:
    """Takes what the browser's push manager gave for `push_key`. Messages are encrypted for that
    browser alone."""
    return await channels.add_push(subscription)


@router.post(
    "/services", status_code=201, summary="Be told by a service", responses=NOT_LISTED | TOO_MANY
)
async def add_service(service: ServiceIn, channels: Channels) -> ChannelOut:
    """An address of Apprise, as `ntfys://host/topic`, of a service that the operator lists."""
    return await channels.add_service(service)


@router.post("/{channel_id}/test", status_code=202, summary="Test a channel", responses=TOO_MANY)
async def test_channel(channel_id: UUID, channels: Channels) -> DeliveryOut:
    """Has a worker send a message that says nothing, at once and whatever the hour."""
    return await channels.test(channel_id, *_KINDS)


@router.delete("/{channel_id}", status_code=204, summary="Remove a channel")
async def remove_channel(channel_id: UUID, channels: Channels) -> None:
    """Nothing is sent there any more, nor what waits."""
    await channels.remove(channel_id, *_KINDS)
