"""Imports a made-up file of days in one transaction: the process that `crash.imports` kills."""

import asyncio
import datetime as dt
import sys

from app.config import Settings
from app.services.authentication import person_of, user_id_of
from app.services.day_import import import_plan, plan_days
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


async def bring_in(email: str, days: int) -> None:
    settings = Settings(_env_file=None)
    with running_database(settings) as urls:
        async with opened_database(settings, urls) as database:
            async with database.session() as session:
                user_id = await user_id_of(session, email)
                if user_id is None:
                    raise LookupError("there is no such account")
                person = await person_of(session, user_id)
            plan = plan_days(lines_of(days), person=person)
            print("storing", flush=True)
            async with database.session(person.id) as session:
                await import_plan(session, person, plan, label="days.csv")


if __name__ == "__main__":
    asyncio.run(bring_in(sys.argv[1], int(sys.argv[2])))
