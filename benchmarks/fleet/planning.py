"""`python -m benchmarks.fleet.planning`: what planning the nights of very many people takes.

So many accounts in an embedded server; one plan of everybody's night. Printed: jobs, seconds,
CPU seconds of this process, the most memory that Python held, the size of the queue; then the CPU
of this process for detection of a few people, and the bytes that a logged day takes.
"""

import argparse
import asyncio
import datetime as dt
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import psycopg

from app.config import Settings
from app.fleet import Order, detect_all, engine_of
from app.migrations import upgrade
from app.postgres import DatabaseUrls, EmbeddedPostgres
from app.work_queue import plan_nights, pool_of, queue_of
from crash.fleet import DAYS, add_people
from crash.server import Postgres

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles")
_ACCOUNTS = """
    INSERT INTO users (id, email, hashed_password, timezone)
    SELECT gen_random_uuid(), n || '@example.org', '-', (%(zones)s::text[])[1 + n %% %(many)s]
    FROM generate_series(1, %(count)s) n
"""
_SIZE = "SELECT count(*), pg_total_relation_size('queue.procrastinate_jobs') FROM {}"


def run(people: int, tested: int) -> list[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        data_dir = Path(name) / "data"
        with EmbeddedPostgres(data_dir) as urls:
            upgrade(urls.owner)
            with Postgres(data_dir).connect() as connection:
                detection = _detection(urls, connection, tested)
                return [_planning(urls, connection, people), detection]


def _planning(urls: DatabaseUrls, connection: psycopg.Connection, people: int) -> str:
    wanted = {"zones": list(ZONES), "many": len(ZONES), "count": people}
    connection.execute(_ACCOUNTS, wanted)
    tracemalloc.start()
    wall, cpu = time.perf_counter(), time.process_time()
    jobs = asyncio.run(_plan(urls))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stored, size = _row(connection, _SIZE.format("queue.procrastinate_jobs"))
    return (
        f"planning   {people} people: {jobs} jobs ({stored} in the queue, {size / 1e6:.1f} MB), "
        f"{wall:.1f} s, {cpu:.1f} s of CPU here, at most {most / 1e6:.1f} MB held"
    )


async def _plan(urls: DatabaseUrls) -> int:
    async with pool_of(urls.owner) as pool, pool.connection() as owner:
        queue = queue_of(pool)
        await queue.open_async(pool)
        return await plan_nights(queue, owner, dt.datetime.now(dt.UTC))


def _detection(urls: DatabaseUrls, connection: psycopg.Connection, people: int) -> str:
    add_people(connection, people)
    connection.execute("VACUUM ANALYZE vital_signs")
    (size,) = _row(connection, "SELECT pg_total_relation_size('vital_signs')")
    settings = Settings(_env_file=None)
    cpu = time.process_time()
    done = detect_all(engine_of("local", settings, urls), urls.owner, Order(days=30))
    cpu = time.process_time() - cpu
    return (
        f"detection  {done.people} people with {DAYS - 1} days of two metrics: "
        f"{1_000 * cpu / done.people:.0f} ms of CPU here a person; "
        f"{size / (people * (DAYS - 1)):.0f} bytes a row of vital signs with its indexes"
    )


def _row(connection: psycopg.Connection, statement: str) -> Sequence[int]:
    row = connection.execute(statement.encode()).fetchone()
    return row or ()


def main() -> None:
    parser = argparse.ArgumentParser(prog="planning", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--tested", type=int, default=40)
    wanted = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for line in run(wanted.people, wanted.tested):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
