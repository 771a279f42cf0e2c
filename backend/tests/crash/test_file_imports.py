"""A commit that is killed at any moment leaves all of a file or nothing; done again it is whole."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update

from app.database import Database
from app.models import Batch, Reading
from app.postgres import DatabaseUrls
from app.services.file_imports import IMPORTS
from app.utils.enums import ImportStatus
from benchmarks.days.fleet import people
from benchmarks.imports.ways import announce, commit, preview
from tests.conftest import in_database_of
from tests.importers.apple_export import write_years

RECORDS = 20_000
KILLS = 3
STORE = """
import asyncio, sys
from pathlib import Path
from uuid import UUID
from app.database import Database
from benchmarks.imports.ways import commit
url, owner, one, file = sys.argv[1:]
database = Database(url, pool_size=8, statement_timeout=60)
print("begun", flush=True)
asyncio.run(commit(database, UUID(owner), UUID(one), Path(file)))
"""


async def stored(database: Database, owner: UUID) -> tuple[int, int]:
    """Readings, and batches."""
    async with database.session(owner) as session:
        counts = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (Reading, Batch)
        ]
    return counts[0] or 0, counts[1] or 0


def kill_at_some_moment(url: str, owner: UUID, one: UUID, file: Path) -> None:
    """The process that stores."""
    command = [sys.executable, "-c", STORE, url, str(owner), str(one), str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], env={"PYTHONPATH": "..:."}
    ) as storing:
        if storing.stdout is not None:
            storing.stdout.readline()
        time.sleep(random.uniform(0, 1.5))
        storing.kill()


async def test_t27_all_or_nothing_of_a_file_whenever_its_worker_dies(
    live_urls: DatabaseUrls, live_database: Database, superuser: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.xml"
    with file.open("wb") as written:
        write_years(written, RECORDS)
    url = in_database_of(superuser, live_urls.owner)
    (owner,) = await asyncio.to_thread(people, url, 1, 1)
    one = await announce(live_database, owner, (await asyncio.to_thread(file.stat)).st_size)
    await preview(live_database, owner, one, file)
    for _ in range(KILLS):
        await asyncio.to_thread(kill_at_some_moment, live_urls.app, owner, one, file)
        assert await stored(live_database, owner) in ((0, 0), (RECORDS, 1))
        async with live_database.session(owner) as session:  # as its worker would find it
            state = await session.scalar(select(IMPORTS.c.status))
            assert state in (ImportStatus.READY, ImportStatus.COMMITTING, ImportStatus.COMMITTED)
            if state == ImportStatus.COMMITTED:
                break
            await session.execute(update(IMPORTS).values(status=ImportStatus.READY))
    await commit(live_database, owner, one, file)
    assert await stored(live_database, owner) == (RECORDS, 1)
