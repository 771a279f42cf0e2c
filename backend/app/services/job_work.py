"""What a worker does for a person's job: once, however often it is begun."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import Database
from app.errors import AppError, InvalidInputError, UnavailableError
from app.services.account_import import MOST_UNPACKED_UNHURRIED, import_account
from app.services.authentication import person_of
from app.services.day_import import DayPlan, import_plan, plan_days
from app.services.detection import detect_span
from app.services.export import export_account
from app.services.job_service import (
    JOBS,
    KEPT_FOR,
    PART_BYTES,
    drop_file,
    keep_file,
    read_file,
)
from app.services.people import Person
from app.services.work import GIVEN_UP, Task, ask_for
from app.utils.enums import ConditionType, JobKind, JobStatus
from app.utils.text_file import lines_of
from app.utils.time import now

_IN_MEMORY = 8_000_000
_SHOWN_REJECTED = 20
_OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


class JobWork:
    """Does jobs. What a job does, and that it is done, commit together; so a job that was begun
    before, by a worker that was killed, is either done or as if it had never been begun."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def do(self, user_id: UUID, job_id: UUID) -> None:
        """Nothing happens for a job that is done, or gone with its account. What the person can
        mend is the job's `problem`; anything else is raised."""
        if not await self._begin(user_id, job_id):
            return
        try:
            async with self._database.session(user_id) as session:
                job = await _claim(session, user_id, job_id)
                if job is not None:
                    await self._carry_out(session, await person_of(session, user_id), job)
        except UnavailableError:
            raise
        except AppError as error:
            await self._fail(user_id, job_id, _reason(error))

    async def give_up(self, user_id: UUID, job_id: UUID) -> None:
        """Tell that it cannot be done, unless it is done."""
        await self._fail(user_id, job_id, GIVEN_UP)

    async def expire(self, user_id: UUID, job_id: UUID) -> None:
        """Forget a job and its archive."""
        async with self._database.session(user_id) as session:
            await session.execute(
                delete(JOBS).where(JOBS.c.user_id == user_id, JOBS.c.id == job_id)
            )

    async def _begin(self, user_id: UUID, job_id: UUID) -> bool:
        """So that whoever asks hears that it runs."""
        async with self._database.session(user_id) as session:
            begun = await session.execute(
                update(JOBS)
                .where(
                    JOBS.c.user_id == user_id, JOBS.c.id == job_id, JOBS.c.status.in_(list(_OPEN))
                )
                .values(status=JobStatus.RUNNING)
                .returning(JOBS.c.id)
            )
            return begun.one_or_none() is not None

    async def _carry_out(self, session: AsyncSession, person: Person, job: Row[Any]) -> None:
        ways = {
            JobKind.EXPORT: self._export,
            JobKind.IMPORT_ACCOUNT: self._import_account,
            JobKind.IMPORT_DAYS: self._import_days,
        }
        result = await ways[JobKind(job.kind)](session, person, job)
        await finish(session, person, job.id, status=JobStatus.DONE, result=result)

    async def _export(
        self, session: AsyncSession, person: Person, job: Row[Any]
    ) -> dict[str, object]:
        with await export_account(session, person) as archive:
            await keep_file(session, person.id, job.id, _in_parts(archive))
            return {"bytes": archive.tell()}

    async def _import_account(
        self, session: AsyncSession, person: Person, job: Row[Any]
    ) -> dict[str, object]:
        with SpooledTemporaryFile(_IN_MEMORY) as archive:
            async for part in read_file(session, person.id, job.id):
                archive.write(part)
            archive.seek(0)
            stored = await import_account(
                session, person, archive, most_bytes=MOST_UNPACKED_UNHURRIED
            )
        await drop_file(session, person.id, job.id)
        return {"stored": dict(stored)}

    async def _import_days(
        self, session: AsyncSession, person: Person, job: Row[Any]
    ) -> dict[str, object]:
        table = b"".join([part async for part in read_file(session, person.id, job.id)])
        plan = await asyncio.to_thread(_plan, table.decode(), person, job.options)
        if plan.rejected and not job.options["skip_rejected"]:
            raise InvalidInputError(_complaint(plan))
        report = await import_plan(session, person, plan, label=job.options["label"])
        found = 0
        if plan.first is not None and plan.last is not None:
            found = await detect_span(session, person, self._catalogue, plan.first, plan.last)
        await drop_file(session, person.id, job.id)
        return {
            "stored": dict(report.stored),
            "already_there": report.already_there,
            "days": report.days,
            "rejected": [asdict(row) for row in plan.rejected[:_SHOWN_REJECTED]],
            "rejected_rows": len(plan.rejected),
            "ignored": dict(plan.ignored),
            "found": found,
        }

    async def _fail(self, user_id: UUID, job_id: UUID, problem: str) -> None:
        async with self._database.session(user_id) as session:
            job = await _claim(session, user_id, job_id)
            if job is not None:
                person = await person_of(session, user_id)
                await drop_file(session, user_id, job_id)
                await finish(session, person, job_id, status=JobStatus.FAILED, problem=problem)


async def _claim(session: AsyncSession, user_id: UUID, job_id: UUID) -> Row[Any] | None:
    """The job, held until the transaction ends; None where another has finished it meanwhile."""
    found = await session.execute(
        select(JOBS)
        .where(JOBS.c.user_id == user_id, JOBS.c.id == job_id, JOBS.c.status.in_(list(_OPEN)))
        .with_for_update()
    )
    return found.one_or_none()


async def finish(
    session: AsyncSession, person: Person, job_id: UUID, *, status: JobStatus, **told: object
) -> None:
    """Note that a job is over, in the transaction that did it, and have it forgotten later."""
    mine = (JOBS.c.user_id == person.id) & (JOBS.c.id == job_id)
    await session.execute(
        update(JOBS).where(mine).values(status=status, finished_at=func.now(), **told)
    )
    later = now() + KEPT_FOR
    await ask_for(session, person, Task.EXPIRE_JOB, run_at=later, job_id=str(job_id))


def _plan(table: str, person: Person, options: dict[str, Any]) -> DayPlan:
    condition = options["condition"]
    return plan_days(
        lines_of(table),
        person=person,
        mapping=options["mapping"],
        condition=ConditionType(condition) if condition else None,
        zero_is_unknown=options["zero_is_unknown"],
    )


def _in_parts(archive: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: archive.read(PART_BYTES), b"")


def _complaint(plan: DayPlan) -> str:
    first = plan.rejected[0]
    where = f"line {first.line}" + (f", {first.column}" if first.column else "")
    return (
        f"{len(plan.rejected)} rows do not fit, the first in {where}: {first.reason}. Nothing was "
        "stored; mend them, or set skip_rejected."
    )


def _reason(error: AppError) -> str:
    """Why, in words that quote nothing of the file, with where in it."""
    places = [".".join(map(str, part.loc[1:])) for part in error.errors]
    told = [part.msg for part in error.errors]
    parts = [f"{place}: {msg}" if place else msg for place, msg in zip(places, told, strict=True)]
    return "; ".join(parts) or error.detail
