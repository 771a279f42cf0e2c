"""Nights in which nothing is to be told, of many people in one transaction.

Most people's nights are such: two more days are like those before them, and whatever else was
found stands. All of it is found out here, and what a run for each of them would leave behind is
stored: the memory with the new days, and that the night is done. Those rest who have logged nothing
on the day before, and have changed nothing since the night before: no day of theirs is read, and
their memory stays where it is. Nobody is waited for. Whoever is busy, or has to be judged, or has
anything kept that would change, is left to a run of their own.

Each statement acts for one person, in turn: row-level security holds in it as everywhere.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Json
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import ACT_AS, prepared_together
from app.ml.batch import Candidate
from app.ml.memory import Memory
from app.ml.memory_bytes import written
from app.ml.night import Span, is_continued, quiet_nights, stands
from app.ml.types import Finding, Wishes
from app.models import ENTRY_MODELS
from app.pipelines import Asked
from app.schemas.auth import CONSENT_VERSION
from app.services import day_pages, episode_keeping
from app.services.authentication import PERSON_COLUMNS, person_from
from app.services.day_batches import renew_together
from app.services.detection_memory import MEMORY_COLUMNS, TESTED_DAYS, Remembered, as_json
from app.services.entries import table_of
from app.services.judgement import finished
from app.services.people import Person
from app.services.wishes import wishes_columns, wishes_from

_TAKE = (
    b"select "
    + b" and ".join([episode_keeping.TRY_TURN, day_pages.TRY_TURN])
    + b","
    + PERSON_COLUMNS
    + b"""
    from users where id = $1 and (nightly_on is null or nightly_on < $3)
    for no key update skip locked
    """
)
_LOGGED = " or ".join(
    f"exists (select from {table_of(model).name} where user_id = $1 and date >= $2 - 1)"
    for model in ENTRY_MODELS.values()
)
"""Whether anything was logged on the day before or later: its totals were left out of judgement
while it had only begun, so that a memory does not tell."""
_LOOK = f"""
    select {MEMORY_COLUMNS},
        (select min(day) from stale_days where user_id = $1),
        (
            select json_agg(json_build_array(date, metric_name, is_acknowledged))
            from anomalies where user_id = $1 and date between $3 and $2
        ),
        (select nightly_on from users where id = $1) = $2 - 1 and not ({_LOGGED}),
        {wishes_columns("$2 - 1")}
    from detection_memories where user_id = $1
    """.encode()  # noqa: S608  (names of columns; values are parameters)
_REST = b"update users set nightly_on = $2 where id = $1"
_STORE = b"""
    with done as (update users set nightly_on = $2 where id = $1 returning id)
    update detection_memories set content = $3, changed_from = null,
        learned = case when learned = $4 then learned else $4 end,
        conditions = coalesce($5, conditions)
    where user_id = (select id from done)
    """


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """Somebody of whom nothing older than the last night has changed, and nothing at all of those
    who rest. `conditions` are given where others are on file than are remembered."""

    person: Person
    wishes: Wishes
    memory: Memory
    conditions: Json | None
    rests: bool = False


async def pass_over_quiet(
    session: AsyncSession, people: Sequence[UUID], night: dt.date, catalogue: Catalogue
) -> set[UUID]:
    """Whose night that was, and is done when the transaction commits.

    The session may act for anyone before, and acts for one of them afterwards.
    """
    span = Span(first=night - dt.timedelta(TESTED_DAYS - 1), night=night)
    found = await _looked_at(session, await _taken(session, people, night), span, catalogue)
    awake = [one for one in found if not one.rests]
    memories = await _judged(session, awake, span, catalogue)
    done = {one.person.id for one in found if one.rests}
    calls: list[Asked] = []
    for user_id in done:
        calls.append((ACT_AS, [str(user_id)]))
        calls.append((_REST, [user_id, night]))
    for one, memory in zip(awake, memories, strict=True):
        if memory is not None:
            user_id = one.person.id
            calls.append((ACT_AS, [str(user_id)]))
            calls.append((_STORE, [user_id, night, *written(memory), one.conditions]))
            done.add(user_id)
    if calls:
        await prepared_together(session, *calls)
    return done


async def _taken(session: AsyncSession, people: Sequence[UUID], night: dt.date) -> list[Person]:
    """Those whose night nobody else works on, nor anything that it would change."""
    calls: list[Asked] = []
    for user_id in people:
        calls.append((ACT_AS, [str(user_id)]))
        calls.append((_TAKE, [user_id, CONSENT_VERSION, night]))
    answers = (await prepared_together(session, *calls))[1::2]
    return [
        person_from(row[0][1:], user_id)
        for user_id, row in zip(people, answers, strict=True)
        if row and row[0][0]
    ]


async def _looked_at(
    session: AsyncSession, people: Sequence[Person], span: Span, catalogue: Catalogue
) -> list[_Unchanged]:
    calls: list[Asked] = []
    for person in people:
        calls.append((ACT_AS, [str(person.id)]))
        calls.append((_LOOK, [person.id, span.night, span.first]))
    if not calls:
        return []
    answers = (await prepared_together(session, *calls))[1::2]
    found = [
        _unchanged(person, row[0], span, catalogue)
        for person, row in zip(people, answers, strict=True)
        if row
    ]
    return [one for one in found if one is not None]


def _unchanged(
    person: Person, row: Sequence[Any], span: Span, catalogue: Catalogue
) -> _Unchanged | None:
    noted, kept, is_idle, *wished = row[4:]
    remembered = Remembered.of(*row[:4])
    memory = remembered.memory
    if memory is None or not _are_kept(memory.findings, kept or (), span):
        return None
    if is_idle and noted is None and remembered.is_as_left:
        wishes = wishes_from(wished, person, remembered.conditions)
        if stands(memory, wishes, catalogue=catalogue):
            return _Unchanged(person, wishes, memory, None, rests=True)
    if not is_continued(memory, span):
        return None
    over = memory.last - dt.timedelta(1)
    if not remembered.settles(over) or (noted is not None and noted <= over):
        return None
    wishes = wishes_from(wished, person, remembered.conditions_before(memory.last))
    is_known = wishes.conditions == remembered.conditions
    return _Unchanged(person, wishes, memory, None if is_known else as_json(wishes.conditions))


async def _judged(
    session: AsyncSession, people: Sequence[_Unchanged], span: Span, catalogue: Catalogue
) -> list[Memory | None]:
    """The memories of those whose new days are quiet."""
    if not people:
        return []
    ids = [one.person.id for one in people]
    start = span.night - dt.timedelta(span.days - 1)
    days = await renew_together(session, ids, start, span.night, catalogue=catalogue)
    candidates = [
        Candidate(
            values=finished(days.of(place), one.person.today(), catalogue),
            wishes=one.wishes,
            memory=one.memory,
        )
        for place, one in enumerate(people)
    ]
    return await asyncio.to_thread(quiet_nights, candidates, span, catalogue=catalogue)


def _are_kept(
    findings: Sequence[Finding], kept: Sequence[tuple[str, str, bool]], span: Span
) -> bool:
    """Whether a run would neither keep a finding nor withdraw one."""
    held = {(f.day.isoformat(), f.metric) for f in findings if f.day >= span.first}
    there = {(day, metric) for day, metric, _ in kept}
    unseen = {(day, metric) for day, metric, is_seen in kept if not is_seen}
    return unseen <= held <= there
