"""`python -m benchmarks.fleet.hosts`: two hosts and one database; one host is lost half-way.

Two network namespaces, a PostgreSQL that both reach, and in each a worker. Everybody's night is
worked on; at half, one worker is killed with SIGKILL; everybody is done once all the same. Then
the same detection runs on a Dask cluster of two workers, one of which is killed at half, and what
is found is compared with the engine in this process to the last bit. All of it is removed again.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import psycopg

from app.config import Settings
from app.fleet import Counts, Order, chunks_of, engine_of
from app.migrations import upgrade
from app.postgres import DatabaseUrls
from app.work_queue import plan_nights, pool_of, queue_of
from benchmarks.fleet.database import database
from benchmarks.fleet.network import NETWORK, OUTSIDE, Host, NoNamespacesError, hosts
from crash.fleet import add_people

PROGRAMS = Path(sys.executable).parent
BACKEND = Path(__file__).resolve().parents[2] / "backend"
PATIENCE, POLL_SECONDS = 1_800, 0.05
SCHEDULER_PORT = 8_786
DAYS, PEOPLE_A_CHUNK = 30, 5
_DONE = "SELECT count(*) FROM users WHERE nightly_on IS NOT NULL"
_TWICE = "SELECT count(*) - count(DISTINCT (user_id, date, metric_name)) FROM anomalies"
_FOUND = "SELECT count(DISTINCT user_id) FROM anomalies WHERE metric_name = 'resting_hr'"
_LEFT = "SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'night'"
_FROM = """
    SELECT count(DISTINCT client_addr) FROM pg_stat_activity WHERE client_addr <> %s::inet
"""
_LEFT_BEHIND = """
    SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (
        SELECT to_jsonb(a) - 'detected_at' - 'created_at' AS t FROM anomalies a
        UNION ALL SELECT to_jsonb(e) - 'created_at' FROM episodes e
    ) AS kept
"""


class Trial:
    """One database, two hosts, so many people."""

    def __init__(self, url: str, made: list[Host], folder: Path, people: int) -> None:
        self.urls = DatabaseUrls(owner=url, app=url)
        self.hosts = made
        self.folder = folder
        self.people = people
        self.connection = psycopg.connect(url, autocommit=True)

    def number(self, statement: str, *given: object) -> int:
        row = self.connection.execute(statement.encode(), given or None).fetchone()
        return int(row[0]) if row else -1

    def digest(self) -> str:
        """Of what detection has left behind, which is then removed."""
        row = self.connection.execute(_LEFT_BEHIND).fetchone()
        self.connection.execute("TRUNCATE anomalies, episodes")
        return str(row[0]) if row else ""

    @contextlib.contextmanager
    def on_each_host(self, *command: str) -> Iterator[list[subprocess.Popen[bytes]]]:
        with (self.folder / "hosts.log").open("ab") as log:
            running = [
                host.start(command, self._environment(host), log.fileno()) for host in self.hosts
            ]
        try:
            yield running
        finally:
            end(running)

    def _environment(self, host: Host) -> Mapping[str, str]:
        home = self.folder / host.name
        home.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            "HOME": str(home),
            "DATA_DIR": str(home / "data"),
            "DATABASE_URL": self.urls.app,
            "DATABASE_TLS_REQUIRED": "false",
            "WORKER_HEARTBEAT_SECONDS": "1",
            "PYTHONPATH": str(BACKEND),
            "OMP_NUM_THREADS": "1",
        }


def end(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def by_workers(trial: Trial) -> bool:
    """Everybody's night by a worker a host, one of them killed at half."""
    asyncio.run(_plan(trial.urls))
    started = time.monotonic()
    with trial.on_each_host(str(PROGRAMS / "vitaliq"), "worker") as running:
        _await(lambda: trial.number(_DONE) >= trial.people // 2)
        at_work = trial.number(_FROM, OUTSIDE)
        running[0].send_signal(signal.SIGKILL)
        half = trial.number(_DONE)
        _await(lambda: trial.number(_LEFT) == 0)
    done, twice, found = (trial.number(one) for one in (_DONE, _TWICE, _FOUND))
    say(
        f"workers   {trial.people} people, {at_work} hosts at work, one killed at {half}: "
        f"{done} done, {found} with a finding, {twice} findings twice, "
        f"{time.monotonic() - started:.1f} s"
    )
    trial.digest()
    return (at_work, done, found, twice) == (2, trial.people, trial.people, 0)


async def _plan(urls: DatabaseUrls) -> None:
    async with pool_of(urls.owner) as pool, pool.connection() as owner:
        queue = queue_of(pool)
        await queue.open_async(pool)
        await plan_nights(queue, owner, dt.datetime.now(dt.UTC), size=PEOPLE_A_CHUNK)


def by_dask(trial: Trial) -> bool:
    """The same on a Dask cluster, a worker a host, and in this process; compared."""
    settings = Settings(_env_file=None)
    order = Order(days=DAYS, last=dt.datetime.now(dt.UTC).date())
    started = time.monotonic()
    here = _sum(engine_of("local", settings, trial.urls).run(_chunks(trial), order))
    local, seconds = trial.digest(), time.monotonic() - started
    say(f"in here   {here.people} people, {here.found} findings, {seconds:.1f} s")
    with _scheduler(trial), trial.on_each_host(*_dask_worker()) as running:
        started = time.monotonic()
        engine = engine_of(f"dask://{OUTSIDE}:{SCHEDULER_PORT}", settings, trial.urls)
        there = Counts()
        for counts in engine.run(_chunks(trial), order):
            there = there.plus(counts)
            if there.people >= trial.people // 2 and running[0].poll() is None:
                running[0].send_signal(signal.SIGKILL)
        seconds = time.monotonic() - started
    same = trial.digest() == local
    say(
        f"dask      {there.people} people, {there.found} findings, one of two workers killed at "
        f"half, {seconds:.1f} s: {'equal' if same else 'NOT EQUAL'} to the last bit"
    )
    return same and there.people == here.people == trial.people


def _dask_worker() -> tuple[str, ...]:
    where = f"tcp://{OUTSIDE}:{SCHEDULER_PORT}"
    return (str(PROGRAMS / "dask"), "worker", where, "--no-nanny", "--no-dashboard", "--nthreads=1")


@contextlib.contextmanager
def _scheduler(trial: Trial) -> Iterator[None]:
    where = [f"--host={OUTSIDE}", f"--port={SCHEDULER_PORT}", "--no-dashboard"]
    with (trial.folder / "scheduler.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - the program of our own environment
            [PROGRAMS / "dask", "scheduler", *where],
            env=os.environ | {"PYTHONPATH": str(BACKEND)},
            stdout=log,
            stderr=log,
        )
    try:
        time.sleep(1)
        yield
    finally:
        end([process])


def _chunks(trial: Trial) -> Iterator[list[UUID]]:
    return chunks_of(trial.urls.owner, PEOPLE_A_CHUNK)


def _sum(counts: Iterator[Counts]) -> Counts:
    total = Counts()
    for one in counts:
        total = total.plus(one)
    return total


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the hosts did not get so far")
        time.sleep(POLL_SECONDS)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="hosts", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    people = parser.parse_args().people
    try:
        with (
            hosts(2) as made,
            tempfile.TemporaryDirectory(prefix="vitaliq-hosts-") as name,
            database(Path(name), OUTSIDE, NETWORK) as url,
        ):
            upgrade(url)
            trial = Trial(url, made, Path(name), people)
            add_people(trial.connection, people)
            return int(not (by_workers(trial) and by_dask(trial)))
    except NoNamespacesError as error:
        say(f"not tried: {error}")
        return 3


if __name__ == "__main__":
    sys.exit(main())
