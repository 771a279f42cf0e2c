"""The load: a process of its own that asks over many connections and measures each answer.

It speaks just enough HTTP/1.1, so that it needs far less of a processor than any server it asks.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from pathlib import Path

import uvloop

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`request` over `connections` for so long; each waits `think` seconds between its requests.
    `burst` requests come at once, each on a connection of its own, when a third has passed."""

    port: int
    request: str
    connections: int
    seconds: float
    think: float = 0.0
    burst: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Latencies in milliseconds; `wrong` answers were no success. `processor` is what the load
    itself needed."""

    answers: int
    wrong: int
    seconds: float
    processor: float
    p50: float
    p99: float
    burst_answers: int = 0
    burst_wrong: int = 0


def as_text(request: bytes) -> str:
    return b64encode(request).decode()


def run(load: Load) -> Outcome:
    """In a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.api.load"],
        input=json.dumps(asdict(load)),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return Outcome(**json.loads(told.stdout))


@dataclass(slots=True)
class Tally:
    until: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0


class Caller(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, request: bytes, tally: Tally, think: float) -> None:
        self._request = request
        self._tally = tally
        self._think = think
        self._buffer = b""
        self._asked = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP's is one
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._tally.latencies.append(time.perf_counter() - self._asked)
        self._tally.wrong += head[9:10] != b"2"
        self._buffer = b""
        if time.perf_counter() >= self._tally.until:
            self._finish()
        elif self._think:
            asyncio.get_running_loop().call_later(self._think, self._ask)
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's)
        if not self.done.done():  # an answer is missing
            self._tally.wrong += 1
            self._finish()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self._transport.close()


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.find(b"content-length:")
    if place < 0:
        raise ValueError("an answer without a length")
    return int(lowered[place + 15 :].partition(b"\r\n")[0])


async def _call(load: Load) -> Outcome:
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    tally, burst = Tally(until=started + load.seconds), Tally()
    request = b64decode(load.request)
    callers = []
    for _ in range(load.connections):
        _, caller = await loop.create_connection(
            lambda: Caller(request, tally, load.think), HOST, load.port
        )
        callers.append(caller)
    if load.burst:
        await asyncio.sleep(load.seconds / 3)
        callers += [await _once(load.port, b64decode(each), burst) for each in load.burst]
    await asyncio.gather(*(caller.done for caller in callers))
    return _outcome(tally, burst, time.perf_counter() - started)


async def _once(port: int, request: bytes, tally: Tally) -> Caller:
    loop = asyncio.get_running_loop()
    _, caller = await loop.create_connection(lambda: Caller(request, tally, 0.0), HOST, port)
    return caller


def _outcome(tally: Tally, burst: Tally, seconds: float) -> Outcome:
    used = resource.getrusage(resource.RUSAGE_SELF)
    ordered = sorted(tally.latencies)
    return Outcome(
        answers=len(ordered),
        wrong=tally.wrong,
        seconds=seconds,
        processor=used.ru_utime + used.ru_stime,
        p50=1_000 * ordered[len(ordered) // 2],
        p99=1_000 * ordered[len(ordered) * 99 // 100],
        burst_answers=len(burst.latencies),
        burst_wrong=burst.wrong,
    )


if __name__ == "__main__":
    wanted = Load(**json.load(sys.stdin))
    print(json.dumps(asdict(uvloop.run(_call(wanted)))))
