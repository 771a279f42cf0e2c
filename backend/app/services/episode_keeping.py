"""Keeping episodes in step with the findings: a story keeps its identity while it grows."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Table,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import prepared
from app.ml.episodes import QUIET_DAYS, Episode, Member, episodes
from app.ml.explanations import day_text
from app.models import Anomaly
from app.models import Episode as EpisodeRow
from app.services.announcing import announce, is_news
from app.services.people import Person
from app.utils.enums import Feedback, Severity
from app.utils.identifiers import named, uuid7

_EPISODES: Table = EpisodeRow.__table__  # type: ignore[assignment]  # a mapped class has a Table
_FINDINGS: Table = Anomaly.__table__  # type: ignore[assignment]  # a mapped class has a Table
_DERIVED = ("date", "peak", "last", "days", "severity", "metrics", "explanation")
_ASSIGN = text(
    """
    UPDATE anomalies a SET episode_id = v.episode_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:episodes AS uuid[])) AS v(id, episode_id)
    WHERE a.user_id = :user_id AND a.id = v.id AND a.episode_id IS DISTINCT FROM v.episode_id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding as a story needs it, kept or not."""

    id: UUID
    member: Member
    explanation: str
    episode_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An episode with its identity, its row, and the findings that it is made of."""

    id: UUID
    columns: Mapping[str, Any]
    findings: tuple[UUID, ...]


_TURN = b"hashtextextended('detect ' || $1::uuid, 0)"
TRY_TURN = b"pg_try_advisory_xact_lock(" + _TURN + b")"
"""Whether the transaction may change the findings of the user $1, as an expression; it never
waits."""
_TAKE_TURN = b"select pg_advisory_xact_lock(" + _TURN + b")"


async def take_turn(session: AsyncSession, person: Person) -> None:
    """Wait until nobody else changes this person's findings, until the transaction ends."""
    await prepared(session, _TAKE_TURN, [person.id])


async def regroup(
    session: AsyncSession, person: Person, since: dt.date, catalogue: Catalogue
) -> None:
    """Bring the episodes in step with findings that have changed from `since` on.

    An episode whose findings were told stays told when it grows, splits or joins another.
    """
    start: dt.date = await session.scalar(_quiet_before(person, since)) or since
    findings = [_told(row) for row in await session.execute(_findings(person, start))]
    kept = await session.execute(
        select(_EPISODES).where(_EPISODES.c.user_id == person.id, _EPISODES.c.last >= start)
    )
    known = {row.id: row for row in kept}
    stories = stories_of(person, findings, known, catalogue)
    await _write(session, person, stories, known)
    await _assign(session, person, start, stories)
    await announce(session, person, _news(stories, findings, known, person))


def _news(
    stories: Sequence[Story],
    findings: Sequence[Told],
    known: Mapping[UUID, Row[Any]],
    person: Person,
) -> list[UUID]:
    """The stories that begin, and not those that go on, split off or are long over."""
    told = {finding.id for finding in findings if finding.episode_id is not None}
    return [
        story.id
        for story in stories
        if story.id not in known
        and told.isdisjoint(story.findings)
        and is_news(story.columns["last"], person)
    ]


def stories_of(
    person: Person,
    findings: Sequence[Told],
    known: Mapping[UUID, Row[Any]],
    catalogue: Catalogue,
) -> list[Story]:
    """The findings as episodes. One that shares a finding with a known episode goes on under its
    id; of several the one that began first."""
    place = {(told.member.day, told.member.metric): told for told in findings}
    stories: list[Story] = []
    taken = set(known)
    free = dict(known)
    for episode in episodes((told.member for told in findings), catalogue=catalogue):
        members = [place[member.day, member.metric] for member in episode.members]
        before = {told.episode_id for told in members if told.episode_id is not None}
        past = sorted(before & free.keys(), key=lambda i: (known[i].date, i))
        story_id = past[0] if past else _fresh_id(person, episode, taken)
        columns = _columns(episode, place, catalogue)
        told_at = [at for i in before & known.keys() if (at := known[i].notified_at)]
        columns["notified_at"] = min(told_at, default=None)
        stories.append(
            Story(id=story_id, columns=columns, findings=tuple(told.id for told in members))
        )
        taken.add(story_id)
        free.pop(story_id, None)
    return stories


def _fresh_id(person: Person, episode: Episode, taken: Iterable[UUID]) -> UUID:
    first = episode.members[0]
    made = named(person.id, "episode", first.day, first.metric)
    return uuid7() if made in taken else made


def _columns(
    episode: Episode, place: Mapping[tuple[dt.date, str], Told], catalogue: Catalogue
) -> dict[str, Any]:
    peak = place[episode.peak.day, episode.peak.metric]
    return {
        "date": episode.onset,
        "peak": episode.peak.day,
        "last": episode.end,
        "days": episode.days,
        "severity": episode.severity,
        "metrics": list(episode.metrics),
        "explanation": _sentence(episode, peak.explanation, catalogue),
    }


def _sentence(episode: Episode, peak: str, catalogue: Catalogue) -> str:
    """The strangest finding's sentence, after what makes it a story."""
    if len(episode.members) == 1:
        return peak
    labels = [catalogue[key].label if key in catalogue else key for key in episode.metrics]
    when = day_text(episode.onset)
    if episode.end > episode.onset:
        when = f"{when} to {day_text(episode.end)}"
    return f"{', '.join(labels)}: {len(episode.members)} findings, {when}. Strangest: {peak}"


def _in_story(findings: FromClause) -> ColumnElement[bool]:
    return findings.c.feedback.is_distinct_from(Feedback.NOT_UNUSUAL)


def _quiet_before(person: Person, since: dt.date) -> Select[Any]:
    """The newest day, not after `since`, on which findings begin after a quiet stretch: no episode
    reaches across it."""
    earlier = _FINDINGS.alias()
    days = (_FINDINGS.c.date - QUIET_DAYS, _FINDINGS.c.date - 1)
    reaches = select(earlier.c.id).where(
        earlier.c.user_id == person.id, earlier.c.date.between(*days), _in_story(earlier)
    )
    return select(func.max(_FINDINGS.c.date)).where(
        _FINDINGS.c.user_id == person.id,
        _FINDINGS.c.date <= since,
        _in_story(_FINDINGS),
        ~reaches.exists(),
    )


def _findings(person: Person, start: dt.date) -> Select[Any]:
    names = ("id", "date", "metric_name", "severity", "anomaly_score", "clinical")
    return select(
        *(_FINDINGS.c[name] for name in (*names, "explanation", "episode_id")),
        _FINDINGS.c.evidence[("contributions", "0", "metric")].astext.label("blamed"),
    ).where(_FINDINGS.c.user_id == person.id, _FINDINGS.c.date >= start, _in_story(_FINDINGS))


def _told(row: Row[Any]) -> Told:
    member = Member(
        day=row.date,
        metric=row.metric_name,
        severity=Severity(row.severity),
        score=row.anomaly_score,
        clinical=row.clinical,
        blamed=row.blamed,
    )
    return Told(id=row.id, member=member, explanation=row.explanation, episode_id=row.episode_id)


async def _write(
    session: AsyncSession, person: Person, stories: Sequence[Story], known: Mapping[UUID, Row[Any]]
) -> None:
    changed = [story for story in stories if not _stands(story, known)]
    if changed:
        statement = insert(_EPISODES)
        fresh = {name: statement.excluded[name] for name in (*_DERIVED, "notified_at")}
        statement = statement.on_conflict_do_update(index_elements=["user_id", "id"], set_=fresh)
        rows = [{"user_id": person.id, "id": s.id, **s.columns} for s in changed]
        await session.execute(statement.values(rows))
    gone = known.keys() - {story.id for story in stories}
    if gone:
        await session.execute(
            delete(_EPISODES).where(_EPISODES.c.user_id == person.id, _EPISODES.c.id.in_(gone))
        )


def _stands(story: Story, known: Mapping[UUID, Row[Any]]) -> bool:
    row = known.get(story.id)
    return row is not None and all(
        getattr(row, name) == value for name, value in story.columns.items()
    )


async def _assign(
    session: AsyncSession, person: Person, start: dt.date, stories: Sequence[Story]
) -> None:
    pairs = [(finding, story.id) for story in stories for finding in story.findings]
    if pairs:
        ids, owners = zip(*pairs, strict=True)
        wanted = {"user_id": person.id, "ids": list(ids), "episodes": list(owners)}
        await session.execute(_ASSIGN, wanted)
    await session.execute(
        update(_FINDINGS)
        .where(
            _FINDINGS.c.user_id == person.id,
            _FINDINGS.c.date >= start,
            _FINDINGS.c.episode_id.is_not(None),
            ~_in_story(_FINDINGS),
        )
        .values(episode_id=None)
    )
