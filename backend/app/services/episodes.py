"""One person's episodes: listed, ranked, and handed out once for telling."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Subquery,
    Table,
    Text,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFoundError
from app.ml.episodes import QUIET_DAYS
from app.models import Episode
from app.services.finding_context import FINDINGS
from app.services.paging import KeysetPages, Window, json_object
from app.services.people import Person
from app.utils.enums import Severity
from app.utils.security import Tokens

EPISODES: Table = Episode.__table__  # type: ignore[assignment]  # a mapped class has a Table
NEWS_DAYS = 7
"""What ended longer ago is history, such as that of an import, and no news."""

_NONE: ColumnElement[object] = literal_column("'[]'::json", JSON)
_SHOWN = (
    *("id", "onset", "peak", "end", "is_open", "days", "severity", "metrics"),
    *("explanation", "notified_at", "findings"),
)
_MEMBER = ("id", "date", "metric_name", "direction", "severity", "anomaly_score", "clinical")
_RANK: ColumnElement[int] = literal_column(
    "array_position(ARRAY['high', 'medium', 'low'], severity::text)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFilters:
    severity: Severity | None = None
    is_open: bool | None = None


class EpisodeService:
    """One person's episodes."""

    def __init__(self, session: AsyncSession, person: Person, tokens: Tokens) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens

    async def page(
        self,
        window: Window,
        filters: EpisodeFilters,
        *,
        episodes: FromClause = EPISODES,
        findings: FromClause = FINDINGS,
        today: dt.date | None = None,
    ) -> str:
        """The page as JSON, by onset, newest first; of the kept episodes, or of others as they were
        on another day."""
        told = self._told(episodes, findings, today)
        scope = f"{self._person.id}/episodes/{today or ''}"
        pages = KeysetPages(self._session, told, _SHOWN, tokens=self._tokens, scope=scope)
        wanted = {"severity": filters.severity, "is_open": filters.is_open}
        chosen = [told.c[name] == value for name, value in wanted.items() if value is not None]
        return await pages.page(chosen, window)

    async def get(self, episode_id: UUID) -> str:
        """Raises NotFoundError for an id that is not this person's."""
        told = self._told()
        statement = select(cast(json_object(told, _SHOWN), Text)).where(told.c.id == episode_id)
        found = (await self._session.execute(statement)).scalar_one_or_none()
        if found is None:
            raise NotFoundError("There is no such episode among yours.")
        return found

    async def ranked(self, first: dt.date, last: dt.date, *, limit: int) -> str:
        """The episodes that touch the span as a JSON list: open ones first, then the gravest."""
        told = self._told()
        return await self._list(told, (told.c.end >= first) & (told.c.onset <= last), limit)

    async def take_news(self) -> str:
        """The episodes that nobody was told of, as a JSON list; from now on they count as told.

        What is over for a week, and what was seen already, is no news. Of parallel calls one gets
        each episode.
        """
        unseen = select(FINDINGS.c.id).where(
            FINDINGS.c.user_id == EPISODES.c.user_id,
            FINDINGS.c.date.between(EPISODES.c.date, EPISODES.c.last),
            FINDINGS.c.episode_id == EPISODES.c.id,
            FINDINGS.c.is_acknowledged.is_(False),
        )
        news = await self._session.scalars(
            update(EPISODES)
            .where(
                EPISODES.c.user_id == self._person.id,
                EPISODES.c.notified_at.is_(None),
                EPISODES.c.last > self._person.today() - dt.timedelta(NEWS_DAYS),
                unseen.exists(),
            )
            .values(notified_at=func.now())
            .returning(EPISODES.c.id)
        )
        ids = news.all()
        told = self._told()
        return await self._list(told, told.c.id.in_(ids), len(ids))

    async def _list(self, told: Subquery, chosen: ColumnElement[bool], limit: int) -> str:
        rows = (
            select(told)
            .where(chosen)
            .order_by(told.c.is_open.desc(), _RANK, told.c.onset.desc(), told.c.id)
            .limit(limit)
            .subquery()
        )
        items = func.coalesce(func.json_agg(json_object(rows, _SHOWN)), _NONE)
        return str(await self._session.scalar(select(cast(items, Text))))

    def _told(
        self,
        episodes: FromClause = EPISODES,
        findings: FromClause = FINDINGS,
        today: dt.date | None = None,
    ) -> Subquery:
        """The person's episodes with their findings, as they are shown."""
        members = (
            select(
                func.json_agg(
                    aggregate_order_by(
                        json_object(findings, _MEMBER), findings.c.date, findings.c.id
                    )
                )
            )
            .where(
                findings.c.user_id == self._person.id,
                findings.c.episode_id == episodes.c.id,
                findings.c.date.between(episodes.c.date, episodes.c.last),
            )
            .scalar_subquery()
        )
        still = (today or self._person.today()) - dt.timedelta(QUIET_DAYS)
        return (
            select(
                *episodes.c,
                episodes.c.date.label("onset"),
                episodes.c.last.label("end"),
                (episodes.c.last >= still).label("is_open"),
                func.coalesce(members, _NONE).label("findings"),
            )
            .where(episodes.c.user_id == self._person.id)
            .subquery("told")
        )
