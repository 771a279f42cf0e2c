"""Everybody's detection by an engine: the same to the last bit, wherever it is worked on."""

import datetime as dt
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from distributed import LocalCluster

from app import fleet
from app.config import Settings
from app.errors import InvalidInputError
from app.fleet import Counts, Order, detect_all, engine_of
from app.postgres import DatabaseUrls
from crash.fleet import add_people
from tests.conftest import in_database_of

PEOPLE = 24
LEFT_BEHIND = """
    SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (
        SELECT to_jsonb(a) - 'detected_at' - 'created_at' AS t FROM anomalies a
        UNION ALL SELECT to_jsonb(e) - 'created_at' FROM episodes e
    ) AS kept
"""


@pytest.fixture
def everybody(superuser: str, live_urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """Past row-level security, in a database with some people."""
    with psycopg.connect(in_database_of(superuser, live_urls.owner), autocommit=True) as connection:
        add_people(connection, PEOPLE)
        yield connection


def outcome(everybody: psycopg.Connection) -> str:
    """A digest of what detection has left behind, which is then removed."""
    row = everybody.execute(LEFT_BEHIND.encode()).fetchone()
    everybody.execute("TRUNCATE anomalies, episodes")
    assert row is not None
    assert row[0] is not None
    return str(row[0])


@contextmanager
def cluster(urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two worker processes, which know the database by their environment."""
    monkeypatch.setenv("DATABASE_URL", urls.app)
    local: Any = LocalCluster  # it has no types
    with local(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as two:
        yield two


def order() -> Order:
    return Order(days=10, last=dt.datetime.now(dt.UTC).date())


@pytest.mark.filterwarnings("ignore")  # of libraries that Dask starts, in their own threads
def test_a_cluster_that_loses_a_worker_finds_the_same_to_the_last_bit(
    everybody: psycopg.Connection, live_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(_env_file=None)
    chunks = [*fleet.chunks_of(live_urls.owner, 2)]
    assert sum(map(len, chunks)) == PEOPLE
    here = detect_all(engine_of("local", settings, live_urls), live_urls.owner, order())
    assert here.people == PEOPLE
    local = outcome(everybody)
    with cluster(live_urls, monkeypatch) as two:
        address = str(two.scheduler_address).replace("tcp://", "dask://")
        engine = engine_of(address, settings, live_urls)
        counts = engine.run(iter(chunks), order())
        there = next(counts)
        os.kill(next(iter(two.workers.values())).process.process.pid, signal.SIGKILL)
        there = there.plus(sum_of(counts))
        again = sum_of(engine.run(iter(chunks), order()))
    assert there.people == again.people == PEOPLE
    assert there.found == here.found
    assert outcome(everybody) == local


def sum_of(counts: Iterator[Counts]) -> Counts:
    total = Counts()
    for one in counts:
        total = total.plus(one)
    return total


@pytest.mark.parametrize("name", ["spark://host", "", "dask", "LOCAL"])
def test_an_engine_that_is_none_is_refused(name: str) -> None:
    urls = DatabaseUrls(owner="", app="")
    with pytest.raises(InvalidInputError, match="--engine"):
        engine_of(name, Settings(_env_file=None), urls)
