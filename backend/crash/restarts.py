"""PostgreSQL restarts under load: what callers hear meanwhile, and for how long (T28)."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from crash.ledger import Ledger, Verdict
from crash.people import signed_in
from crash.server import Api, Postgres, eventually, kill, server_folder

CALLERS = 16
PAUSE_SECONDS = 0.05
LOAD_SECONDS = 1.0
AFTER_SECONDS = 1.5
WAYS = ("fast stop", "kill -9")


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer; status 0 for a connection that broke."""

    began: float
    ended: float
    status: int
    says_when: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """What callers heard around one restart; seconds count from when PostgreSQL accepts again."""

    way: str
    statuses: Mapping[int, int]
    without_retry_after: int
    seconds_without_postgres: float
    first_success_after: float
    last_refusal_after: float

    @property
    def is_clean(self) -> bool:
        allowed = all(200 <= status < 300 or status == 503 for status in self.statuses)
        return allowed and not self.without_retry_after


@dataclass(slots=True)
class Callers:
    """They read and write, never again after a refusal, and note what they hear."""

    client: httpx.AsyncClient
    ledger: Ledger
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[Heard] = field(default_factory=list)

    async def run(self) -> None:
        await asyncio.gather(*(self._call_on() for _ in range(CALLERS)))

    async def _call_on(self) -> None:
        while not self.ended.is_set():
            await self._write()
            await self._note(self.client.build_request("GET", "/api/vitals"))

    async def _write(self) -> None:
        write = self.ledger.new()
        key = {"Idempotency-Key": write.name}
        request = self.client.build_request("POST", write.path, json=write.body, headers=key)
        answer = await self._note(request)
        status = answer.status_code if answer else None
        write.heard(status, answer.json() if answer and status == 201 else None)

    async def _note(self, request: httpx.Request) -> httpx.Response | None:
        began = time.monotonic()
        answer = None
        try:
            answer = await self.client.send(request)
        except httpx.TransportError:
            await asyncio.sleep(PAUSE_SECONDS)
        status = answer.status_code if answer is not None else 0
        says_when = answer is not None and "retry-after" in answer.headers
        self.heard.append(Heard(began, time.monotonic(), status, says_when))
        if status == 503:
            await asyncio.sleep(PAUSE_SECONDS)
        return answer


def stop(way: str, postgres: Postgres) -> None:
    if way == "fast stop":
        os.kill(postgres.postmaster, signal.SIGINT)
    else:
        kill(postgres.family())


async def restart(
    way: str, client: httpx.AsyncClient, postgres: Postgres, ledger: Ledger
) -> Restart:
    callers = Callers(client, ledger)
    running = asyncio.create_task(callers.run())
    await asyncio.sleep(LOAD_SECONDS)
    before, stopped = postgres.postmaster, time.monotonic()
    stop(way, postgres)
    accepting = await asyncio.to_thread(accepts_again, postgres, before)
    await asyncio.sleep(AFTER_SECONDS)
    callers.ended.set()
    await running
    return sum_up(way, callers.heard, stopped, accepting)


def accepts_again(postgres: Postgres, before: int) -> float:
    eventually(lambda: postgres.postmaster not in (0, before), "no other postmaster came")
    eventually(postgres.is_accepting, "PostgreSQL does not accept connections")
    return time.monotonic()


def sum_up(way: str, heard: list[Heard], stopped: float, accepting: float) -> Restart:
    good = [one.ended for one in heard if one.status < 300 and one.began >= stopped]
    refused = [one.ended for one in heard if one.status == 503]
    return Restart(
        way=way,
        statuses=dict(sorted(Counter(one.status for one in heard).items())),
        without_retry_after=sum(one.status == 503 and not one.says_when for one in heard),
        seconds_without_postgres=accepting - stopped,
        first_success_after=first_after(good, accepting) - accepting,
        last_refusal_after=max(0.0, max(refused, default=accepting) - accepting),
    )


def first_after(moments: list[float], start: float) -> float:
    return min((moment for moment in moments if moment >= start), default=float("inf"))


async def try_restarts(
    data_dir: Path, ways: tuple[str, ...], told: Callable[[Restart], None], *, seed: int
) -> Verdict:
    """The API stays; PostgreSQL goes in these ways. The verdict is over all that was written."""
    api, postgres, ledger = Api(data_dir), Postgres(data_dir), Ledger(seed)
    api.start()
    try:
        await asyncio.to_thread(api.await_ready)
        async with signed_in(api.url) as (client,):
            for way in ways:
                told(await restart(way, client, postgres, ledger))
        return ledger.judge(postgres.rows())
    finally:
        api.stop()


def run(ways: tuple[str, ...], told: Callable[[Restart], None], *, seed: int) -> Verdict:
    with server_folder() as data_dir:
        return asyncio.run(try_restarts(data_dir, ways, told, seed=seed))
