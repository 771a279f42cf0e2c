"""Invented people put straight into the database, whose last day is strange."""

import datetime as dt
import random
from collections.abc import Sequence
from uuid import UUID

import psycopg

from app.utils.identifiers import uuid7

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles")
DAYS = 40
_USER = """
    INSERT INTO users (id, email, hashed_password, timezone) VALUES (%s, %s, '-', %s)
"""
_PULSES = """
    COPY vital_signs (user_id, id, date, time_of_day, resting_heart_rate, hrv_ms) FROM STDIN
"""


def add_people(
    connection: psycopg.Connection, count: int, *, seed: int = 1, zones: Sequence[str] = ZONES
) -> list[UUID]:
    """So many people, each with forty days; on the last that is over the pulse is high. The
    connection must pass over row-level security."""
    people = [(uuid7(), zones[number % len(zones)]) for number in range(count)]
    accounts = [(user_id, f"{user_id}@example.com", zone) for user_id, zone in people]
    chance = random.Random(seed)
    today = dt.datetime.now(dt.UTC).date()
    with connection.transaction():
        connection.cursor().executemany(_USER, accounts)
        with connection.cursor().copy(_PULSES) as copy:
            for user_id, _ in people:
                for ago in range(DAYS, 1, -1):
                    pulse = 95 if ago == 3 else round(chance.gauss(60, 1.5))
                    day = today - dt.timedelta(days=ago)
                    hrv = round(chance.gauss(50, 4))
                    copy.write_row((user_id, uuid7(), day, "morning", pulse, hrv))
    return [user_id for user_id, _ in people]
