"""The benchmark of imports runs, and each way stores what it is compared for."""

import asyncio
from pathlib import Path

from sqlalchemy import func, select

from app.database import Database
from app.models import Reading
from app.postgres import DatabaseUrls
from benchmarks.days.fleet import people
from benchmarks.imports.worker import run
from tests.conftest import in_database_of
from tests.importers.apple_export import write_years

RECORDS = 2_000


async def test_every_way_is_measured_and_stores_the_same(
    live_urls: DatabaseUrls, live_database: Database, superuser: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.xml"
    with file.open("wb") as written:
        write_years(written, RECORDS)
    url = in_database_of(superuser, live_urls.owner)
    ours, theirs = await asyncio.to_thread(people, url, 2, 1)
    for way, owner in (("expat", ours), ("vitaliq", ours), ("usual", theirs)):
        spent = await run(way, live_urls.app, owner, file)
        assert all(one.here > 0 and one.peak_mb > 0 for one in spent.values())
    for owner in (ours, theirs):
        async with live_database.session(owner) as session:
            stored = await session.scalar(select(func.count()).select_from(Reading))
        assert stored == RECORDS
