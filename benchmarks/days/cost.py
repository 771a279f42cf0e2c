"""CPU time of a piece of work: this process and PostgreSQL's, both on this machine; and memory."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.prepared import Prepared

_WHICH = Prepared("which", "select cast(pg_backend_pid() as text)")
Work = Callable[[], Awaitable[object]]
_NANOSECONDS = 1e9


class Backend:
    """The server processes behind a session, or behind all of a person's reads."""

    def __init__(self, *pids: int) -> None:
        self._told = [Path(f"/proc/{pid}/schedstat") for pid in pids]

    @classmethod
    async def of(cls, session: AsyncSession) -> "Backend":
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
        return cls(int(pid or 0))

    @classmethod
    async def both_of(cls, database: Database, user_id: UUID) -> "Backend":
        """Of a database with one connection for sessions and one for prepared statements."""
        ((hot,),) = await database.fetch(_WHICH, [])
        async with database.session(user_id) as session:
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
        return cls(int(hot or 0), int(pid or 0))

    def seconds(self) -> float:
        return sum(int(told.read_text().split()[0]) for told in self._told) / _NANOSECONDS


async def cost(work: Work, backend: Backend) -> tuple[float, float]:
    """CPU seconds of this process and of PostgreSQL."""
    before = time.process_time(), backend.seconds()
    await work()
    return time.process_time() - before[0], backend.seconds() - before[1]


async def interleaved(
    works: Mapping[str, Work], backend: Backend, *, rounds: int
) -> dict[str, tuple[float, float]]:
    """The median cost of each, taken in turn, after one round that does not count."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            spent = await cost(work, backend)
            if number:
                taken[name].append(spent)
    return {name: median(costs) for name, costs in taken.items()}


def median(costs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    here, there = zip(*costs, strict=True)
    return statistics.median(here), statistics.median(there)


def forget_peak() -> None:
    """The most memory that this process has held counts from here."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """Megabytes at most since."""
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(told.split()[0]) / 1_024
