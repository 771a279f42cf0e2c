"""Rounds of measurements: everyone in turn, each turn in another order, and the medians."""

import json
import random
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from benchmarks.api import load
from benchmarks.api.limit import repeat
from benchmarks.api.load import Load, Outcome, as_text
from benchmarks.api.processor import seconds_of
from benchmarks.api.scene import ENTRY, PASSWORD, PATHS, Scene
from benchmarks.api.servers import Server
from benchmarks.api.statements import script_of

LIMIT, BARE = "pgbench, the same SQL", "pgbench, the rows alone"
LOGINS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    seconds: int
    connections: int


class Cost(NamedTuple):
    """Of one request, in microseconds of processor; `load` is the share of a core that asking
    took."""

    program: float
    postgres: float
    a_second: float
    p50: float
    p99: float
    load: float


class Figure(NamedTuple):
    """Medians over the rounds."""

    operation: str
    who: str
    cost: Cost

    @property
    def total(self) -> float:
        return self.cost.program + self.cost.postgres


class Logins(NamedTuple):
    """Milliseconds that other requests took while nobody signed in, and while many did at once."""

    p50: float
    p99: float
    p99_during: float


Measure = Callable[[], Cost]


def measure_all(
    scene: Scene, size: Round, *, rounds: int, operations: Collection[str] = tuple(PATHS)
) -> list[Figure]:
    found: dict[tuple[str, str], list[Cost]] = {}
    turns = {operation: _turn(scene, size, operation) for operation in operations}
    order = random.Random(0)  # noqa: S311  (of measurements)
    for number in range(rounds):
        for operation, everyone in turns.items():
            names = order.sample(list(everyone), len(everyone))
            for who in names:
                print(f"round {number + 1}: {operation}, {who} ...", file=sys.stderr)
                found.setdefault((operation, who), []).append(everyone[who]())
    return [
        Figure(operation, who, Cost(*map(median, zip(*costs, strict=True))))
        for (operation, who), costs in found.items()
    ]


def calm(scene: Scene, *, rounds: int, seconds: int) -> Logins:
    """Requests now and then, with and without people who sign in."""
    server = scene.product
    given = json.dumps({"email": scene.email, "password": PASSWORD}).encode()
    burst = (as_text(server.request("POST", "/api/auth/login", given)),) * LOGINS
    request = as_text(server.request("GET", PATHS["list"]))
    quiet: list[Outcome] = []
    busy: list[Outcome] = []
    for _ in range(rounds):
        for logins, kept in (((), quiet), (burst, busy)):
            asked = Load(
                port=server.port,
                request=request,
                connections=4,
                seconds=seconds,
                think=0.01,
                burst=logins,
            )
            kept.append(_all_right(load.run(asked)))
    return Logins(
        p50=median(o.p50 for o in quiet),
        p99=median(o.p99 for o in quiet),
        p99_during=median(o.p99 for o in busy),
    )


def _turn(scene: Scene, size: Round, operation: str) -> Mapping[str, Measure]:
    everyone: dict[str, Measure] = {
        server.name: _asking(scene, server, operation, size)
        for server in (scene.product, *scene.peers)
        if operation in server.paths
    }
    everyone[LIMIT] = _repeating(scene, scene.app_url, _script(scene, operation), size)
    if operation in _BARE:
        bare = _BARE[operation].format(user_id=scene.user_id)
        everyone[BARE] = _repeating(scene, scene.superuser_url, bare, size)
    return everyone


def _asking(scene: Scene, server: Server, operation: str, size: Round) -> Measure:
    method, body = ("POST", ENTRY) if operation == "create" else ("GET", b"")
    request = as_text(server.request(method, server.paths[operation], body))

    def measure() -> Cost:
        asked = Load(
            port=server.port,
            request=request,
            connections=size.connections,
            seconds=size.seconds,
        )
        program, postgres = seconds_of(server.pid), seconds_of(scene.postmaster)
        got = _all_right(load.run(asked))
        return Cost(
            program=_micro(seconds_of(server.pid) - program, got.answers),
            postgres=_micro(seconds_of(scene.postmaster) - postgres, got.answers),
            a_second=got.answers / got.seconds,
            p50=got.p50,
            p99=got.p99,
            load=got.processor / got.seconds,
        )

    return measure


def _repeating(scene: Scene, url: str, script: str, size: Round) -> Measure:
    """Without what connecting costs, which requests share out among very many."""

    def measure() -> Cost:
        postgres = seconds_of(scene.postmaster)
        once = repeat(url, script, connections=size.connections)
        connected = seconds_of(scene.postmaster)
        got = repeat(url, script, connections=size.connections, seconds=size.seconds)
        if got.transactions <= once.transactions:  # on a busy machine connecting took all the time
            return measure()
        repeated = seconds_of(scene.postmaster) - connected - (connected - postgres)
        more = got.transactions - once.transactions
        return Cost(
            program=_micro(got.processor - once.processor, more),
            postgres=_micro(repeated, more),
            a_second=got.transactions / got.seconds,
            p50=0,
            p99=0,
            load=0,
        )

    return measure


def _script(scene: Scene, operation: str) -> str:
    headers = {"Authorization": f"Bearer {scene.product.token}"}
    if operation == "create":
        headers["Content-Type"] = "application/json"
        return script_of(
            scene.app_url, scene.secret, "POST", PATHS[operation], headers=headers, content=ENTRY
        )
    return script_of(scene.app_url, scene.secret, "GET", PATHS[operation], headers=headers)


_SHOWN = (
    "id, date, occurred_at, meal_type, food_name, calories, protein_g, carbs_g, fats_g, sugar_g, "
    "fiber_g, sodium_mg, notes, created_at, updated_at, version, batch_id"
)
_LIST = "WHERE user_id = '{user_id}' ORDER BY date DESC, id DESC LIMIT 50;\n"
_CREATE = (
    "INSERT INTO peer.food_entries (user_id, id, date, meal_type, food_name, calories, "
    "protein_g, carbs_g, fats_g, sugar_g, fiber_g, sodium_mg) VALUES ('{user_id}', uuidv7(), "
    "'2026-03-12', 'lunch', 'Lentil soup with bread', 520, 24, 78, 11, 9, 14, 900) RETURNING "
)
_BARE = {
    "list": f"SELECT {_SHOWN} FROM peer.food_entries {_LIST}",  # noqa: S608  (constants)
    "create": f"{_CREATE} {_SHOWN};\n",
}
"""As short as it can be said: no row-level security, no session, no JSON."""


def _all_right(outcome: Outcome) -> Outcome:
    if outcome.wrong or outcome.burst_wrong:
        raise RuntimeError(f"some answers were no success: {outcome}")
    return outcome


def _micro(seconds: float, requests: int) -> float:
    return 1e6 * seconds / requests
