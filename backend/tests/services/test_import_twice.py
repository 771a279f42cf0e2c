"""Files that say the same, again or at once: each entry is stored once (T24)."""

import asyncio
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import func, select

from app.database import Database
from app.models import ENTRY_MODELS
from app.services.authentication import person_of
from app.services.day_import import ImportReport, import_plan, plan_days
from tests.contracts.test_access import id_of
from tests.people import register

CELLS = {"resting_hr": 60, "weight": 71, "sleep_hours": 7, "total_calories": 2000}
MARCH = [f"2024-03-{day:02}" for day in range(1, 32)]
EARLY, LATE = MARCH[:21], MARCH[10:]


def file_of(days: list[str]) -> list[str]:
    cells = ",".join(map(str, CELLS.values()))
    return [",".join(("date", *CELLS)), *(f"{day},{cells}" for day in days)]


async def bring_in(database: Database, user_id: UUID, days: list[str]) -> ImportReport:
    async with database.session(user_id) as session:
        person = await person_of(session, user_id)
        plan = plan_days(file_of(days), person=person)
        return await import_plan(session, person, plan, label="days.csv")


async def counted(database: Database, user_id: UUID) -> list[tuple[int, int]]:
    """By tracker the entries, and the names among them."""
    counts = []
    async with database.session(user_id) as session:
        for model in ENTRY_MODELS.values():
            names = func.count(model.external_id.distinct())
            statement = select(func.count(), names).where(model.user_id == user_id)
            entries, distinct = (await session.execute(statement)).one()
            counts.append((entries, distinct))
    return counts


async def test_t24_files_that_overlap_at_once_store_each_day_once(
    live_client: AsyncClient, live_database: Database
) -> None:
    user_id = UUID(str(await id_of(await register(live_client, "ada@example.com"))))
    # In opposite order, as two that would wait for each other for ever.
    files = [EARLY, LATE[::-1], EARLY[::-1], LATE]
    reports = await asyncio.gather(*(bring_in(live_database, user_id, days) for days in files))
    once = [(len(MARCH), len(MARCH))] * len(CELLS)
    counts = await counted(live_database, user_id)
    assert [pair for pair in counts if pair != (0, 0)] == once
    assert sum(sum(report.stored.values()) for report in reports) == len(MARCH) * len(CELLS)
    again = await bring_in(live_database, user_id, EARLY)
    assert again.already_there == len(EARLY) * len(CELLS)
    assert again.batch_id is None
    assert await counted(live_database, user_id) == counts
