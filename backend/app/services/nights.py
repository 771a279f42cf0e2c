"""Everybody's nightly detection: whose night has come, planned in chunks, and one chunk's work.

A night belongs to the day that it leads into, and begins at three in the morning of the person's
own time zone. Planning reads time zones and the bounds of chunks, never a row a person.
"""

import datetime as dt
import logging
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import Database, prepared, translate
from app.errors import AppError, UnauthorizedError, UnavailableError
from app.services.authentication import person_of
from app.services.detection import Detection, DetectionService
from app.services.detection_memory import TESTED_DAYS
from app.services.night_batches import pass_over_quiet
from app.services.people import Person
from app.services.work import Task, ask_for
from app.utils.time import local_day, zone_of

logger = logging.getLogger("vitaliq.nights")

PEOPLE_A_CHUNK = 500
NIGHT_BEGINS = dt.timedelta(hours=3)
PEOPLE_TOGETHER = 50
"""In one transaction, which is over in a fraction of a second: whoever comes to one of them
meanwhile waits so long."""

_FAILURES = (AppError, SQLAlchemyError, ValueError, ArithmeticError, LookupError)
_TAKE = b"""
    update users set nightly_on = $2
    where id = $1 and (nightly_on is null or nightly_on < $2) returning id
    """
_ZONES = "SELECT DISTINCT timezone FROM public.users"
_STARTS = """
    SELECT id FROM (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM public.users
        WHERE timezone = ANY(%(zones)s)
    ) AS placed WHERE place %% %(size)s = 0 ORDER BY id
"""
_MEMBERS = """
    SELECT id, timezone, nightly_on FROM public.users
    WHERE id >= %(first)s AND (%(stop)s::uuid IS NULL OR id < %(stop)s)
    AND timezone = ANY(%(zones)s) ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The people of these zones with ids from `first` up to but not including `stop`, as of `at`:
    ids and times, and nothing else, for it lies in the queue."""

    at: dt.datetime
    zones: tuple[str, ...]
    first: UUID
    stop: UUID | None


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose night has come."""

    user_id: UUID
    night: dt.date


def night_of(instant: dt.datetime, zone: str) -> dt.date:
    """The day whose night it is, or was last."""
    return local_day(instant - NIGHT_BEGINS, zone_of(zone))


def zones_due(zones: Iterable[str], since: dt.datetime | None, until: dt.datetime) -> list[str]:
    """The zones in which a night has begun meanwhile; all of them the first time."""
    if since is None:
        return sorted(zones)
    return sorted(zone for zone in zones if night_of(since, zone) < night_of(until, zone))


async def chunks_due(
    owner: psycopg.AsyncConnection,
    since: dt.datetime | None,
    at: dt.datetime,
    *,
    size: int = PEOPLE_A_CHUNK,
) -> list[Chunk]:
    """Chunks of so many people whose night has begun since the last plan."""
    known = [str(row[0]) for row in await (await owner.execute(_ZONES)).fetchall()]
    zones = tuple(zones_due(known, since, at))
    found = await owner.execute(_STARTS, {"zones": list(zones), "size": size})
    starts = [UUID(str(row[0])) for row in await found.fetchall()]
    stops = [*starts, None][1:]
    return [
        Chunk(at=at, zones=zones, first=first, stop=stop)
        for first, stop in zip(starts, stops, strict=True)
        if zones
    ]


async def members_due(owner: psycopg.AsyncConnection, chunk: Chunk) -> list[Due]:
    """Who of the chunk is not done yet."""
    bounds = {"first": chunk.first, "stop": chunk.stop, "zones": list(chunk.zones)}
    found = await (await owner.execute(_MEMBERS, bounds)).fetchall()
    nights = [(row, night_of(chunk.at, str(row[1]))) for row in found]
    return [
        Due(UUID(str(row[0])), night) for row, night in nights if row[2] is None or row[2] < night
    ]


class ChunkError(Exception):
    """Some of a chunk could not be done; the others are. The message counts them."""


async def detect_chunk(database: Database, catalogue: Catalogue, due: Sequence[Due]) -> int:
    """Detect for each of them, once a night, whoever else is at it: for the quiet ones together,
    for everyone else in a transaction of its own.

    The number of people done. One that fails does not keep the others waiting: the rest is done
    first. Raises ChunkError then.
    """
    quiet = await _quiet_ones(database, catalogue, due)
    done, failed = len(quiet), 0
    for one in due:
        if one.user_id in quiet:
            continue
        try:
            done += await _detect_once(database, catalogue, one)
        except _FAILURES as error:
            if _is_everybodys(error):
                raise
            failed += 1
            _tell(error)
    if failed:
        raise ChunkError(f"{failed} of {len(due)} could not be done")
    return done


async def _quiet_ones(database: Database, catalogue: Catalogue, due: Sequence[Due]) -> set[UUID]:
    """Whose nights were quiet, and are done. Where that fails nothing of it is, and they are left
    to runs of their own."""
    quiet: set[UUID] = set()
    for together in _same_nights(due):
        people = [one.user_id for one in together]
        try:
            async with database.session() as session:
                night = together[0].night
                found = await pass_over_quiet(session, people, night, catalogue)
        except _FAILURES as error:
            if _is_everybodys(error):
                raise
            _tell(error)
        else:
            quiet |= found
    return quiet


def _same_nights(due: Sequence[Due]) -> Iterator[list[Due]]:
    """Those with the same night, so many at a time."""
    by_night = attrgetter("night")
    for _, same in groupby(sorted(due, key=by_night), key=by_night):
        people = list(same)
        for start in range(0, len(people), PEOPLE_TOGETHER):
            yield people[start : start + PEOPLE_TOGETHER]


def _is_everybodys(error: Exception) -> bool:
    """Whether it says that the database is away, which the next one would find too."""
    return isinstance(translate(error), UnavailableError)


def _tell(error: Exception) -> None:
    # Where it happened, without the message: that may quote a value.
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("detection of one person failed: %s\n%s", type(error).__name__, where)


async def _detect_once(database: Database, catalogue: Catalogue, due: Due) -> bool:
    async with database.session(due.user_id) as session:
        if not await _take_night(session, due):
            return False
        try:
            person = await person_of(session, due.user_id)
        except UnauthorizedError:
            return False
        detection = await detect_days(session, person, catalogue, last=due.night)
        if person.ai_consent and detection.new_ids:
            found = [str(anomaly_id) for anomaly_id in detection.new_ids]
            await ask_for(session, person, Task.WORD, anomaly_ids=found)
    return True


async def detect_days(
    session: AsyncSession,
    person: Person,
    catalogue: Catalogue,
    *,
    last: dt.date,
    days: int = TESTED_DAYS,
) -> Detection:
    """Test so many days up to the last."""
    first = last - dt.timedelta(days=days - 1)
    return await DetectionService(session, person, catalogue).detect(first, last)


async def _take_night(session: AsyncSession, due: Due) -> bool:
    """Whether this transaction is the one that does it: the mark commits with what is found, and
    who comes at the same time waits for it here."""
    return bool(await prepared(session, _TAKE, [due.user_id, due.night]))
