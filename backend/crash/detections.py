"""Many detections at once over two processes on one database: each finding once (T25)."""

import asyncio
import datetime as dt
from dataclasses import dataclass

from crash.people import insist, signed_in
from crash.server import Api, Postgres, server_folder

PROCESSES = 2
RUNS = 20
DAYS, TESTED = 120, 80
ROWS = "SELECT count(*), count(DISTINCT (user_id, date, metric_name)) FROM anomalies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """What so many runs said that they added, and what is there."""

    runs: int
    new: int
    rows: int
    distinct: int

    @property
    def agree(self) -> bool:
        return 0 < self.new == self.rows == self.distinct


async def detect_at_once(apis: list[Api], runs: int) -> int:
    """The sum of `new` over all runs."""
    tested = {"first": str(dt.datetime.now(dt.UTC).date() - dt.timedelta(TESTED))}
    async with signed_in(*(api.url for api in apis)) as clients:
        invent = {"days": DAYS, "seed": 1}
        status, _ = await insist(clients[0], "/api/mock/generate", invent, key="days")
        if status != 201:
            raise RuntimeError(f"inventing days was answered {status}")
        answers = await asyncio.gather(
            *(
                insist(
                    clients[run % len(clients)], "/api/anomalies/detect", tested, key=f"run-{run}"
                )
                for run in range(runs)
            )
        )
    if any(status != 200 for status, _ in answers):
        raise RuntimeError("a detection failed")
    return sum(int(answer["new"]) for _, answer in answers)


def run(*, runs: int = RUNS) -> Detections:
    with server_folder() as data_dir:
        apis = [Api(data_dir) for _ in range(PROCESSES)]
        try:
            for api in apis:
                api.start()
            for api in apis:
                api.await_ready()
            new = asyncio.run(detect_at_once(apis, runs))
            ((rows, distinct),) = Postgres(data_dir).query(ROWS)
        finally:
            for api in apis:
                api.stop()
    return Detections(runs=runs, new=new, rows=int(rows), distinct=int(distinct))
