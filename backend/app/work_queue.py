"""The queue of work, kept by procrastinate in the same PostgreSQL: which tasks there are.

Importing this module imports procrastinate, which a server that serves requests need not do.
"""

import datetime as dt
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import procrastinate
import psycopg
from procrastinate import JobContext
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import make_url

from app.catalog import CATALOGUE
from app.database import Database
from app.services.deliveries import DeliveryError, DeliveryWork
from app.services.import_work import ImportWork
from app.services.job_work import JobWork
from app.services.nights import (
    PEOPLE_A_CHUNK,
    Chunk,
    ChunkError,
    chunks_due,
    detect_chunk,
    members_due,
)
from app.services.reading_rework import ReadingRework
from app.services.wording import WordingService
from app.services.work import Task

logger = logging.getLogger("vitaliq.worker")

SCHEMA = "queue"
PLAN, NIGHT = "plan_nights", "night"
PLAN_AT = "*/15 * * * *"  # no zone's offset is finer
PLAN_DELAY_SECONDS = 900
MOST_ATTEMPTS = 8
WAITED_FOR = [Task.ACCOUNT_JOB.value, Task.READ_IMPORT.value, Task.COMMIT_IMPORT.value]
GIVING_UP_ATTEMPTS = 3
"""So many further ones tell the person who waits that it was given up."""
JOBS_AT_ONCE = 500
CONNECTIONS = 3

# What a worker that is gone had begun goes back into the queue, and the others are told; what ends
# its worker again and again is given up. The row locks let only one of several do it.
_REVIVE = """
    WITH lost AS (
        SELECT j.id FROM procrastinate_jobs j
        LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
        WHERE j.status = 'doing'
        AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(seconds)s))
        FOR UPDATE OF j SKIP LOCKED
    ), revived AS (
        UPDATE procrastinate_jobs j
        SET status = (CASE
                WHEN j.attempts + 1 < %(most)s THEN 'todo'
                WHEN j.task_name = ANY(%(waited_for)s)
                    AND j.attempts + 1 < %(most)s + %(giving_up)s THEN 'todo'
                ELSE 'failed' END)::procrastinate_job_status,
            attempts = j.attempts + 1, worker_id = NULL, abort_requested = false
        FROM lost WHERE j.id = lost.id RETURNING j.id
    )
    SELECT id, pg_notify('procrastinate_any_queue_v1',
        json_build_object('type', 'job_inserted', 'job_id', id)::text) FROM revived
"""
_PLANNED = "SELECT planned_at FROM plans FOR UPDATE"
_SET_PLANNED = "UPDATE plans SET planned_at = %s"


class Tools(NamedTuple):
    """What the tasks work with."""

    database: Database
    wording: WordingService | None
    deliveries: DeliveryWork | None = None
    most_readings: int = 50_000_000


def pool_of(owner_url: str) -> AsyncConnectionPool:
    """Connections of the owner of the tables, to whom alone the queue belongs. They read ids and
    time zones; everything else of a person is read and written by the role that serves requests.
    """
    url = make_url(owner_url).set(drivername="postgresql")
    return AsyncConnectionPool(
        url.render_as_string(hide_password=False),
        min_size=1,
        max_size=CONNECTIONS,
        open=False,
        check=AsyncConnectionPool.check_connection,
        kwargs={
            "connect_timeout": 5,
            "options": f"-c search_path={SCHEMA} -c timezone=UTC",
            "application_name": "vitaliq worker",
        },
    )


async def revive(pool: AsyncConnectionPool, *, silent_for: float) -> int:
    """How many jobs of workers that have been silent for so many seconds are given to others."""
    async with pool.connection() as connection:
        wanted = {
            "seconds": silent_for,
            "most": MOST_ATTEMPTS,
            "waited_for": WAITED_FOR,
            "giving_up": GIVING_UP_ATTEMPTS,
        }
        return len(await (await connection.execute(_REVIVE, wanted)).fetchall())


async def plan_nights(
    app: procrastinate.App,
    owner: psycopg.AsyncConnection,
    at: dt.datetime,
    *,
    size: int = PEOPLE_A_CHUNK,
) -> int:
    """Put the chunks into the queue whose night has begun since the last plan; how many. All of
    them, and that they are planned, commit together."""
    async with owner.transaction():
        row = await (await owner.execute(_PLANNED)).fetchone()
        since = None if row is None else row[0]
        if since is not None and since >= at:
            return 0
        chunks = await chunks_due(owner, since, at, size=size)
        task = app.configure_task(NIGHT)
        for start in range(0, len(chunks), JOBS_AT_ONCE):
            jobs = [
                task.job.evolve(task_kwargs=_arguments(chunk))
                for chunk in chunks[start : start + JOBS_AT_ONCE]
            ]
            await app.job_manager.batch_defer_jobs_async(jobs, connection=owner)
        await owner.execute(_SET_PLANNED, [at])
    return len(chunks)


def queue_of(pool: AsyncConnectionPool, tools: Tools | None = None) -> procrastinate.App:
    """The queue over a pool; without tools for whoever only puts something into it."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(),
        periodic_defaults={"max_delay": PLAN_DELAY_SECONDS},
    )

    def task(name: str, **options: Any) -> Callable[[Callable[..., Awaitable[None]]], Any]:
        most = MOST_ATTEMPTS + (GIVING_UP_ATTEMPTS if name in WAITED_FOR else 0)
        again = procrastinate.RetryStrategy(max_attempts=most, exponential_wait=3)
        return app.task(name=name, queue="default", retry=again, **options)

    @app.periodic(cron=PLAN_AT)
    @task(PLAN, queueing_lock=PLAN, priority=20)
    async def plan(timestamp: int) -> None:
        async with pool.connection() as owner:
            chunks = await plan_nights(app, owner, dt.datetime.fromtimestamp(timestamp, dt.UTC))
        logger.info("planned %d chunks of nightly detection", chunks)

    @task(NIGHT)
    async def night(at: str, zones: list[str], first: str, stop: str | None) -> None:
        chunk = Chunk(
            at=dt.datetime.fromisoformat(at),
            zones=tuple(zones),
            first=UUID(first),
            stop=(stop and UUID(stop)) or None,
        )
        async with pool.connection() as owner:
            due = await members_due(owner, chunk)
        done = await detect_chunk(_given(tools).database, CATALOGUE, due)
        logger.info("detected for %d people", done)

    @task(Task.WORD)
    async def word(user_id: str, anomaly_ids: list[str]) -> None:
        wording = _given(tools).wording
        if wording is not None:
            await wording.reword(UUID(user_id), map(UUID, anomaly_ids))

    @task(Task.ACCOUNT_JOB, pass_context=True)
    async def account_job(context: JobContext, user_id: str, job_id: str) -> None:
        work = JobWork(_given(tools).database, CATALOGUE)
        do = work.give_up if _is_tried_enough(context) else work.do
        await do(UUID(user_id), UUID(job_id))

    @task(Task.EXPIRE_JOB)
    async def expire_job(user_id: str, job_id: str) -> None:
        await JobWork(_given(tools).database, CATALOGUE).expire(UUID(user_id), UUID(job_id))

    @task(Task.DELIVER)
    async def deliver(user_id: str, channel_id: str) -> None:
        deliveries = _given(tools).deliveries
        if deliveries is not None:
            await deliveries.deliver(UUID(user_id), UUID(channel_id))

    @task(Task.READ_IMPORT, pass_context=True)
    async def read_import(context: JobContext, user_id: str, import_id: str) -> None:
        work = _imports(tools)
        do = work.give_up_reading if _is_tried_enough(context) else work.read
        await do(UUID(user_id), UUID(import_id))

    @task(Task.COMMIT_IMPORT, pass_context=True)
    async def commit_import(context: JobContext, user_id: str, import_id: str) -> None:
        work = _imports(tools)
        do = work.give_up_commit if _is_tried_enough(context) else work.commit
        await do(UUID(user_id), UUID(import_id))

    @task(Task.EXPIRE_IMPORT)
    async def expire_import(user_id: str, import_id: str) -> None:
        await _imports(tools).expire(UUID(user_id), UUID(import_id))

    @task(Task.REWORK_READINGS)
    async def rework_readings(user_id: str) -> None:
        await ReadingRework(_given(tools).database, CATALOGUE).rework(UUID(user_id))

    @task(Task.DETECT_DAYS)
    async def detect_days(user_id: str, first: str, last: str) -> None:
        rework = ReadingRework(_given(tools).database, CATALOGUE)
        days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        await rework.detect(UUID(user_id), *days)

    return app


def _is_tried_enough(context: JobContext) -> bool:
    """What a person waits for is told to have failed, rather than left as if it still ran."""
    return context.job.attempts >= MOST_ATTEMPTS


def _imports(tools: Tools | None) -> ImportWork:
    given = _given(tools)
    return ImportWork(given.database, CATALOGUE, most_readings=given.most_readings)


def _given(tools: Tools | None) -> Tools:
    if tools is None:
        raise RuntimeError("this queue was opened without what work is done with")
    return tools


def _arguments(chunk: Chunk) -> dict[str, Any]:
    return {
        "at": chunk.at.isoformat(),
        "zones": list(chunk.zones),
        "first": str(chunk.first),
        "stop": None if chunk.stop is None else str(chunk.stop),
    }


async def tell(go_on: Callable[[], Awaitable[Any]], context: JobContext, _: Worker) -> Any:
    """A line in the log for each job: its name, number, end and time, never what it was about."""
    name, number, started = context.job.task_name, context.job.id, time.monotonic()
    try:
        result = await go_on()
    except BaseException as error:
        # Where it happened, without the message: that may quote a value.
        where = "" if _is_told(error) else "\n" + "".join(traceback.format_tb(error.__traceback__))
        logger.warning("job %s (%s) failed: %s%s", number, name, type(error).__name__, where)
        raise
    logger.info("job %s (%s) done in %.2f s", number, name, time.monotonic() - started)
    return result


def _is_told(error: BaseException) -> bool:
    return isinstance(error, ChunkError | DeliveryError) or not isinstance(error, Exception)
