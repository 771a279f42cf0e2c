"""Workers killed inside jobs, again and again: what each job does is done once (T29)."""

import asyncio
import contextlib
import datetime as dt
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app import cli, work_queue
from app import worker as _imported_for_its_copies  # noqa: F401
from app.database import Database
from app.migrations import upgrade
from app.postgres import DatabaseUrls, EmbeddedPostgres
from app.services.authentication import person_of
from app.services.export import export_account, in_pieces
from app.services.job_service import JobService, keep_file
from app.services.job_work import JobWork, finish
from app.services.people import Person
from app.utils.enums import JobKind, JobStatus
from app.work_queue import plan_nights, pool_of, queue_of
from crash.fleet import add_people
from crash.served import environment
from crash.server import PATIENCE, POLL_SECONDS, Postgres, kill, server_folder

WORKERS = 2
BEAT = "0.3"
MOST_ATTEMPTS = 1_000_000
"""Chance may hit one job more often than a job is tried in earnest."""
PEOPLE_A_CHUNK = 7
PLANTS = ("finish-apart",)
_HONEST = JobWork._carry_out
FILE = "date,weight\n2025-01-10,70.1\n2025-01-11,70.4\n2025-01-12,70.2\n"
OPTIONS: dict[str, Any] = {
    "label": "days.csv",
    "mapping": {},
    "condition": None,
    "zero_is_unknown": False,
    "skip_rejected": False,
}
# What is left to do of what was asked for: work for a later time is none of it.
_LEFT = """
    SELECT count(*) FROM queue.procrastinate_jobs
    WHERE task_name <> 'expire_job' AND task_name <> 'plan_nights'
"""
_OPEN = f"{_LEFT} AND status IN ('todo', 'doing')"
# By a worker that lives: what a killed one had begun still counts as begun for a while.
_DOING = """
    SELECT count(*) FROM queue.procrastinate_jobs j
    JOIN queue.procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND w.last_heartbeat > now() - interval '0.4 s'
"""
# What only a planted fault leaves: the effect of an export, and not yet that it is done.
_APART = """
    SELECT (SELECT count(*) FROM audit_events WHERE kind = 'exported')
        - (SELECT count(*) FROM jobs WHERE kind = 'export' AND status = 'done')
"""
_EFFECTS = """
    SELECT
        (SELECT count(*) FROM users WHERE nightly_on IS NOT NULL),
        (SELECT count(DISTINCT user_id) FROM anomalies WHERE metric_name = 'resting_hr'),
        (SELECT count(*) - count(DISTINCT (user_id, date, metric_name)) FROM anomalies),
        (SELECT count(*) FROM jobs WHERE status = 'done'),
        (SELECT count(*) FROM audit_events WHERE kind = 'exported'),
        (SELECT count(DISTINCT job_id) FROM job_parts),
        (SELECT count(*) FROM batches),
        (SELECT count(*) FROM body_metrics)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What so many people's nights, exports and imports have left behind."""

    people: int
    nights: int
    people_with_findings: int
    doubled_findings: int
    jobs_done: int
    exports: int
    archives: int
    imports: int
    imported_rows: int
    left: int
    kills: int
    seconds: float

    @property
    def are_once(self) -> bool:
        """Everything was done, and nothing twice."""
        each = (self.nights, self.people_with_findings, self.exports, self.archives, self.imports)
        return (
            set(each) == {self.people}
            and self.jobs_done == 2 * self.people
            and self.imported_rows == 3 * self.people
            and self.doubled_findings == self.left == 0
        )


def run(*, people: int, kills: int, seed: int, plant: str | None = None) -> Effects:
    """Two workers do all that there is to do, while one of them is killed inside a job, and
    replaced, so many times (fewer if everything is done before). With a planted fault both are
    killed where it shows, which luck alone would seldom hit."""
    chance, killed = random.Random(seed), 0
    with server_folder() as data_dir, EmbeddedPostgres(data_dir) as urls:
        upgrade(urls.owner)
        postgres = Postgres(data_dir)
        with postgres.connect() as connection:
            ids = add_people(connection, people, seed=seed)
        asyncio.run(_ask_for_everything(urls, ids))
        started = time.monotonic()
        with _workers(data_dir, plant) as replace:
            while _number(postgres, _OPEN):
                if time.monotonic() > started + PATIENCE:
                    break
                if killed < kills and _number(postgres, _DOING if plant is None else _APART) > 0:
                    time.sleep(0 if plant else chance.uniform(0, 0.3))
                    for number in range(WORKERS) if plant else [chance.randrange(WORKERS)]:
                        replace(number)
                    killed += 1
                time.sleep(POLL_SECONDS)
        return _effects(postgres, people, kills=killed, seconds=time.monotonic() - started)


def _effects(postgres: Postgres, people: int, *, kills: int, seconds: float) -> Effects:
    nights, found, doubled, done, exports, archives, imports, rows = postgres.query(_EFFECTS)[0]
    return Effects(
        people=people,
        nights=nights,
        people_with_findings=found,
        doubled_findings=doubled,
        jobs_done=done,
        exports=exports,
        archives=archives,
        imports=imports,
        imported_rows=rows,
        left=_number(postgres, _LEFT),
        kills=kills,
        seconds=seconds,
    )


def _number(postgres: Postgres, statement: str) -> int:
    return int(postgres.query(statement)[0][0])


async def _ask_for_everything(urls: DatabaseUrls, people: Sequence[UUID]) -> None:
    """A night, an export and an import for each."""
    database = Database(urls.app, pool_size=1, statement_timeout=PATIENCE)
    for user_id in people:
        async with database.session(user_id) as session:
            jobs = JobService(session, await person_of(session, user_id))
            await jobs.ask(JobKind.EXPORT)
            await jobs.ask(JobKind.IMPORT_DAYS, file=[FILE.encode()], options=OPTIONS)
    await database.close()
    async with pool_of(urls.owner) as pool, pool.connection() as owner:
        queue = queue_of(pool)
        await queue.open_async(pool)
        await plan_nights(queue, owner, dt.datetime.now(dt.UTC), size=PEOPLE_A_CHUNK)


@contextlib.contextmanager
def _workers(data_dir: Path, plant: str | None) -> Iterator[Callable[[int], None]]:
    """Two workers, and how to kill one of them and start another in its place."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__])

    def start() -> BaseProcess:
        process = forks.Process(target=_work, args=(data_dir, plant))
        process.start()
        return process

    processes = [start() for _ in range(WORKERS)]

    def replace(number: int) -> None:
        victim = processes[number]
        kill([victim.pid or 0])
        victim.join(PATIENCE)
        processes[number] = start()

    try:
        yield replace
    finally:
        for process in processes:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)
        for process in processes:
            process.join(PATIENCE)


def _work(data_dir: Path, plant: str | None) -> None:
    os.environ.clear()
    os.environ.update(environment(data_dir) | {"WORKER_HEARTBEAT_SECONDS": BEAT})
    os.chdir(data_dir.parent)
    with (data_dir.parent / "workers.log").open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    work_queue.MOST_ATTEMPTS = MOST_ATTEMPTS
    if plant == "finish-apart":
        JobWork._carry_out = _carry_out_apart  # type: ignore[method-assign]  # a fault on purpose
    cli.main(["worker"])


async def _carry_out_apart(
    self: JobWork, session: AsyncSession, person: Person, job: Row[Any]
) -> None:
    """A fault on purpose: what an export does commits before it is noted that it is done."""
    if job.kind != JobKind.EXPORT:
        await _HONEST(self, session, person, job)
        return
    async with self._database.session(person.id) as apart:
        archive = await export_account(apart, person)
    await asyncio.sleep(3)
    with archive:
        await keep_file(session, person.id, job.id, in_pieces(archive))
    await finish(session, person, job.id, status=JobStatus.DONE)
