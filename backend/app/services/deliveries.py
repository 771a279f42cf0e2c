"""What a worker does for a channel: everything that is due, each thing once it is said."""

import asyncio
import datetime as dt
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings, origin_of
from app.database import Database
from app.errors import AppError, UnauthorizedError
from app.models import Anomaly
from app.models import Episode as EpisodeRow
from app.schemas.channel import TellingIn
from app.services.authentication import person_of
from app.services.channels import (
    CHANNELS,
    DELIVERIES,
    box_of,
    calm_of,
    is_push_service,
    owner_of,
    telling_of,
)
from app.services.notify_services import require_allowed, tell
from app.services.outbound import Outbound, OutboundError
from app.services.people import Person
from app.services.work import Task, ask_for
from app.utils.enums import ChannelKind, DeliveryKind, DeliveryStatus, Severity
from app.utils.identifiers import uuid7
from app.utils.quiet_hours import day_begins, earliest
from app.utils.security import Tokens
from app.utils.time import now
from app.utils.web_push import Subscription, decoded, headers, sealed, vapid_key
from app.utils.webhook_signing import signed_headers

MOST_TRIES = 8
AT_ONCE = 20
KEPT_FOR = dt.timedelta(90)
_GONE = (404, 410)
_GRAVITY = list(Severity)


class DeliveryError(Exception):
    """The queue tries again later; what went wrong is in the log of deliveries."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one try."""

    status: int | None
    problem: str | None

    @property
    def is_good(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class Opened:
    """A channel with what was sealed, and whose it is."""

    row: Row[Any]
    person: Person
    secret: dict[str, Any]


class DeliveryWork:
    """Tells. A channel is held while something is sent over it, so no two workers send the same; if
    one is killed between sending and noting it, that message comes again under the same id."""

    def __init__(
        self, database: Database, tokens: Tokens, settings: Settings, outbound: Outbound
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._settings = settings
        self._outbound = outbound

    async def deliver(self, user_id: UUID, channel_id: UUID) -> None:
        """Nothing happens for a channel that is gone. Raises DeliveryError where something must be
        tried again, after it was noted."""
        try:
            async with self._database.session(user_id) as session:
                channel = await self._open(session, user_id, channel_id)
                is_done = channel is None or await self._deliver(session, channel)
        except UnauthorizedError:  # the account is gone
            return
        if not is_done:
            raise DeliveryError

    async def _open(self, session: AsyncSession, user_id: UUID, channel_id: UUID) -> Opened | None:
        person = await person_of(session, user_id)
        mine = (CHANNELS.c.user_id == user_id) & (CHANNELS.c.id == channel_id)
        found = await session.execute(
            select(CHANNELS).where(mine).with_for_update(skip_locked=True, key_share=True)
        )
        row = found.one_or_none()
        if row is None:
            if await session.scalar(select(CHANNELS.c.id).where(mine)) is not None:
                raise DeliveryError  # another worker holds it, and may not see what is new
            return None
        raw = box_of(self._tokens).open(row.sealed, owner=owner_of(user_id, channel_id))
        return Opened(row, person, {} if raw is None else json.loads(raw))

    async def _deliver(self, session: AsyncSession, channel: Opened) -> bool:
        await _forget_old(session, channel)
        waiting = await _waiting(session, channel)
        tests = [row for row in waiting if row.kind == DeliveryKind.TEST]
        findings = [row for row in waiting if row.kind == DeliveryKind.FINDING]
        if channel.row.kind == ChannelKind.WEBHOOK:
            for row in waiting:
                if not await self._send(session, channel, [row]):
                    return False  # the others come after it, when it is tried again
            return True
        is_done = not tests or await self._send(session, channel, tests)
        telling = await telling_of(session, channel.person.id)
        worth = await _worth_telling(session, channel, findings, telling)
        if worth and not await _put_off(session, channel, worth, telling):
            is_done = await self._send(session, channel, worth) and is_done
        return is_done

    async def _send(self, session: AsyncSession, channel: Opened, rows: Sequence[Row[Any]]) -> bool:
        """Send the rows as one message and note what became of it; whether it is over."""
        answer = await self._try(session, channel, rows)
        if answer is None:
            await _note(session, rows, status=DeliveryStatus.DROPPED, finished_at=func.now())
            return True
        tried: dict[str, Any] = {"answered": answer.status, "problem": answer.problem}
        tried |= {"attempts": DELIVERIES.c.attempts + 1}
        if answer.is_good:
            over = {"status": DeliveryStatus.SENT, "message_id": uuid7()}
            await _note(session, rows, **tried, **over, finished_at=func.now())
            return True
        is_gone = answer.status in _GONE and channel.row.kind != ChannelKind.SERVICE
        if is_gone:
            off = update(CHANNELS).where(
                CHANNELS.c.user_id == channel.person.id, CHANNELS.c.id == channel.row.id
            )
            await session.execute(off.values(off_at=func.now()))
        if is_gone or max(row.attempts for row in rows) + 1 >= MOST_TRIES:
            over = {"status": DeliveryStatus.FAILED, "finished_at": func.now()}
            await _note(session, rows, **tried, **over)
            return True
        await _note(session, rows, **tried)
        return False

    async def _try(
        self, session: AsyncSession, channel: Opened, rows: Sequence[Row[Any]]
    ) -> Answer | None:
        """None where there is nothing to tell any more."""
        if not channel.secret:
            return Answer(None, "its address cannot be read: the server's key has changed")
        try:
            match ChannelKind(channel.row.kind):
                case ChannelKind.WEBHOOK:
                    return await self._call_webhook(session, channel, rows[0])
                case ChannelKind.PUSH:
                    return await self._push(channel, _message(rows))
                case ChannelKind.SERVICE:
                    return await self._tell_service(channel, _message(rows))
        except OutboundError as error:
            return Answer(None, str(error))

    async def _call_webhook(
        self, session: AsyncSession, channel: Opened, row: Row[Any]
    ) -> Answer | None:
        url, secret = channel.secret["url"], channel.secret["secret"]
        if origin_of(url) not in self._settings.webhook_origins:
            return Answer(None, "its origin is not in WEBHOOK_ORIGINS any more")
        told: dict[str, Any] = {}
        if row.kind == DeliveryKind.FINDING:
            found = await _episode(session, channel, row.episode_id)
            if found is None:
                return None
            told = found
        kind = "finding.created" if row.kind == DeliveryKind.FINDING else "test"
        at = now()
        event = {"type": kind, "timestamp": at.isoformat(), "data": told}
        body = json.dumps(event, separators=(",", ":")).encode()
        signed = signed_headers(secret, str(row.id), int(time.time()), body)
        status = await self._outbound.post(url, {"content-type": "application/json"} | signed, body)
        return _answered(status)

    async def _push(self, channel: Opened, message: dict[str, Any]) -> Answer:
        endpoint, keys = channel.secret["endpoint"], channel.secret["keys"]
        origin = origin_of(endpoint) or ""
        host = origin.removeprefix("https://")
        contact = self._settings.push_contact
        if contact is None or not is_push_service(host, self._settings.push_services):
            return Answer(None, "its host is not in PUSH_SERVICES any more")
        to = Subscription(endpoint, decoded(keys["p256dh"]), decoded(keys["auth"]))
        key = vapid_key(self._tokens.derived_key("web push"))
        body = sealed(json.dumps(message).encode(), to)
        return _answered(await self._outbound.post(endpoint, headers(key, endpoint, contact), body))

    async def _tell_service(self, channel: Opened, message: dict[str, Any]) -> Answer:
        url = channel.secret["url"]
        try:
            await asyncio.to_thread(require_allowed, url, self._settings.notify_services)
        except AppError:
            return Answer(None, "the service is not in NOTIFY_SERVICES any more")
        text = _words(message, self._settings.public_url)
        taken = await asyncio.to_thread(tell, url, "VitalIQ", text)
        return Answer(None, None if taken else "the service did not take it")


def _answered(status: int) -> Answer:
    good = 200 <= status < 300
    return Answer(status, None if good else "it was not taken")


def _message(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """What a message says: that there is something, never what."""
    if rows[0].kind == DeliveryKind.TEST:
        return {"kind": "test"}
    return {"kind": "findings", "count": len(rows)}


def _words(message: dict[str, Any], public_url: str | None) -> str:
    where = f" {public_url}" if public_url else ""
    if message["kind"] == "test":
        return f"A test: messages arrive here.{where}"
    count = message["count"]
    return f"{count} new finding{'s' * (count > 1)}. Open VitalIQ to see more.{where}"


async def _forget_old(session: AsyncSession, channel: Opened) -> None:
    await session.execute(
        delete(DELIVERIES).where(
            DELIVERIES.c.user_id == channel.person.id,
            DELIVERIES.c.finished_at < now() - KEPT_FOR,
        )
    )


async def _waiting(session: AsyncSession, channel: Opened) -> Sequence[Row[Any]]:
    found = await session.execute(
        select(DELIVERIES)
        .where(
            DELIVERIES.c.user_id == channel.person.id,
            DELIVERIES.c.channel_id == channel.row.id,
            DELIVERIES.c.status == DeliveryStatus.WAITING,
            or_(DELIVERIES.c.due_at.is_(None), DELIVERIES.c.due_at <= now()),
        )
        .order_by(DELIVERIES.c.created_at, DELIVERIES.c.id)
        .limit(AT_ONCE)
    )
    return found.all()


async def _note(session: AsyncSession, rows: Sequence[Row[Any]], **told: Any) -> None:
    mine = DELIVERIES.c.user_id == rows[0].user_id
    chosen = DELIVERIES.c.id.in_([row.id for row in rows])
    await session.execute(update(DELIVERIES).where(mine, chosen).values(**told))


async def _worth_telling(
    session: AsyncSession, channel: Opened, rows: Sequence[Row[Any]], telling: TellingIn
) -> list[Row[Any]]:
    """Those that are still there, grave enough and not seen yet; the others are dropped."""
    if not rows:
        return []
    unseen = select(Anomaly.id).where(
        Anomaly.user_id == EpisodeRow.user_id,
        Anomaly.episode_id == EpisodeRow.id,
        Anomaly.is_acknowledged.is_(False),
    )
    grave = _GRAVITY[_GRAVITY.index(telling.least_severity) :]
    found = await session.scalars(
        select(EpisodeRow.id).where(
            EpisodeRow.user_id == channel.person.id,
            EpisodeRow.id.in_([row.episode_id for row in rows]),
            EpisodeRow.severity.in_(grave),
            unseen.exists(),
        )
    )
    there = set(found)
    gone = [row for row in rows if row.episode_id not in there]
    if gone:
        await _note(session, gone, status=DeliveryStatus.DROPPED, finished_at=func.now())
    return [row for row in rows if row.episode_id in there]


async def _put_off(
    session: AsyncSession, channel: Opened, rows: Sequence[Row[Any]], telling: TellingIn
) -> bool:
    """Whether it is no time for a message; then the rows wait for the next, and a job with them."""
    at, zone = now(), channel.person.zone
    sent = await session.scalar(
        select(func.count(DELIVERIES.c.message_id.distinct())).where(
            DELIVERIES.c.user_id == channel.person.id,
            DELIVERIES.c.channel_id == channel.row.id,
            DELIVERIES.c.kind == DeliveryKind.FINDING,
            DELIVERIES.c.finished_at >= day_begins(at, zone),
        )
    )
    has_waited = any(row.due_at is not None for row in rows)
    calm = calm_of(telling)
    due = earliest(at, zone, calm, sent_today=sent or 0, has_waited=has_waited)
    if due <= at:
        return False
    await _note(session, rows, due_at=due)
    told = {"channel_id": str(channel.row.id)}
    await ask_for(session, channel.person, Task.DELIVER, run_at=due, **told)
    return True


async def _episode(
    session: AsyncSession, channel: Opened, episode_id: UUID
) -> dict[str, Any] | None:
    """An episode as a webhook tells it: ids, and figures where the person asked for them."""
    row = (
        await session.execute(
            select(EpisodeRow.__table__).where(
                EpisodeRow.user_id == channel.person.id, EpisodeRow.id == episode_id
            )
        )
    ).one_or_none()
    if row is None:
        return None
    findings = await session.scalars(
        select(Anomaly.id)
        .where(Anomaly.user_id == channel.person.id, Anomaly.episode_id == episode_id)
        .order_by(Anomaly.date, Anomaly.id)
    )
    told: dict[str, Any] = {"episode_id": str(row.id), "finding_ids": [str(f) for f in findings]}
    if channel.row.detailed:
        told |= {
            "onset": row.date.isoformat(),
            "end": row.last.isoformat(),
            "severity": row.severity,
            "metrics": row.metrics,
            "explanation": row.explanation,
        }
    return told
