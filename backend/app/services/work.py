"""Work for later: put into the queue in the transaction that asks for it, or not at all."""

import datetime as dt
import json
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.people import Person

_ENQUEUE = text("SELECT app.enqueue(:task, CAST(:arguments AS jsonb), :priority, :run_at)")
_ENQUEUE_IMPORT = text(
    "SELECT app.enqueue_import(:task, CAST(:arguments AS jsonb), :priority, :run_at)"
)


GIVEN_UP = (
    "It broke off again and again, and was given up; nothing was stored. Try it once more, and "
    "tell whoever runs this server if it ends the same way."
)


class Task(StrEnum):
    """What a worker can be asked for on behalf of one person."""

    ACCOUNT_JOB = "account_job"
    DELIVER = "deliver"
    EXPIRE_JOB = "expire_job"
    WORD = "word"
    READ_IMPORT = "read_import"
    COMMIT_IMPORT = "commit_import"
    EXPIRE_IMPORT = "expire_import"
    REWORK_READINGS = "rework_readings"
    DETECT_DAYS = "detect_days"


# Whoever waits for an answer comes before what nobody waits for.
_PRIORITIES = {
    Task.ACCOUNT_JOB: 10,
    Task.READ_IMPORT: 10,
    Task.COMMIT_IMPORT: 10,
    Task.WORD: 5,
    Task.DELIVER: 5,
    Task.REWORK_READINGS: 5,
    Task.DETECT_DAYS: 5,
    Task.EXPIRE_JOB: 1,
    Task.EXPIRE_IMPORT: 1,
}


async def ask_for(
    session: AsyncSession,
    person: Person,
    task: Task,
    *,
    run_at: dt.datetime | None = None,
    **arguments: object,
) -> None:
    """`arguments` are ids and dates, never a value: the queue is no place for health data."""
    await _ask(session, person, task, _ENQUEUE, run_at, arguments)


async def ask_for_import(
    session: AsyncSession,
    person: Person,
    task: Task,
    *,
    run_at: dt.datetime | None = None,
    **arguments: object,
) -> None:
    """The same for the work on a file that a person brings, and on readings."""
    await _ask(session, person, task, _ENQUEUE_IMPORT, run_at, arguments)


async def _ask(
    session: AsyncSession,
    person: Person,
    task: Task,
    enqueue: TextClause,
    run_at: dt.datetime | None,
    arguments: Mapping[str, object],
) -> None:
    told = {"user_id": str(person.id)} | dict(arguments)
    await session.execute(
        enqueue,
        {
            "task": task.value,
            "arguments": json.dumps(told),
            "priority": _PRIORITIES[task],
            "run_at": run_at,
        },
    )
