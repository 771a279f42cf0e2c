"""`vitaliq detect learn`: an operator's own priors, from aggregates over their users."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

from psycopg import Connection

from app.backup import check_reader, connected, reader_url
from app.config import Settings
from app.errors import InvalidInputError
from app.ml.feature_engineering import daily_values, feature_statement, lookback
from app.ml.learning import learn
from app.ml.priors import shipped
from app.ml.types import DailyValues
from app.startup import running_database

LEARNED_DAYS = 365
SAME_PEOPLE = "SELECT id FROM users ORDER BY md5(id::text) LIMIT %s"
"""Whoever they are: a sample that has nothing to do with when an account was made."""


def learn_priors(settings: Settings, file: Path, *, people: int) -> int:
    """Write priors learned from the last year of at most so many users; how many there were.

    Raises InvalidInputError where there are too few to learn from.
    """
    with running_database(settings) as urls, connected(reader_url(settings, urls)) as connection:
        check_reader(connection)
        values = [
            _values_of(connection, row[0]) for row in connection.execute(SAME_PEOPLE, [people])
        ]
    try:
        learned = learn(values, shipped(), version=f"own-{dt.date.today():%Y%m%d}")  # noqa: DTZ011 (the operator's day)
    except ValueError as error:
        raise InvalidInputError(f"Nothing was written: {error}.") from error
    file.write_text(learned.written(), encoding="utf-8")
    return len(values)


def _values_of(connection: Connection, user_id: object) -> DailyValues:
    stop = dt.datetime.now(dt.UTC).date()
    start = stop - dt.timedelta(LEARNED_DAYS - 1 + lookback())
    wanted: dict[str, Any] = {"user_id": user_id, "start": start, "stop": stop}
    return daily_values(connection.execute(_statement(), wanted).fetchall())


def _statement() -> bytes:
    """The feature statement with psycopg's names for parameters."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", feature_statement()).encode()
