"""The largest bulk post, killed at a random moment: none of its entries or all (T27)."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from crash.people import insist, signed_in
from crash.server import Api, Postgres, eventually, kill, server_folder, victims_of

KINDS = ("api", "postgres", "all")
MOST_ITEMS = 10_000
SECONDS_BEFORE_KILL = (0.2, 3.0)
COUNT = "SELECT count(*) FROM vital_signs WHERE notes = '{label}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRound:
    """One large write: what was killed, how many of its rows were there before and after the kill,
    and how many in the end."""

    kind: str
    seen: frozenset[int]
    stored: int
    expected: int

    @property
    def is_whole(self) -> bool:
        return self.seen <= {0, self.expected} and self.stored == self.expected


@dataclass(frozen=True, slots=True)
class Bulk:
    """Bulk posts to one server that is killed under them, each repeated with its key."""

    api: Api
    postgres: Postgres
    client: httpx.AsyncClient
    chance: random.Random
    items: int

    async def round(self, kind: str, number: int) -> BulkRound:
        label = f"bulk-{number}"
        entry = {"date": "2024-03-12", "time_of_day": "morning", "notes": label}
        body = [entry | {"resting_heart_rate": 50 + item % 40} for item in range(self.items)]
        posting = asyncio.create_task(insist(self.client, "/api/vitals/bulk", body, key=label))
        await asyncio.sleep(self.chance.uniform(*SECONDS_BEFORE_KILL))
        seen = await asyncio.to_thread(self._kill_and_look, kind, label)
        status, answer = await posting
        if status != 200 or answer["created"] != self.items:
            raise RuntimeError(f"the bulk post was answered {status}")
        stored = await asyncio.to_thread(self._count, label)
        return BulkRound(kind=kind, seen=seen, stored=stored, expected=self.items)

    def _kill_and_look(self, kind: str, label: str) -> frozenset[int]:
        before, earlier = self._count(label), self.postgres.postmaster
        kill(victims_of(kind, self.api, self.postgres))
        if kind in ("api", "all"):
            self.api.bury()
            self.api.start()
        if kind != "api":
            eventually(lambda: self.postgres.postmaster not in (0, earlier), "no postmaster")
        return frozenset((before, self._count(label)))

    def _count(self, label: str) -> int:
        eventually(self.postgres.is_accepting, "PostgreSQL does not accept connections")
        return int(self.postgres.query(COUNT.format(label=label))[0][0])


async def try_bulk(
    data_dir: Path,
    kinds: Sequence[str],
    told: Callable[[BulkRound], None],
    *,
    seed: int,
    items: int,
) -> None:
    api, postgres = Api(data_dir), Postgres(data_dir)
    api.start()
    try:
        await asyncio.to_thread(api.await_ready)
        async with signed_in(api.url) as (client,):
            bulk = Bulk(api, postgres, client, random.Random(seed), items)
            for number, kind in enumerate(kinds):
                told(await bulk.round(kind, number))
    finally:
        api.stop()


def run(
    kinds: Sequence[str], told: Callable[[BulkRound], None], *, seed: int, items: int = MOST_ITEMS
) -> None:
    with server_folder() as data_dir:
        asyncio.run(try_bulk(data_dir, kinds, told, seed=seed, items=items))
