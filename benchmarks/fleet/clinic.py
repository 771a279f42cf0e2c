"""A clinic's people: a few who are invented with all their trackers, each of them many times.

What they log lies beside until its day has come. The tables of an invented person, and what
detection made of them, are copied by PostgreSQL itself, with ids of their own.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.models import ENTRY_MODELS
from app.services.authentication import person_of
from app.services.batches import BatchService
from app.services.entries import table_of
from app.services.nights import NIGHT_BEGINS, Due, detect_chunk
from app.services.quota import EntryQuota
from app.startup import tokens_of
from app.utils.identifiers import uuid7

_TABLES = tuple(table_of(model).name for model in ENTRY_MODELS.values())
_MADE = ("detection_memories", "day_pages", "anomalies", "episodes")
_USER = "INSERT INTO users (id, email, hashed_password, timezone) VALUES (%s, %s, '-', %s)"
_COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
    AND column_name NOT IN ('user_id', 'id', 'batch_id', 'episode_id')
"""
_ALL_COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
_COPIES = "CREATE TEMP TABLE IF NOT EXISTS copies (model uuid, id uuid)"


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """As if it were that moment for whoever asks which day it is."""
    with (
        mock.patch("app.services.people.now", return_value=moment),
        mock.patch("app.services.batches.now", return_value=moment),
    ):
        yield


def begin_of(night: dt.date) -> dt.datetime:
    return dt.datetime.combine(night, dt.time(), dt.UTC) + NIGHT_BEGINS + dt.timedelta(minutes=5)


class Clinic:
    """People, and what they will log in the days after `first`."""

    def __init__(self, superuser: str, database: Database, settings: Settings) -> None:
        self.connection = psycopg.connect(superuser, autocommit=True)
        self.database = database
        self._settings = settings

    async def invent(
        self,
        seed: int,
        *,
        days: int,
        until: dt.date,
        zone: str = "UTC",
        conditions: Sequence[str] = (),
    ) -> UUID:
        """Somebody with so many days of entries, the last of which is `until`."""
        user_id = uuid7()
        self.connection.execute(_USER, (user_id, f"{user_id}@example.com", zone))
        with at(begin_of(until + dt.timedelta(2))):
            async with self.database.session(user_id) as session:
                person = replace(await person_of(session, user_id), zone=ZoneInfo("UTC"))
                quota = EntryQuota(session, person, self._settings)
                batches = BatchService(session, person, tokens_of(self._settings), quota)
                await batches.invent(
                    days=days + 2, seed=seed, anomalies=True, conditions=conditions
                )
        return user_id

    def set_aside(self, first: dt.date) -> None:
        """What everybody logs after that day, until it comes."""
        for name in _TABLES:
            after = f"FROM {name} WHERE date > '{first}'"
            self.connection.execute(f"CREATE TABLE later_{name} AS SELECT * {after}".encode())
            self.connection.execute(f"DELETE {after}".encode())

    async def night(self, people: Sequence[UUID], night: dt.date) -> None:
        with at(begin_of(night)):
            due = [Due(user_id, night) for user_id in people]
            await detect_chunk(self.database, CATALOGUE, due)

    def copied(self, original: UUID, copies: int) -> list[UUID]:
        """So many like them, with all that was made of their entries."""
        ids = [uuid7() for _ in range(copies)]
        with self.connection.transaction():
            for user_id in ids:
                self.connection.execute(_USER, (user_id, f"{user_id}@example.com", "UTC"))
            self.connection.execute(_COPIES)
            with self.connection.cursor() as cursor:
                rows = [(original, user_id) for user_id in ids]
                cursor.executemany("INSERT INTO copies VALUES (%s, %s)", rows)
            for name in (*_TABLES, *_MADE):
                self._fill(name, name, "model = %(model)s", {"model": original})
        return ids

    def log(self, day: dt.date) -> None:
        """What everybody logs on that day, who is not copied."""
        for name in _TABLES:
            self._move(name, day)

    def _move(self, name: str, day: dt.date) -> None:
        (columns,) = self._one(_ALL_COLUMNS, [name])
        statement = f"""
            INSERT INTO {name} ({columns}) SELECT {columns} FROM later_{name} WHERE date = %s
        """  # noqa: S608  (tables and columns of the schema)
        self.connection.execute(statement.encode(), [day])

    def log_copies(self, day: dt.date) -> None:
        """What all copies log on that day."""
        for name in _TABLES:
            self._fill(name, f"later_{name}", "r.date = %(day)s", {"day": day})

    def _fill(self, name: str, source: str, condition: str, given: dict[str, object]) -> None:
        (columns,) = self._one(_COLUMNS, [name])
        own = name not in ("detection_memories", "day_pages")
        made = ", id" if own else "", ", gen_random_uuid()" if own else ""
        read = ", ".join(f"r.{column}" for column in columns.split(", "))
        statement = f"""
            INSERT INTO {name} (user_id, {columns}{made[0]})
            SELECT c.id, {read}{made[1]} FROM {source} r JOIN copies c ON c.model = r.user_id
            WHERE {condition} ORDER BY c.id
        """  # noqa: S608  (tables and columns of the schema)
        self.connection.execute(statement.encode(), given)

    def done(self, people: Sequence[UUID], night: dt.date) -> int:
        asked = "SELECT count(*) FROM users WHERE id = ANY(%s) AND nightly_on = %s"
        return int(self._one(asked, [list(people), night])[0])

    def _one(self, statement: str, given: Sequence[object]) -> Sequence[Any]:
        return self.connection.execute(statement.encode(), given).fetchone() or ()

    def close(self) -> None:
        self.connection.close()
