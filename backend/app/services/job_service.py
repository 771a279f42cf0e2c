"""Jobs that a person asks for, and asks after: exports and imports that a worker does."""

import datetime as dt
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.errors import ConflictError, NotFoundError
from app.models import Job, JobPart
from app.schemas.job import JobOut
from app.services.people import Person
from app.services.work import Task, ask_for
from app.utils.enums import JobKind, JobStatus
from app.utils.identifiers import uuid7

JOBS: Table = Job.__table__  # type: ignore[assignment]  # a mapped class has a Table
PARTS: Table = JobPart.__table__  # type: ignore[assignment]  # a mapped class has a Table
MOST_WAITING = 3
MOST_SHOWN = 50
KEPT_FOR = dt.timedelta(hours=24)
PART_BYTES = 1_000_000
_SHOWN = [JOBS.c[name] for name in JobOut.model_fields]


class JobService:
    """One person's jobs."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def ask(
        self, kind: JobKind, *, file: Iterable[bytes] = (), options: dict[str, Any] | None = None
    ) -> JobOut:
        """A new job, in the queue once the transaction commits. Raises ConflictError while too
        many wait."""
        await self._require_few_waiting()
        job_id = uuid7()
        columns = {
            "user_id": self._person.id,
            "id": job_id,
            "kind": kind,
            "session_id": self._person.session_id,
            "options": options or {},
        }
        made = await self._session.execute(insert(JOBS).values(columns).returning(*_SHOWN))
        job = JobOut.model_validate(made.one())
        await keep_file(self._session, self._person.id, job_id, file)
        await ask_for(self._session, self._person, Task.ACCOUNT_JOB, job_id=str(job_id))
        return job

    async def all(self) -> list[JobOut]:
        """Newest first."""
        found = await self._session.execute(
            select(*_SHOWN)
            .where(JOBS.c.user_id == self._person.id)
            .order_by(JOBS.c.id.desc())
            .limit(MOST_SHOWN)
        )
        return [JobOut.model_validate(row) for row in found]

    async def get(self, job_id: UUID) -> JobOut:
        """Raises NotFoundError for an id that is not this person's."""
        found = await self._session.execute(
            select(*_SHOWN).where(JOBS.c.user_id == self._person.id, JOBS.c.id == job_id)
        )
        if (row := found.one_or_none()) is None:
            raise NotFoundError("There is no such job among yours.")
        return JobOut.model_validate(row)

    async def require_archive(self, job_id: UUID) -> None:
        """Raises NotFoundError where an export has not made one, or another sign-in has asked for
        it: the password was given there."""
        found = await self._session.scalar(
            select(func.count())
            .select_from(PARTS.join(JOBS, (PARTS.c.job_id == JOBS.c.id)))
            .where(
                PARTS.c.user_id == self._person.id,
                JOBS.c.user_id == self._person.id,
                JOBS.c.id == job_id,
                JOBS.c.kind == JobKind.EXPORT,
                JOBS.c.status == JobStatus.DONE,
                JOBS.c.session_id == self._person.session_id,
            )
        )
        if not found:
            raise NotFoundError("There is no such archive among yours.")

    async def _require_few_waiting(self) -> None:
        waiting = await self._session.scalar(
            select(func.count())
            .select_from(JOBS)
            .where(
                JOBS.c.user_id == self._person.id,
                JOBS.c.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]),
            )
        )
        if waiting is not None and waiting >= MOST_WAITING:
            raise ConflictError(
                f"{waiting} jobs of yours are waiting: wait until one is done.", code="jobs-waiting"
            )


async def keep_file(
    session: AsyncSession, user_id: UUID, job_id: UUID, file: Iterable[bytes]
) -> None:
    """Store a file of a job, a piece a row."""
    for number, content in enumerate(file):
        columns = {"user_id": user_id, "job_id": job_id, "number": number, "content": content}
        await session.execute(insert(PARTS).values(columns))


async def read_file(session: AsyncSession, user_id: UUID, job_id: UUID) -> AsyncIterator[bytes]:
    """The pieces in order, one of them in memory at a time."""
    number = 0
    while (content := await _part(session, user_id, job_id, number)) is not None:
        yield content
        number += 1


async def send_file(database: Database, user_id: UUID, job_id: UUID) -> AsyncIterator[bytes]:
    """The same in short transactions: whoever takes their time holds no connection."""
    number = 0
    while True:
        async with database.session(user_id) as session:
            content = await _part(session, user_id, job_id, number)
        if content is None:
            return
        yield content
        number += 1


async def _part(session: AsyncSession, user_id: UUID, job_id: UUID, number: int) -> bytes | None:
    content: bytes | None = await session.scalar(
        select(PARTS.c.content).where(
            PARTS.c.user_id == user_id, PARTS.c.job_id == job_id, PARTS.c.number == number
        )
    )
    return content


async def drop_file(session: AsyncSession, user_id: UUID, job_id: UUID) -> None:
    mine = (PARTS.c.user_id == user_id) & (PARTS.c.job_id == job_id)
    await session.execute(delete(PARTS).where(mine))
