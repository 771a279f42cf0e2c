"""The queue of a test's own database, and somebody who does what lies in it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import procrastinate
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from app.database import Database
from app.postgres import DatabaseUrls
from app.services.deliveries import DeliveryWork
from app.services.nights import PEOPLE_A_CHUNK
from app.services.wording import WordingService
from app.work_queue import MOST_ATTEMPTS, Tools, plan_nights, pool_of, queue_of, tell
from tests.folders import PATIENCE


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, and a worker that is only there while `work` lasts."""

    app: procrastinate.App
    pool: AsyncConnectionPool

    async def plan(self, at: dt.datetime, *, size: int = PEOPLE_A_CHUNK) -> int:
        async with self.pool.connection() as owner:
            return await plan_nights(self.app, owner, at, size=size)

    async def work(self) -> None:
        """Until nothing is left that is due."""
        worker = self.app.run_worker_async(
            wait=False,
            delete_jobs="successful",
            install_signal_handlers=False,
            task_middleware=[tell],
            listen_notify=False,
        )
        await asyncio.wait_for(worker, PATIENCE)

    async def tire(self) -> None:
        """As if everything in it had been tried as often as it may be."""
        async with self.pool.connection() as owner:
            await owner.execute("UPDATE procrastinate_jobs SET attempts = %s", [MOST_ATTEMPTS])

    async def jobs(self) -> list[tuple[str, str, dict[str, object]]]:
        """Name, status and arguments of what lies in it."""
        async with self.pool.connection() as owner:
            return await _jobs(owner)


async def _jobs(owner: AsyncConnection) -> list[tuple[str, str, dict[str, object]]]:
    found = await owner.execute(
        "SELECT task_name, status::text, args FROM procrastinate_jobs ORDER BY id"
    )
    return [(row[0], row[1], row[2]) for row in await found.fetchall()]


@asynccontextmanager
async def queue_over(
    urls: DatabaseUrls,
    database: Database,
    wording: WordingService | None = None,
    deliveries: DeliveryWork | None = None,
) -> AsyncIterator[Queue]:
    async with pool_of(urls.owner) as pool:
        app = queue_of(pool, Tools(database, wording, deliveries))
        # The periodic plan goes by the clock; tests say when it is.
        app.periodic_registry.periodic_tasks.clear()
        await app.open_async(pool)
        yield Queue(app, pool)
