"""The disk of the embedded PostgreSQL is full for a while: what is heard, and what is kept (T30).

Two ways to be full: a table cannot grow, which fails one statement; and the write-ahead log cannot,
which ends PostgreSQL at once. `python -m crash.full_disk FOLDER` fills the disk of that folder.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import httpx
import psycopg

from crash.ledger import Ledger, Verdict
from crash.people import signed_in
from crash.server import PATIENCE, Api, Postgres, eventually
from crash.small_disk import Ballast

WAYS = ("table", "log")
WRITERS = 8
PAUSE_SECONDS = 0.02
LOAD_SECONDS = 1.0
REFUSALS = 40
DISK_FULL = "Disk full"


@dataclass(slots=True)
class Heard:
    """Around one time of being full."""

    way: str
    statuses: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    malformed: list[str] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    reads_while_full: Counter[str] = field(default_factory=Counter)
    seconds_to_resume: float = -1.0


@dataclass(slots=True)
class Writers:
    """They write new entries, never again after a refusal, and note what they hear."""

    client: httpx.AsyncClient
    ledger: Ledger
    heard: Heard
    ended: bool = False
    last_success: float = 0.0

    async def run(self) -> None:
        await asyncio.gather(*(self._write_on() for _ in range(WRITERS)))

    async def _write_on(self) -> None:
        while not self.ended:
            write = self.ledger.new()
            try:
                answer = await self.client.post(write.path, json=write.body)
            except httpx.TransportError as error:
                write.heard(None)
                self.heard.statuses["none"] += 1
                self.heard.failures[type(error).__name__] += 1
                continue
            write.heard(answer.status_code, answer.json() if answer.is_success else None)
            self._note(answer)
            if not answer.is_success:
                await asyncio.sleep(PAUSE_SECONDS)

    def _note(self, answer: httpx.Response) -> None:
        self.heard.statuses[str(answer.status_code)] += 1
        if answer.is_success:
            self.last_success = time.monotonic()
            return
        kind, wait = (answer.headers.get(name) for name in ("content-type", "retry-after"))
        if kind == "application/problem+json" and wait is not None:
            self.heard.titles[answer.json()["title"]] += 1
        else:
            self.heard.malformed.append(answer.text)

    @property
    def refusals(self) -> int:
        return sum(self.heard.titles.values())


async def be_full(
    way: str, client: httpx.AsyncClient, postgres: Postgres, ledger: Ledger, ballast: Ballast
) -> Heard:
    writers = Writers(client, ledger, Heard(way))
    running = asyncio.create_task(writers.run())
    await asyncio.sleep(LOAD_SECONDS)
    await asyncio.to_thread(ballast.fill)
    if way == "log":
        await asyncio.to_thread(break_log, postgres)
    await until(lambda: writers.refusals >= REFUSALS, "nobody was refused")
    if way == "table":
        answer = await client.get("/api/vitals")
        writers.heard.reads_while_full[str(answer.status_code)] += 1
    freed = time.monotonic()
    ballast.remove()
    await until(lambda: writers.last_success > freed, "service does not resume")
    writers.heard.seconds_to_resume = writers.last_success - freed
    await asyncio.sleep(LOAD_SECONDS)
    writers.ended = True
    await running
    return writers.heard


def break_log(postgres: Postgres) -> None:
    """Begin new segments until there is no room for one: PostgreSQL ends, and cannot start."""
    supervisor = postgres.supervisor

    def is_broken() -> bool:
        with suppress(OSError, psycopg.Error):
            postgres.query("SELECT pg_switch_wal()")
        return postgres.has_supervisor_given_up(supervisor)

    eventually(is_broken, "PostgreSQL goes on without room for its log")


async def until(check: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{complaint} within {PATIENCE:.0f} s")
        await asyncio.sleep(PAUSE_SECONDS)


async def run(folder: Path, *, seed: int) -> tuple[list[Heard], Verdict]:
    """The verdict is over all that was written, before, during and after."""
    data_dir = folder / "data"
    api, postgres, ledger = Api(data_dir), Postgres(data_dir), Ledger(seed)
    api.start()
    try:
        await asyncio.to_thread(api.await_ready)
        async with signed_in(api.url) as (client,):
            heard = [await be_full(way, client, postgres, ledger, Ballast(folder)) for way in WAYS]
        return heard, ledger.judge(postgres.rows())
    finally:
        api.stop()
        eventually(lambda: postgres.postmaster == 0, "PostgreSQL did not stop")


def shown(heard: Heard) -> dict[str, object]:
    return {one.name: getattr(heard, one.name) for one in fields(heard)}


def main() -> None:
    heard, verdict = asyncio.run(run(Path(sys.argv[1]), seed=30))
    told = {"heard": [shown(one) for one in heard], "verdict": asdict(verdict)}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
