"""CPU time of a piece of work: this process and PostgreSQL's, both on this machine."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Work = Callable[[], Awaitable[object]]
_NANOSECONDS = 1e9


class Backend:
    """The server process behind a session."""

    def __init__(self, pid: int) -> None:
        self._told = Path(f"/proc/{pid}/schedstat")

    @classmethod
    async def of(cls, session: AsyncSession) -> "Backend":
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
        return cls(int(pid or 0))

    def seconds(self) -> float:
        return int(self._told.read_text().split()[0]) / _NANOSECONDS


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
