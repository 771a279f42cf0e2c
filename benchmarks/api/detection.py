"""What one person waits for detection, who has just logged their day."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, median
from typing import Any, NamedTuple

import httpx

from benchmarks.api.processor import seconds_alone, seconds_of
from benchmarks.api.scene import Scene, someone

GOAL_MS = 25
_LOGGED = ("date", "time_of_day", "resting_heart_rate", "hrv_ms")
_SEEDS = random.Random(0)  # noqa: S311  (of invented people)


class Detected(NamedTuple):
    """Of requests in which something was told of the day, or nothing: milliseconds by the clock,
    in the median and at most, and of processor: of the serving process in the median, without the
    worker beside it, and of PostgreSQL on average."""

    requests: int
    p50: float
    slowest: float
    program: float
    postgres: float


class _Run(NamedTuple):
    clock: float
    program: float
    postgres: float
    is_told: bool


def detected(scene: Scene, *, people: int, times: int) -> dict[str, Detected]:
    """Each of the people changes their day and runs detection, as often as that. As many others do
    so before, who do not count: PostgreSQL plans a statement anew the first five times that each
    connection sends it."""
    _, runs = ([run for _ in range(people) for run in _runs(scene, times)] for _ in range(2))
    kinds = {
        "nothing was told": [run for run in runs if not run.is_told],
        "something was told": [run for run in runs if run.is_told],
    }
    return {kind: _of(some) for kind, some in kinds.items() if some}


def _of(runs: Sequence[_Run]) -> Detected:
    return Detected(
        requests=len(runs),
        p50=median(run.clock for run in runs),
        slowest=max(run.clock for run in runs),
        program=median(run.program for run in runs),
        postgres=mean(run.postgres for run in runs),
    )


def _runs(scene: Scene, times: int) -> Iterator[_Run]:
    server, draw = scene.product, random.Random(times)  # noqa: S311  (of invented figures)
    address = f"http://127.0.0.1:{server.port}"
    email = f"someone{_SEEDS.randrange(10**9)}@example.com"
    token = someone(address, email, seed=_SEEDS.randrange(10**6))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=120) as client:
        entries = client.get("/api/vitals").json()["items"]
        vitals = next(one for one in entries if one["resting_heart_rate"] is not None)
        for _ in range(times):
            _log(client, vitals, draw)
            before = seconds_alone(server.pid), seconds_of(scene.postmaster)
            started = time.perf_counter()
            answer = client.post("/api/anomalies/detect").raise_for_status().json()
            took = 1_000 * (time.perf_counter() - started)
            after = seconds_alone(server.pid), seconds_of(scene.postmaster)
            program, postgres = (1_000 * (b - a) for a, b in zip(before, after, strict=True))
            is_told = any(found["date"] == answer["last"] for found in answer["findings"])
            yield _Run(took, program, postgres, is_told)


def _log(client: httpx.Client, vitals: Mapping[str, Any], draw: random.Random) -> None:
    """A little more eaten, and the morning's pulse corrected by a beat or two."""
    eaten = {"food_name": "Tea", "meal_type": "snack", "calories": draw.randint(1, 5)}
    client.post("/api/nutrition", json=eaten).raise_for_status()
    rate = vitals["resting_heart_rate"] + draw.randint(-2, 2)
    pulse = {name: vitals[name] for name in _LOGGED} | {"resting_heart_rate": rate}
    client.put(f"/api/vitals/{vitals['id']}", json=pulse).raise_for_status()


def lines(found: Mapping[str, Detected]) -> str:
    told = [
        f"where {kind} (of {one.requests} requests): p50 {one.p50:.1f} ms, slowest "
        f"{one.slowest:.1f} ms, processor {one.program:.1f} + {one.postgres:.1f} ms"
        for kind, one in found.items()
    ]
    return f"detection, one's day just logged (the goal is {GOAL_MS} ms)\n" + "\n".join(told)
