"""One way through a file in a process of its own, so that what it takes at most can be told."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from app.database import Database
from benchmarks.imports.ways import announce, bare_expat, commit, preview, usual

CONNECTIONS = 8
_BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


class Spent(NamedTuple):
    """Seconds by the clock, of this process, and of PostgreSQL's backends; megabytes at most."""

    wall: float
    here: float
    there: float
    peak_mb: float


async def run(way: str, url: str, owner: UUID, file: Path) -> dict[str, Spent]:
    """What each step of the way took."""
    if way == "expat":
        return {way: await _measured(None, asyncio.to_thread(bare_expat, file))}
    database = Database(url, pool_size=CONNECTIONS, statement_timeout=600)
    try:
        if way == "usual":
            return {way: await _measured(database, usual(database, owner, file))}
        size = (await asyncio.to_thread(file.stat)).st_size
        import_id = await announce(database, owner, size)
        return {
            step.__name__: await _measured(database, step(database, owner, import_id, file))
            for step in (preview, commit)
        }
    finally:
        await database.close()


async def _measured(database: Database | None, work: Awaitable[object]) -> Spent:
    before, started, here = await _backends(database), time.perf_counter(), time.process_time()
    await work
    wall, spent = time.perf_counter() - started, time.process_time() - here
    there = await _backends(database) - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    return Spent(wall, spent, there, peak)


async def _backends(database: Database | None) -> float:
    """CPU seconds of the backends that are there."""
    if database is None:
        return 0
    async with database.session() as session:
        pids = list(await session.scalars(_BACKENDS))
    told = (Path(f"/proc/{pid}/schedstat") for pid in pids)
    return sum(int(one.read_text().split()[0]) for one in told if one.exists()) / 1e9


if __name__ == "__main__":
    _way, _url, _owner, _file = sys.argv[1:]
    print(json.dumps(asyncio.run(run(_way, _url, UUID(_owner), Path(_file)))))
