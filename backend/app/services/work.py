"""Work for later: put into the queue in the transaction that asks for it, or not at all."""

import datetime as dt
import json
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.people import Person

_ENQUEUE = text("SELECT app.enqueue(:task, CAST(:arguments AS jsonb), :priority, :run_at)")


class Task(StrEnum):
    """What a worker can be asked for on behalf of one person."""

    ACCOUNT_JOB = "account_job"
    DELIVER = "deliver"
    EXPIRE_JOB = "expire_job"
    WORD = "word"


# Whoever waits for an answer comes before what nobody waits for.
_PRIORITIES = {Task.ACCOUNT_JOB: 10, Task.WORD: 5, Task.DELIVER: 5, Task.EXPIRE_JOB: 1}


async def ask_for(
    session: AsyncSession,
    person: Person,
    task: Task,
    *,
    run_at: dt.datetime | None = None,
    **arguments: object,
) -> None:
    """`arguments` are ids and dates, never a value: the queue is no place for health data."""
    told = {"user_id": str(person.id)} | arguments
    await session.execute(
        _ENQUEUE,
        {
            "task": task.value,
            "arguments": json.dumps(told),
            "priority": _PRIORITIES[task],
            "run_at": run_at,
        },
    )
