"""The worker process: does what lies in the queue until it is told to stop."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.postgres import DatabaseUrls
from app.services.deliveries import DeliveryWork
from app.services.model_budget import ModelBudget
from app.services.outbound import Outbound
from app.services.wording import WordingService
from app.startup import rewriter_of, tokens_of
from app.work_queue import Tools, pool_of, queue_of, revive, tell

logger = logging.getLogger("vitaliq.worker")

SILENT_BEATS = 2
"""After so many missed heartbeats a worker counts as gone."""
POLL_SECONDS = 60.0
"""How often it looks without having been told of work: for what was due at a time, or tried
again after a failure."""
GRACE_SECONDS = 20.0
"""How long work in progress may take after a stop; then it is taken back, and begun elsewhere."""
PAUSE_SECONDS = 5.0


def run(settings: Settings, urls: DatabaseUrls, *, while_stdin_is_open: bool = False) -> None:
    """Until a signal, or until standard input ends."""
    asyncio.run(_run(settings, urls, while_stdin_is_open=while_stdin_is_open))


async def _run(settings: Settings, urls: DatabaseUrls, *, while_stdin_is_open: bool) -> None:
    told = _told_to_stop(while_stdin_is_open=while_stdin_is_open)
    async with _tools(settings, urls) as tools:
        while not told.is_set():
            working = asyncio.create_task(_work(settings, urls, tools))
            stopping = asyncio.create_task(told.wait())
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            if told.is_set():
                working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
            if not told.is_set():
                logger.warning("the queue cannot be reached: trying again")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping, PAUSE_SECONDS)
            stopping.cancel()


async def _work(settings: Settings, urls: DatabaseUrls, tools: Tools) -> None:
    """Until it is cancelled, or the database is away."""
    beat = settings.worker_heartbeat_seconds
    try:
        async with pool_of(urls.owner) as pool:
            queue = queue_of(pool, tools)
            await queue.open_async(pool)
            reviving = asyncio.create_task(_keep_reviving(pool, beat))
            try:
                await queue.run_worker_async(
                    concurrency=settings.worker_concurrency,
                    fetch_job_polling_interval=min(POLL_SECONDS, 30 * beat),
                    abort_job_polling_interval=POLL_SECONDS,
                    update_heartbeat_interval=beat,
                    stalled_worker_timeout=SILENT_BEATS * beat,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    task_middleware=[tell],
                )
            finally:
                reviving.cancel()
    except (ConnectorException, psycopg.OperationalError, PoolTimeout, OSError) as error:
        logger.warning("the connection to the queue was lost: %s", type(error).__name__)


async def _keep_reviving(pool: AsyncConnectionPool, beat: float) -> None:
    while True:
        with contextlib.suppress(psycopg.OperationalError, PoolTimeout):
            revived = await revive(pool, silent_for=SILENT_BEATS * beat)
            if revived:
                logger.warning("%d jobs of workers that are gone go back to the queue", revived)
        await asyncio.sleep(beat / 2)


@contextlib.asynccontextmanager
async def _tools(settings: Settings, urls: DatabaseUrls) -> AsyncIterator[Tools]:
    database = Database(
        urls.app,
        # An import also tells how far it is, and half of the connections are for other uses.
        pool_size=4 * settings.worker_concurrency,
        statement_timeout=settings.statement_timeout_seconds,
        shared=settings.database_pooler,
    )
    rewriter = rewriter_of(settings)
    budget = ModelBudget(database, tokens_of(settings), settings)
    wording = None
    if rewriter is not None:
        wording = WordingService(database, rewriter, budget, CATALOGUE)
    outbound = Outbound(settings.outbound_networks)
    deliveries = DeliveryWork(database, tokens_of(settings), settings, outbound)
    try:
        yield Tools(database, wording, deliveries, settings.readings_per_user)
    finally:
        if rewriter is not None:
            await rewriter.aclose()
        await database.close()


def _told_to_stop(*, while_stdin_is_open: bool) -> asyncio.Event:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for kind in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(kind, told.set)
    if while_stdin_is_open:

        def wait_for_the_end() -> None:
            while os.read(0, 1_024):  # sys.stdin would be locked when the process ends first
                pass
            with contextlib.suppress(RuntimeError):  # the loop has ended before
                loop.call_soon_threadsafe(told.set)

        threading.Thread(target=wait_for_the_end, daemon=True).start()
    return told
