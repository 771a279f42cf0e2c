"""Whether what is read often costs the same after years, and among others."""

import datetime as dt
from collections.abc import Mapping
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import insert

from app.catalog import CATALOGUE
from app.database import Database
from app.fast_lane import lanes
from app.lanes.asking import KnownPeople, LaneRequest
from app.models.session import LoginSession
from app.services.authentication import person_of
from app.services.detection import DetectionService
from app.utils.identifiers import uuid7
from app.utils.security import Claims, Tokens
from benchmarks.days.cost import Backend, Work, cost, median

Costs = dict[str, tuple[float, float]]
DETECTED_DAYS = 60
READS = {
    "dashboard": "/api/dashboard",
    "list": "/api/nutrition",
    "findings": "/api/anomalies",
    "summary": "/api/nutrition/daily-summary",
}
_TOKENS = Tokens("a key for a benchmark only: 0123456789")


async def signed_in(database: Database, user_id: UUID) -> LaneRequest:
    """A plain request of this person's, as the fast lane has it."""
    session_id = uuid7()
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(1)
    async with database.session(user_id) as session:
        made = insert(LoginSession).values(user_id=user_id, id=session_id, expires_at=ends)
        await session.execute(made)

    async def nothing() -> bytes:
        return b""

    return LaneRequest(
        claims=Claims(user_id, session_id),
        headers={},
        query_string=b"",
        body=nothing,
        state=SimpleNamespace(database=database, tokens=_TOKENS, catalogue=CATALOGUE),
        people=KnownPeople(),
    )


async def hot_reads(database: Database, asked: LaneRequest) -> Mapping[str, Work]:
    """What a page asks for, and detection of the last 60 days, of one person."""
    user_id = asked.claims.user_id
    async with database.session(user_id) as session:
        person = await person_of(session, user_id)
    today = person.today()
    found = {lane.route.path: lane for lane in lanes() if "GET" in (lane.route.methods or ())}

    async def detection() -> None:
        async with database.session(user_id) as session:
            first = today - dt.timedelta(DETECTED_DAYS - 1)
            await DetectionService(session, person, CATALOGUE).detect(first, today)

    def reading(path: str) -> Work:
        async def read() -> None:
            await found[path].answer(asked)

        return read

    return {name: reading(path) for name, path in READS.items()} | {"detection": detection}


async def compared(cases: Mapping[str, tuple[Database, UUID]], *, rounds: int) -> dict[str, Costs]:
    """By read and case the median cost, the cases taken in turn."""
    works = {
        case: (await hot_reads(database, await signed_in(database, user_id)), database, user_id)
        for case, (database, user_id) in cases.items()
    }
    taken: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for number in range(rounds + 1):
        for case, (reads, database, user_id) in works.items():
            backend = await Backend.both_of(database, user_id)
            for name, work in reads.items():
                spent = await cost(work, backend)
                costs = taken.setdefault(name, {}).setdefault(case, [])
                if number:
                    costs.append(spent)
    return {
        name: {case: median(costs) for case, costs in by_case.items()}
        for name, by_case in taken.items()
    }
