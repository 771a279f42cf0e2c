"""Sixteen writers, a kill at a random moment, and a look at what is left (T22, T23)."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from crash.ledger import Ledger, Verdict, Write
from crash.people import ask, signed_in
from crash.server import PATIENCE, Api, Postgres, eventually, kill, server_folder, victims_of

KINDS = ("api", "postgres", "supervisor", "all")
WRITERS = 16
LOAD_SECONDS = (0.2, 1.2)
AFTER_SECONDS = 0.3
PAUSE_SECONDS = 0.25
GIVES_UP = 0.3
REPEATS = 0.1
SETTLING_SECONDS = 0.5
AT_SUCCESS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One kill: of what, what it broke, and how long nobody could write."""

    kind: str
    verdict: Verdict
    seconds_down: float


def do_nothing() -> None:
    """Nobody waits."""


@dataclass(slots=True)
class Load:
    """The writers of one round."""

    client: httpx.AsyncClient
    ledger: Ledger
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    successes: list[tuple[float, float]] = field(default_factory=list)
    failures: list[float] = field(default_factory=list)
    on_success: Callable[[], None] = do_nothing

    async def run(self) -> None:
        await asyncio.gather(*(self._write_on() for _ in range(WRITERS)))

    async def _write_on(self) -> None:
        while not self.ended.is_set():
            await self._write(self.ledger.new())

    async def _write(self, write: Write) -> None:
        """Until it is stored, or not: some give up, and some ask once more after success."""
        gives_up = self.ledger.random.random() < GIVES_UP
        while not await self._attempt(write):
            if gives_up or write.statuses[-1] not in (503, None):
                return
            await asyncio.sleep(PAUSE_SECONDS)
        if self.ledger.random.random() < REPEATS:
            await self._attempt(write)

    async def _attempt(self, write: Write) -> bool:
        began = time.monotonic()
        status, answer = await ask(self.client, write.path, write.body, key=write.name)
        write.heard(status, answer)
        if status == 201:
            self.on_success()
            self.successes.append((began, time.monotonic()))
        else:
            self.failures.append(time.monotonic())
        return status == 201

    def seconds_down(self, killed: float) -> float:
        """From the kill to the first success that was asked for after the last failure."""
        last = max((moment for moment in self.failures if moment >= killed), default=None)
        if last is None:
            return 0.0
        again = [ended for began, ended in self.successes if began >= last]
        return min(again, default=time.monotonic()) - killed


class Campaign:
    """Rounds on one data folder: what was killed comes back, the rest stays."""

    def __init__(self, data_dir: Path, *, seed: int, plant: str | None = None) -> None:
        self.api = Api(data_dir, plant=plant)
        self.postgres = Postgres(data_dir)
        self.ledger = Ledger(seed)
        self.chance = random.Random(seed + 1)

    async def run(self, kinds: Sequence[str], told: Callable[[Round], bool]) -> Verdict:
        """A round of each kind, until one whose result is told wants no more; then the verdict
        over everything that was ever written."""
        self.api.start()
        try:
            self.api.await_ready()
            async with signed_in(self.api.url) as (client,):
                # The account itself is not what is tried.
                self.postgres.query("CHECKPOINT")
                for kind in kinds:
                    if told(await self._round(kind, client)):
                        break
            return self.ledger.judge(self.postgres.rows())
        finally:
            self.api.stop()

    async def _round(self, kind: str, client: httpx.AsyncClient) -> Round:
        since = len(self.ledger.writes)
        load = Load(client, self.ledger)
        running = asyncio.create_task(load.run())
        await asyncio.sleep(self.chance.uniform(*LOAD_SECONDS))
        before = (self.postgres.supervisor, self.postgres.postmaster)
        killed = await self._strike(kind, load)
        await asyncio.to_thread(self._revive, kind, before)
        await asyncio.sleep(AFTER_SECONDS)
        load.ended.set()
        await running
        verdict = await asyncio.to_thread(self._judge, since)
        return Round(kind=kind, verdict=verdict, seconds_down=load.seconds_down(killed))

    def _judge(self, since: int) -> Verdict:
        """What is not there at once is late if it comes, and lost otherwise."""
        verdict = self.ledger.judge(self.postgres.rows(), since=since)
        if missing := verdict.lost:
            time.sleep(SETTLING_SECONDS)
            verdict = self.ledger.judge(self.postgres.rows(), since=since)
            verdict.late = missing - verdict.lost
        return verdict

    async def _strike(self, kind: str, load: Load) -> float:
        """Kill now, or at the instant of the next success: when exactly, as the clock says."""
        victims = victims_of(kind, self.api, self.postgres)
        moment: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def strike() -> None:
            load.on_success = do_nothing
            kill(victims)
            moment.set_result(time.monotonic())

        if self.chance.random() < AT_SUCCESS:
            load.on_success = strike
        else:
            strike()
        return await asyncio.wait_for(moment, PATIENCE)

    def _revive(self, kind: str, before: tuple[int, int]) -> None:
        """Start again what nobody else does, and wait until everything is back."""
        if kind in ("api", "all"):
            self.api.bury()
            self.api.start()
        if kind in ("supervisor", "all"):
            eventually(lambda: self.postgres.supervisor not in (0, before[0]), "no supervisor")
        if kind != "api":
            eventually(lambda: self.postgres.postmaster not in (0, before[1]), "no postmaster")
        self.api.await_ready()


def run(
    kinds: Sequence[str], told: Callable[[Round], bool], *, seed: int, plant: str | None
) -> Verdict:
    with server_folder() as data_dir:
        return asyncio.run(Campaign(data_dir, seed=seed, plant=plant).run(kinds, told))
