"""Keeping episodes in step with the findings: a story keeps its identity while it grows.

In PostgreSQL's own words, prepared: each night regroups what it has found.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import prepared, prepared_together
from app.ml.episodes import QUIET_DAYS, Member
from app.pipelines import Asked
from app.services.announcing import announce, is_news
from app.services.people import Person
from app.services.stories import Story, Told, stories_of
from app.utils.enums import Feedback, Severity

_TURN = b"hashtextextended('detect ' || $1::uuid, 0)"
TRY_TURN = b"pg_try_advisory_xact_lock(" + _TURN + b")"
"""Whether the transaction may change the findings of the user $1, as an expression; it never
waits."""
_TAKE_TURN = b"select pg_advisory_xact_lock(" + _TURN + b")"

_IN_STORY = f"feedback is distinct from '{Feedback.NOT_UNUSUAL}'"
# The newest day, not after $2, on which findings begin after a quiet stretch: no episode reaches
# across it.
_START = f"""
    select max(date) from anomalies a where user_id = $1 and date <= $2 and {_IN_STORY}
        and not exists (
            select from anomalies where user_id = $1
                and date between a.date - {QUIET_DAYS} and a.date - 1 and {_IN_STORY}
        )
    """.encode()  # noqa: S608  (an enumeration's own word and a number)
_FINDINGS = f"""
    select id, date, metric_name, severity, anomaly_score, clinical, explanation, episode_id,
        evidence #>> '{{contributions,0,metric}}'
    from anomalies where user_id = $1 and date >= $2 and {_IN_STORY}
    """.encode()  # noqa: S608  (likewise)
_DERIVED = ("date", "peak", "last", "days", "severity", "metrics", "explanation", "notified_at")
_EPISODES = f"""
    select id, {", ".join(_DERIVED)} from episodes where user_id = $1 and last >= $2
    """.encode()  # noqa: S608  (names of columns)
_WRITE = f"""
    insert into episodes (user_id, id, {", ".join(_DERIVED)})
    values ($1, $2, {", ".join(f"${n}" for n, _ in enumerate(_DERIVED, 3))})
    on conflict (user_id, id) do update
    set {", ".join(f"{name} = excluded.{name}" for name in _DERIVED)}
    """.encode()  # noqa: S608  (likewise)
_DROP = b"delete from episodes where user_id = $1 and id = any($2)"
_ASSIGN = b"""
    update anomalies a set episode_id = v.episode_id
    from unnest($2::uuid[], $3::uuid[]) as v (id, episode_id)
    where a.user_id = $1 and a.id = v.id and a.episode_id is distinct from v.episode_id
    """
_LEAVE = f"""
    update anomalies set episode_id = null
    where user_id = $1 and date >= $2 and episode_id is not null and not ({_IN_STORY})
    """.encode()  # noqa: S608  (an enumeration's own word)

_Kept = Mapping[UUID, Mapping[str, Any]]
"""The columns of episodes by id."""


def turn_asked(person: Person) -> Asked:
    """Waits until nobody else changes this person's findings, until the transaction ends."""
    return _TAKE_TURN, [person.id]


async def take_turn(session: AsyncSession, person: Person) -> None:
    await prepared(session, *turn_asked(person))


async def regroup(
    session: AsyncSession, person: Person, since: dt.date, catalogue: Catalogue
) -> None:
    """Bring the episodes in step with findings that have changed from `since` on.

    An episode whose findings were told stays told when it grows, splits or joins another.
    """
    ((quiet_before,),) = await prepared(session, _START, [person.id, since])
    start: dt.date = quiet_before or since
    given = [person.id, start]
    found, kept = await prepared_together(session, (_FINDINGS, given), (_EPISODES, given))
    findings = [_told(*row) for row in found]
    known = {row[0]: dict(zip(_DERIVED, row[1:], strict=True)) for row in kept}
    stories = stories_of(person, findings, known, catalogue)
    await _write(session, person, start, stories, known)
    await announce(session, person, _news(stories, findings, known, person))


def _told(
    finding_id: UUID,
    day: dt.date,
    metric: str,
    severity: str,
    score: float,
    clinical: str | None,
    explanation: str,
    episode_id: UUID | None,
    blamed: str | None,
) -> Told:
    member = Member(
        day=day,
        metric=metric,
        severity=Severity(severity),
        score=score,
        clinical=clinical,
        blamed=blamed,
    )
    return Told(id=finding_id, member=member, explanation=explanation, episode_id=episode_id)


def _news(
    stories: Sequence[Story], findings: Sequence[Told], known: _Kept, person: Person
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


async def _write(
    session: AsyncSession, person: Person, start: dt.date, stories: Sequence[Story], known: _Kept
) -> None:
    calls: list[Asked] = [
        (_WRITE, [person.id, story.id, *_given(story)])
        for story in stories
        if known.get(story.id) != story.columns
    ]
    gone = known.keys() - {story.id for story in stories}
    if gone:
        calls.append((_DROP, [person.id, sorted(gone)]))
    pairs = [(finding, story.id) for story in stories for finding in story.findings]
    if pairs:
        ids, owners = zip(*pairs, strict=True)
        calls.append((_ASSIGN, [person.id, list(ids), list(owners)]))
    calls.append((_LEAVE, [person.id, start]))
    await prepared_together(session, *calls)


def _given(story: Story) -> list[object]:
    columns = dict(story.columns) | {"metrics": Jsonb(story.columns["metrics"])}
    return [columns[name] for name in _DERIVED]
