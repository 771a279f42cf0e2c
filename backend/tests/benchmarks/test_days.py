"""The benchmarks of days and bulk loads run, and each way does what it is compared for."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.postgres import DatabaseUrls
from benchmarks.bulk.__main__ import ways
from benchmarks.days.__main__ import BASE, growth_table
from benchmarks.days.fleet import people
from benchmarks.days.growth import compared
from benchmarks.days.reads import of_fleet, of_one
from benchmarks.days.writes import writes
from tests.conftest import in_database_of


@pytest.fixture
def superuser_url(superuser: str, live_urls: DatabaseUrls) -> str:
    return in_database_of(superuser, live_urls.owner)


async def test_the_short_form_runs(live_urls: DatabaseUrls, superuser_url: str) -> None:
    database = Database(live_urls.app, pool_size=1, statement_timeout=60)
    some = await asyncio.to_thread(people, superuser_url, 2, 10)
    one = await of_one(database, some[0], 10, rounds=1)
    assert {name.strip() for name in one} == {"rows", "nothing kept", "all kept", "today logged"}
    fleet = await of_fleet(database, some, 10, rounds=1, sample=1)
    assert set(fleet) == {"rows", "all kept", "all logged today"}
    written = await writes(database, superuser_url, some, rounds=1)
    cases = {name: (database, someone) for name, someone in zip((BASE, "alone"), some, strict=True)}
    grown = await compared(cases, rounds=1)
    assert growth_table(grown, others=1).count("\n") == 2 * len(grown) == 10
    costs = [*one.values(), *fleet.values()]
    costs += [spent for kind in (*written.values(), *grown.values()) for spent in kind.values()]
    assert min(sum(spent) for spent in costs) > 0
    await database.close()


async def test_every_way_of_loading_stores_the_same(
    live_urls: DatabaseUrls, superuser_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (owner,) = await asyncio.to_thread(people, superuser_url, 1, 1)
    app, superuser = (
        Database(url, pool_size=1, statement_timeout=60) for url in (live_urls.app, superuser_url)
    )
    stored: list[tuple[int, float]] = []
    counted = text("SELECT count(*), sum(calories) FROM food_entries WHERE food_name LIKE 'Meal %'")

    async def look(session: AsyncSession) -> None:
        """In place of taking the rows back."""
        number, total = (await session.execute(counted)).one()
        stored.append((number, total))

    monkeypatch.setattr("sqlalchemy.ext.asyncio.AsyncSession.rollback", look)
    for work in ways(app, superuser, owner, 250).values():
        await work()
        async with superuser.session() as session:
            await session.execute(text("SET LOCAL ROLE NONE"))
            await session.execute(text("DELETE FROM food_entries WHERE food_name LIKE 'Meal %'"))
    assert stored == [(250, sum(300.0 + number % 400 for number in range(250)))] * 4
    for database in (app, superuser):
        await database.close()
