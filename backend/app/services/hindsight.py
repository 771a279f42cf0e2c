"""What would have been told on an earlier day: judged anew from the entries up to it; nothing is
stored."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import FromClause, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.errors import InvalidInputError
from app.ml.episodes import Member
from app.services.anomaly_service import AnomalyFilters, AnomalyService
from app.services.episodes import EPISODES, EpisodeFilters, EpisodeService
from app.services.finding_context import FINDINGS, unstored
from app.services.finding_rows import rows_of
from app.services.judgement import JudgementService
from app.services.paging import Window
from app.services.people import Person
from app.services.stories import Story, Told, stories_of
from app.utils.security import Tokens
from app.utils.time import now

SHOWN_DAYS = 30
MOST_DAYS = 400
REACH = 30
"""So many days before the first one shown are judged too, for episodes that began there."""


class _Past(NamedTuple):
    """Rows as they would have been kept."""

    findings: FromClause
    episodes: FromClause


class HindsightService:
    """One person's findings and episodes as of an earlier day."""

    def __init__(
        self, session: AsyncSession, person: Person, catalogue: Catalogue, tokens: Tokens
    ) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue
        self._tokens = tokens

    async def anomalies(self, as_of: dt.date, window: Window, filters: AnomalyFilters) -> str:
        """The page of findings. Raises InvalidInputError for a day to come, or a span too long."""
        window = self._within(as_of, window)
        past = await self._past(as_of, window)
        service = AnomalyService(self._session, self._person, self._catalogue, self._tokens)
        scope = f"anomalies/{as_of}"
        return await service.page(window, filters, source=past.findings, scope=scope)

    async def episodes(self, as_of: dt.date, window: Window, filters: EpisodeFilters) -> str:
        """The page of episodes. Raises InvalidInputError as `anomalies` does."""
        window = self._within(as_of, window)
        past = await self._past(as_of, window)
        service = EpisodeService(self._session, self._person, self._tokens)
        return await service.page(
            window, filters, episodes=past.episodes, findings=past.findings, today=as_of
        )

    def _within(self, as_of: dt.date, window: Window) -> Window:
        if as_of > self._person.today():
            raise InvalidInputError.at(("query", "as_of"), "lies in the future")
        last = min(window.last or as_of, as_of)
        first = window.first or last - dt.timedelta(SHOWN_DAYS - 1)
        if (last - first).days >= MOST_DAYS:
            raise InvalidInputError.at(("query", "from"), f"ask for at most {MOST_DAYS} days")
        return replace(window, first=first, last=last)

    async def _past(self, as_of: dt.date, window: Window) -> _Past:
        assert window.first is not None  # noqa: S101  (for the type checker: `_within` sets it)
        assert window.last is not None  # noqa: S101  (likewise)
        first = min(window.first, window.last) - dt.timedelta(REACH)
        judging = JudgementService(self._session, self._person, self._catalogue)
        judged = await judging.judge(first, window.last, as_of=as_of)
        kept = await self._kept(first, window.last)
        rows = await rows_of(self._session, self._person, judged, self._catalogue)
        told = []
        for row, finding in zip(rows, judged.findings, strict=True):
            row["id"], episode_id = kept.get((finding.day, finding.metric), (row["id"], None))
            told.append(
                Told(
                    id=UUID(str(row["id"])),
                    member=Member.of(finding),
                    explanation=str(row["explanation"]),
                    episode_id=episode_id,
                )
            )
        known = await self._known({told.episode_id for told in told if told.episode_id})
        stories = stories_of(self._person, told, known, self._catalogue)
        return self._rows(rows, stories)

    async def _kept(
        self, first: dt.date, last: dt.date
    ) -> dict[tuple[dt.date, str], tuple[UUID, UUID | None]]:
        """Under which ids findings of those days are kept, if they are, and in which episodes."""
        kept = await self._session.execute(
            select(
                FINDINGS.c.date, FINDINGS.c.metric_name, FINDINGS.c.id, FINDINGS.c.episode_id
            ).where(FINDINGS.c.user_id == self._person.id, FINDINGS.c.date.between(first, last))
        )
        return {(row.date, row.metric_name): (row.id, row.episode_id) for row in kept}

    async def _known(self, ids: set[UUID]) -> dict[UUID, Mapping[str, Any]]:
        known = await self._session.execute(
            select(EPISODES).where(EPISODES.c.user_id == self._person.id, EPISODES.c.id.in_(ids))
        )
        return {row["id"]: dict(row) for row in known.mappings()}

    def _rows(self, rows: Sequence[dict[str, object]], stories: Sequence[Story]) -> _Past:
        """As they would have been kept, unseen and untold."""
        story_of = {finding: story.id for story in stories for finding in story.findings}
        stamp = {"created_at": now().isoformat()}
        findings = [
            row
            | stamp
            | {"is_acknowledged": False, "detected_at": stamp["created_at"]}
            | {"episode_id": story_of[UUID(str(row["id"]))]}
            for row in rows
        ]
        owner = {"user_id": self._person.id, "notified_at": None}
        episodes = [{"id": s.id} | dict(s.columns) | stamp | owner for s in stories]
        return _Past(unstored(FINDINGS, findings), unstored(EPISODES, episodes))
