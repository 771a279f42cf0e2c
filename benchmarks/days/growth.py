"""Whether what is read often costs the same after years, and among others."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.models import FoodEntry
from app.services.authentication import person_of
from app.services.dashboard_service import DashboardService
from app.services.detection import DetectionService
from app.services.entries import EntryService
from app.services.paging import Window
from app.services.quota import EntryQuota
from app.utils.security import Tokens
from benchmarks.days.cost import Backend, Work, cost, median

Costs = dict[str, tuple[float, float]]
DETECTED_DAYS = 60
_TOKENS = Tokens("a key for a benchmark only: 0123456789")


async def hot_reads(database: Database, user_id: UUID) -> Mapping[str, Work]:
    """The dashboard, a page of a list, and detection of the last 60 days, of one person."""
    settings = Settings(_env_file=None)
    async with database.session(user_id) as session:
        person = await person_of(session, user_id)
    today, window = person.today(), Window(first=None, last=None, limit=50, cursor=None)

    async def dashboard() -> None:
        async with database.session(user_id) as session:
            await DashboardService(session, person, CATALOGUE).view("daily", today)

    async def page() -> None:
        async with database.session(user_id) as session:
            quota = EntryQuota(session, person, settings)
            await EntryService(session, person, FoodEntry, _TOKENS, quota).page(window)

    async def detection() -> None:
        async with database.session(user_id) as session:
            first = today - dt.timedelta(DETECTED_DAYS - 1)
            await DetectionService(session, person, CATALOGUE).detect(first, today)

    return {"dashboard": dashboard, "list": page, "detection": detection}


async def compared(cases: Mapping[str, tuple[Database, UUID]], *, rounds: int) -> dict[str, Costs]:
    """By read and case the median cost, the cases taken in turn."""
    taken: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for number in range(rounds + 1):
        for case, (database, user_id) in cases.items():
            async with database.session(user_id) as session:
                backend = await Backend.of(session)
            for name, work in (await hot_reads(database, user_id)).items():
                spent = await cost(work, backend)
                costs = taken.setdefault(name, {}).setdefault(case, [])
                if number:
                    costs.append(spent)
    return {
        name: {case: median(costs) for case, costs in by_case.items()}
        for name, by_case in taken.items()
    }
