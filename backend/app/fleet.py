"""Detection for everybody, by an engine: chunks of people in, counts out.

An engine decides where a chunk is worked on: in this process, or on a Dask cluster. The work is
the same function, and what it finds is the same to the last bit.
"""

import asyncio
import datetime as dt
import importlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

import psycopg

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.errors import InvalidInputError, UnauthorizedError
from app.ml.priors import use_priors
from app.postgres import DatabaseUrls
from app.services.authentication import person_of
from app.services.nights import detect_days

LOCAL = "local"
PEOPLE_A_CHUNK = 200
_NEXT = "SELECT id FROM users WHERE id > %(after)s ORDER BY id LIMIT %(size)s"
_BEFORE_ALL = UUID(int=0)


class Order(NamedTuple):
    """What to do with each chunk: so many days up to each person's own today, or up to `last`."""

    days: int
    last: dt.date | None = None


class Counts(NamedTuple):
    """What was done: people tested, findings that hold, and how many of them are new."""

    people: int = 0
    found: int = 0
    new: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


class Engine(Protocol):
    """Works on chunks, each at least once; the work leaves the same behind however often."""

    def run(self, chunks: Iterator[Sequence[UUID]], order: Order) -> Iterator[Counts]: ...


class LocalEngine:
    """One chunk after the other, in this process."""

    def __init__(self, settings: Settings, app_url: str) -> None:
        self._settings = settings
        self._app_url = app_url

    def run(self, chunks: Iterator[Sequence[UUID]], order: Order) -> Iterator[Counts]:
        for chunk in chunks:
            yield detect_ids(self._settings, self._app_url, chunk, order)


def engine_of(name: str, settings: Settings, urls: DatabaseUrls) -> Engine:
    """`local`, or `dask://host:port` of a scheduler. Raises InvalidInputError for any other."""
    if name == LOCAL:
        return LocalEngine(settings, urls.app)
    if name.startswith("dask://"):
        try:
            engine: Engine = importlib.import_module("app.dask_engine").DaskEngine(name)
        except ModuleNotFoundError as error:
            raise InvalidInputError("Dask is not installed: pip install 'vitaliq[dask]'") from error
        return engine
    raise InvalidInputError("--engine takes local, or dask://host:port")


def detect_all(engine: Engine, owner_url: str, order: Order) -> Counts:
    """Everybody, a chunk of ids at a time; no more of them is ever held."""
    total = Counts()
    for counts in engine.run(chunks_of(owner_url), order):
        total = total.plus(counts)
    return total


def chunks_of(owner_url: str, size: int = PEOPLE_A_CHUNK) -> Iterator[list[UUID]]:
    """Everybody's ids. The owner of the tables alone can list them."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        after = _BEFORE_ALL
        while True:
            bounds = {"after": after, "size": size}
            ids = [row[0] for row in connection.execute(_NEXT, bounds).fetchall()]
            if not ids:
                return
            yield ids
            after = ids[-1]


def detect_ids(settings: Settings, app_url: str, ids: Sequence[UUID], order: Order) -> Counts:
    """One chunk, wherever it is worked on: each person in a transaction of their own."""
    use_priors(settings.priors_file)
    return asyncio.run(_detect_ids(settings, app_url, ids, order))


async def _detect_ids(
    settings: Settings, app_url: str, ids: Sequence[UUID], order: Order
) -> Counts:
    database = Database(
        app_url,
        pool_size=1,
        statement_timeout=settings.statement_timeout_seconds,
        shared=settings.database_pooler,
    )
    counts = Counts()
    try:
        for user_id in ids:
            counts = counts.plus(await _detect_one(database, user_id, order))
    finally:
        await database.close()
    return counts


async def _detect_one(database: Database, user_id: UUID, order: Order) -> Counts:
    async with database.session(user_id) as session:
        try:
            person = await person_of(session, user_id)
        except UnauthorizedError:  # the account was deleted meanwhile
            return Counts()
        last = order.last or person.today()
        detection = await detect_days(session, person, CATALOGUE, last=last, days=order.days)
    return Counts(people=1, found=detection.found, new=detection.new)
