"""Imports a made-up file of days in one transaction: the process that `crash.imports` kills.

Reading 200,000 entries takes longer than storing them, so it is done once: each line on standard
input then makes a copy of the process store them all. Its number is told, and how it ended.
"""

import asyncio
import datetime as dt
import os
import sys

from app.config import Settings
from app.postgres import DatabaseUrls
from app.services.authentication import person_of, user_id_of
from app.services.day_import import DayPlan, import_plan, plan_days
from app.services.people import Person
from app.startup import opened_database, running_database

COLUMNS = {
    "resting_hr": 60,
    "weight": 71,
    "sleep_hours": 7,
    "total_calories": 2000,
    "exercise_minutes": 30,
}
LAST_DAY = dt.date(2025, 12, 31)


def lines_of(days: int) -> list[str]:
    values = ",".join(str(value) for value in COLUMNS.values())
    dates = (LAST_DAY - dt.timedelta(days=day) for day in range(days))
    return [",".join(("date", *COLUMNS)), *(f"{date},{values}" for date in dates)]


def main(email: str, days: int) -> None:
    settings = Settings(_env_file=None)
    with running_database(settings) as urls:
        person = asyncio.run(find(settings, urls, email))
    plan = plan_days(lines_of(days), person=person)
    print("ready", flush=True)
    for _ in sys.stdin:
        copy = os.fork()
        if not copy:
            store(settings, person, plan)
        print(copy, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]), flush=True)


def store(settings: Settings, person: Person, plan: DayPlan) -> None:
    """Ends the process; its status is 0 only if all is committed."""
    status = 1
    try:
        with running_database(settings) as urls:
            asyncio.run(bring_in(settings, urls, person, plan))
        status = 0
    finally:
        os._exit(status)


async def find(settings: Settings, urls: DatabaseUrls, email: str) -> Person:
    async with opened_database(settings, urls) as database, database.session() as session:
        user_id = await user_id_of(session, email)
        if user_id is None:
            raise LookupError("there is no such account")
        return await person_of(session, user_id)


async def bring_in(settings: Settings, urls: DatabaseUrls, person: Person, plan: DayPlan) -> None:
    async with opened_database(settings, urls) as database, database.session(person.id) as session:
        await import_plan(session, person, plan, label="days.csv")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
