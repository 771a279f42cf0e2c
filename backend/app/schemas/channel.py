"""Ways on which people are told of findings, how they wish it, and what was sent."""

import datetime as dt
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import ReadSchema, Schema
from app.utils.enums import ChannelKind, DeliveryKind, DeliveryStatus, Severity

Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Url = Annotated[str, Field(min_length=1, max_length=2_000, pattern="^[!-~]+$")]
Base64Url = Annotated[str, Field(min_length=1, max_length=200, pattern="^[A-Za-z0-9_=-]+$")]


class WebhookIn(Schema):
    """`detailed`: send the finding's figures too, not only ids."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"url": "https://hooks.example.com/vitaliq"}}
    )

    url: Url
    detailed: bool = Field(False, strict=True)


class PushKeysIn(Schema):
    p256dh: Base64Url
    auth: Base64Url


class PushIn(Schema):
    """What a browser's `PushSubscription.toJSON()` gives."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "endpoint": "https://push.example.com/send/f1a2b3",
                "keys": {
                    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7V"
                    "d8pZGH6SRpkNtoIAiw4",
                    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
                },
            }
        }
    )

    endpoint: Url
    keys: PushKeysIn


class ServiceIn(Schema):
    """An address of Apprise, without `?`."""

    model_config = ConfigDict(json_schema_extra={"example": {"url": "ntfys://ntfy.example.com/me"}})

    url: Url


class TellingIn(Schema):
    """When messages may come, by your own clock. With `digest_at` there is one a day, then."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "quiet_from": "22:00",
                "quiet_until": "07:30",
                "digest_at": None,
                "daily_cap": 3,
                "least_severity": "medium",
            }
        }
    )

    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    digest_at: Clock | None = None
    daily_cap: int = Field(3, ge=1, le=50, strict=True)
    least_severity: Severity = Severity.LOW

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise PydanticCustomError("quiet-ends", "give both ends of the quiet hours, or none")
        return self


class TellingOut(ReadSchema):
    quiet_from: str | None
    quiet_until: str | None
    digest_at: str | None
    daily_cap: int
    least_severity: Severity


class ChannelOut(ReadSchema):
    """`shown` is what may be read of the address. `off_at`: the other side said that there is
    nobody any more, and nothing is sent there since."""

    id: UUID
    kind: ChannelKind
    shown: str
    detailed: bool
    off_at: dt.datetime | None
    created_at: dt.datetime


class ChannelsOut(ReadSchema):
    items: list[ChannelOut]


class WebhookOut(ChannelOut):
    """The secret is shown here and never again."""

    secret: str


class OfferedOut(ReadSchema):
    """What whoever runs the server allows. `push_key` is what a browser subscribes with."""

    webhook_origins: list[str]
    services: list[str]
    push_key: str | None


class NotificationsOut(ReadSchema):
    telling: TellingOut
    offered: OfferedOut
    channels: list[ChannelOut]


class DeliveryOut(ReadSchema):
    """`answered` is the status that the other side gave last; `problem` is why it is not sent."""

    id: UUID
    channel_id: UUID
    kind: DeliveryKind
    episode_id: UUID | None
    status: DeliveryStatus
    attempts: int
    due_at: dt.datetime | None
    answered: int | None
    problem: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class DeliveriesOut(ReadSchema):
    items: list[DeliveryOut]
