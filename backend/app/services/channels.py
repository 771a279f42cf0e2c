"""A person's channels: what they are told of findings over, and how they wish to be told."""

import asyncio
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings, origin_of
from app.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from app.models import Channel, Delivery, User
from app.schemas.channel import (
    ChannelOut,
    DeliveryOut,
    NotificationsOut,
    OfferedOut,
    PushIn,
    ServiceIn,
    TellingIn,
    TellingOut,
    WebhookIn,
    WebhookOut,
)
from app.services import audit
from app.services.notify_services import require_allowed
from app.services.people import Person
from app.services.work import Task, ask_for
from app.utils.enums import AuditKind, ChannelKind, DeliveryKind
from app.utils.identifiers import uuid7
from app.utils.quiet_hours import Calm
from app.utils.sealing import SealedBox
from app.utils.security import Tokens
from app.utils.web_push import decoded, encoded, is_public_key, public_bytes, vapid_key
from app.utils.webhook_signing import new_secret

MOST_CHANNELS = 10
LOG_LENGTH = 100
MOST_TESTS = 10
CHANNELS: Table = Channel.__table__  # type: ignore[assignment]  # a mapped class has a Table
DELIVERIES: Table = Delivery.__table__  # type: ignore[assignment]  # a mapped class has a Table
_AUTH_BYTES = 16


def box_of(tokens: Tokens) -> SealedBox:
    return SealedBox(tokens.derived_key("channels"))


def owner_of(user_id: UUID, channel_id: UUID) -> bytes:
    """What is sealed for one channel opens for no other."""
    return user_id.bytes + channel_id.bytes


def is_push_service(host: str, allowed: Sequence[str]) -> bool:
    """Whether the host is one of them; `*.` stands for any name below."""
    return any(
        host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in allowed
    )


class ChannelService:
    """One person's channels, of what the operator allows."""

    def __init__(
        self, session: AsyncSession, person: Person, tokens: Tokens, settings: Settings
    ) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens
        self._settings = settings

    async def webhooks(self) -> list[ChannelOut]:
        return [c for c in await self._channels() if c.kind is ChannelKind.WEBHOOK]

    async def add_webhook(self, wanted: WebhookIn) -> WebhookOut:
        """Raises ForbiddenError where the operator does not list its origin."""
        origin = origin_of(wanted.url)
        if origin is None or origin not in self._settings.webhook_origins:
            raise ForbiddenError(
                "Whoever runs this server must list the address's origin in WEBHOOK_ORIGINS first.",
                code="origin-not-listed",
            )
        secret = new_secret()
        made = await self._add(
            ChannelKind.WEBHOOK,
            f"{origin}/…",
            {"url": wanted.url, "secret": secret},
            detailed=wanted.detailed,
        )
        return WebhookOut(secret=secret, **made.model_dump())

    async def add_push(self, wanted: PushIn) -> ChannelOut:
        """Raises ForbiddenError for a push service that the operator does not list."""
        origin, host = origin_of(wanted.endpoint), urlsplit(wanted.endpoint).hostname or ""
        listed = is_push_service(host, self._settings.push_services)
        if origin != f"https://{host}" or not listed:
            raise ForbiddenError(
                "Whoever runs this server must list the push service in PUSH_SERVICES first.",
                code="push-service-not-listed",
            )
        _require_keys(wanted)
        return await self._add(ChannelKind.PUSH, f"{origin}/…", wanted.model_dump(mode="json"))

    async def add_service(self, wanted: ServiceIn) -> ChannelOut:
        """Raises ForbiddenError for a service that the operator does not list, and
        InvalidInputError for what Apprise does not know."""
        # In a thread: Apprise reads all its services when it is first asked.
        shown = await asyncio.to_thread(require_allowed, wanted.url, self._settings.notify_services)
        return await self._add(ChannelKind.SERVICE, shown, {"url": wanted.url})

    async def remove(self, channel_id: UUID, *kinds: ChannelKind) -> None:
        """Raises NotFoundError. Its log goes with it."""
        statement = delete(CHANNELS).where(*self._own(channel_id, kinds)).returning(CHANNELS.c.id)
        if (await self._session.execute(statement)).one_or_none() is None:
            raise _not_found()
        await audit.record(self._session, self._person.id, AuditKind.CHANNEL_REMOVED)

    async def test(self, channel_id: UUID, *kinds: ChannelKind) -> DeliveryOut:
        """Have a message sent that says nothing. Raises NotFoundError, and ConflictError while
        many others wait."""
        found = await self._session.execute(
            select(CHANNELS.c.id).where(*self._own(channel_id, kinds)).with_for_update()
        )
        if found.one_or_none() is None:
            raise _not_found()
        waiting = select(func.count()).where(
            DELIVERIES.c.user_id == self._person.id,
            DELIVERIES.c.kind == DeliveryKind.TEST,
            DELIVERIES.c.created_at > func.now() - dt.timedelta(hours=1),
        )
        if (await self._session.scalar(waiting) or 0) >= MOST_TESTS:
            raise ConflictError("That is enough tests for this hour.", code="tests-used-up")
        values = {"user_id": self._person.id, "id": uuid7(), "channel_id": channel_id}
        made = insert(DELIVERIES).values(values | {"kind": DeliveryKind.TEST}).returning(DELIVERIES)
        row = (await self._session.execute(made)).one()
        await ask_for(self._session, self._person, Task.DELIVER, channel_id=str(channel_id))
        return DeliveryOut.model_validate(row)

    async def deliveries(self) -> list[DeliveryOut]:
        """The log's newest lines, newest first."""
        rows = await self._session.execute(
            select(DELIVERIES)
            .where(DELIVERIES.c.user_id == self._person.id)
            .order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id)
            .limit(LOG_LENGTH)
        )
        return [DeliveryOut.model_validate(row) for row in rows]

    async def standing(self) -> NotificationsOut:
        told = await telling_of(self._session, self._person.id)
        channels = [c for c in await self._channels() if c.kind is not ChannelKind.WEBHOOK]
        return NotificationsOut(
            telling=TellingOut(**told.model_dump()), offered=self._offered(), channels=channels
        )

    async def change(self, wanted: TellingIn) -> NotificationsOut:
        await set_telling(self._session, self._person.id, wanted)
        return await self.standing()

    def _offered(self) -> OfferedOut:
        key = None
        if self._settings.push_services:
            key = encoded(public_bytes(vapid_key(self._tokens.derived_key("web push"))))
        return OfferedOut(
            webhook_origins=list(self._settings.webhook_origins),
            services=list(self._settings.notify_services),
            push_key=key,
        )

    async def _channels(self) -> list[ChannelOut]:
        rows = await self._session.execute(
            select(CHANNELS).where(CHANNELS.c.user_id == self._person.id).order_by(CHANNELS.c.id)
        )
        return [ChannelOut.model_validate(row) for row in rows]

    async def _add(
        self, kind: ChannelKind, shown: str, secret: Mapping[str, Any], *, detailed: bool = False
    ) -> ChannelOut:
        # Two at once must not both find room for one.
        mine = User.id == self._person.id
        await self._session.execute(select(User.id).where(mine).with_for_update(key_share=True))
        if len(await self._channels()) >= MOST_CHANNELS:
            raise ConflictError(
                f"There are {MOST_CHANNELS} already; remove one first.", code="most-channels"
            )
        channel_id = uuid7()
        owner = owner_of(self._person.id, channel_id)
        values = {
            "user_id": self._person.id,
            "id": channel_id,
            "kind": kind,
            "shown": shown[:200],
            "sealed": box_of(self._tokens).seal(json.dumps(secret).encode(), owner=owner),
            "detailed": detailed,
        }
        made = await self._session.execute(insert(CHANNELS).values(values).returning(CHANNELS))
        told = {"kind": kind}
        await audit.record(self._session, self._person.id, AuditKind.CHANNEL_ADDED, detail=told)
        return ChannelOut.model_validate(made.one())

    def _own(self, channel_id: UUID, kinds: Sequence[ChannelKind]) -> list[Any]:
        own = [CHANNELS.c.user_id == self._person.id, CHANNELS.c.id == channel_id]
        return [*own, CHANNELS.c.kind.in_(kinds)]


def _require_keys(wanted: PushIn) -> None:
    try:
        point, secret = decoded(wanted.keys.p256dh), decoded(wanted.keys.auth)
    except ValueError:
        raise InvalidInputError.at(("body", "keys"), "not the keys of a subscription") from None
    if not is_public_key(point) or len(secret) != _AUTH_BYTES:
        raise InvalidInputError.at(("body", "keys"), "not the keys of a subscription")


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such channel among yours.")


async def telling_of(session: AsyncSession, user_id: UUID) -> TellingIn:
    """How the person wishes to be told."""
    kept = await session.scalar(select(User.telling).where(User.id == user_id))
    return TellingIn.model_validate_json(json.dumps(kept or {}))


async def set_telling(session: AsyncSession, user_id: UUID, wanted: TellingIn) -> None:
    told = wanted.model_dump(mode="json")
    await session.execute(update(User).where(User.id == user_id).values(telling=told))


def calm_of(wanted: TellingIn) -> Calm:
    return Calm(
        quiet_from=_time(wanted.quiet_from),
        quiet_until=_time(wanted.quiet_until),
        digest_at=_time(wanted.digest_at),
        daily_cap=wanted.daily_cap,
    )


def _time(clock: str | None) -> dt.time | None:
    return None if clock is None else dt.time.fromisoformat(clock)
