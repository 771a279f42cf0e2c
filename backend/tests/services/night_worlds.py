"""People in a database whose nights are done in one way, and what happens to them meanwhile."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.postgres import DatabaseUrls
from app.services.anomaly_service import AnomalyService
from app.services.authentication import person_of
from app.services.detection import DetectionService
from app.services.nights import Due, detect_chunk, night_of
from app.startup import tokens_of
from app.utils.enums import Feedback
from app.utils.identifiers import uuid7
from benchmarks.fleet.clinic import Clinic, at
from tests.conftest import in_database_of
from tests.folders import PATIENCE

FIRST = dt.date(2026, 10, 22)
"""Clocks are put back in Berlin on the 25th, and in Los Angeles on the first of November."""
NIGHTS, HISTORY_DAYS = 12, 120
ZONES = ("UTC", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", *("UTC",) * 6)
PAUSES = {8: range(2, 8), 9: range(1, NIGHTS)}
"""By place the nights behind days on which somebody logs nothing, but for what follows."""
LUNCH = 6
CONDITIONS: dict[int, Sequence[str]] = {3: ("hypertension",), 5: ("diabetes",)}
AT = dt.time(3, 5)
LEFT = {
    "anomalies": "to_jsonb(t) - 'created_at' - 'detected_at' - 'acknowledged_at'",
    "episodes": "to_jsonb(t) - 'created_at'",
    "deliveries": "jsonb_build_array(t.user_id, t.channel_id, t.episode_id, t.status)",
    "detection_memories": "to_jsonb(t) - 'settled_by'",
    "users": "jsonb_build_array(t.id, t.nightly_on)",
    "queue.procrastinate_jobs": "jsonb_build_array(t.task_name, t.args, t.priority)",
}
_ZONES = "SELECT id, timezone, nightly_on FROM users ORDER BY id"


@dataclass(frozen=True, slots=True)
class World:
    """A database with everybody in it, and one of the ways to do their nights."""

    superuser: psycopg.Connection
    database: Database
    clinic: Clinic
    settings: Settings

    def say(self, statement: str, *given: object) -> None:
        self.superuser.execute(statement.encode(), given or None)

    def ask(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        return self.superuser.execute(statement.encode(), given or None).fetchall()

    def left(self, resting: Sequence[UUID]) -> dict[str, list[Any]]:
        """Everything that nights leave behind, but for the memories of those who rest."""
        found = {
            table: [row[0] for row in self.ask(f"SELECT {what} FROM {table} t ORDER BY 1")]  # noqa: S608
            for table, what in LEFT.items()
        }
        rest = {str(user_id) for user_id in resting}
        kept = found["detection_memories"]
        return found | {"detection_memories": [row for row in kept if row["user_id"] not in rest]}

    async def night(self, moment: dt.datetime, *, away: Sequence[UUID] = ()) -> None:
        """Of all whose night it is."""
        found = [(*row[:1], night_of(moment, row[1]), row[2]) for row in self.ask(_ZONES)]
        due = [Due(person, night) for person, night, done in found if done is None or done < night]
        wanted = [one for one in due if one.user_id not in away]
        assert await detect_chunk(self.database, CATALOGUE, wanted) == len(wanted)

    async def answer(self, user_id: UUID, feedback: Feedback | None, *, place: int = 0) -> None:
        """The person's newest finding but so many gets this answer."""
        newest = self.ask(
            "SELECT id FROM anomalies WHERE user_id = %s ORDER BY date DESC, id", user_id
        )
        if len(newest) > place:
            async with self.database.session(user_id) as session:
                person = await person_of(session, user_id)
                service = AnomalyService(session, person, CATALOGUE, tokens_of(self.settings))
                await service.answer(newest[place][0], feedback)

    async def detect(self, user_id: UUID, first: dt.date, last: dt.date) -> None:
        async with self.database.session(user_id) as session:
            person = await person_of(session, user_id)
            await DetectionService(session, person, CATALOGUE).detect(first, last)


Event = Callable[[World, Sequence[UUID], dt.date, list[UUID]], Any]


def _pulse(world: World, user_id: UUID, entry: UUID, day: dt.date, value: int) -> None:
    world.say(
        "INSERT INTO vital_signs (user_id, id, date, time_of_day, resting_heart_rate)"
        " VALUES (%s, %s, %s, 'morning', %s)",
        user_id,
        entry,
        day,
        value,
    )


def _food(world: World, user_id: UUID, entry: UUID, day: dt.date, calories: float) -> None:
    world.say(
        "INSERT INTO food_entries (user_id, id, date, food_name, meal_type, calories)"
        " VALUES (%s, %s, %s, 'x', 'dinner', %s)",
        user_id,
        entry,
        day,
        calories,
    )


def _again(world: World, user_id: UUID, entry: UUID) -> None:
    """The entry behind the newest finding of a pulse, logged anew: the same value of another."""
    newest = (
        "SELECT v.id FROM vital_signs v JOIN anomalies a ON a.source_id = v.id"
        " WHERE a.user_id = %s ORDER BY a.date DESC, v.id LIMIT 1"
    )
    for (known,) in world.ask(newest, user_id):
        world.say("UPDATE vital_signs SET id = %s WHERE id = %s", entry, known)


async def late_entries(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    _pulse(w, p[0], ids[0], night - dt.timedelta(9), 97)
    _food(w, p[1], ids[1], night, 900)
    _food(w, p[4], ids[2], night - dt.timedelta(1), 4_800)
    _pulse(w, p[6], ids[3], night, 118)


async def taken_back(w: World, p: Sequence[UUID], night: dt.date, _: list[UUID]) -> None:
    """What the last night told of the day that had only begun."""
    told = "SELECT id FROM anomalies WHERE user_id = %s AND date = %s"
    assert w.ask(told, p[6], night - dt.timedelta(1))
    w.say("DELETE FROM vital_signs WHERE user_id = %s AND resting_heart_rate = 118", p[6])


async def deleted_rows(w: World, p: Sequence[UUID], night: dt.date, _: list[UUID]) -> None:
    day = night - dt.timedelta(3)
    w.say("DELETE FROM vital_signs WHERE user_id = %s AND date = %s", p[1], day)
    w.say("DELETE FROM sleep_entries WHERE user_id = %s AND date = %s", p[2], night)


async def wishes(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    w.say("UPDATE users SET alarm_budget = 'weekly' WHERE id = %s", p[3])
    w.say("""UPDATE users SET thresholds = '{"resting_hr": 2.0}' WHERE id = %s""", p[4])
    w.say(
        "INSERT INTO tags (user_id, id, kind, first, last) VALUES (%s, %s, 'illness', %s, %s)",
        p[5],
        ids[0],
        night - dt.timedelta(2),
        night + dt.timedelta(1),
    )


def _condition(world: World, user_id: UUID, entry: UUID, day: dt.date) -> None:
    world.say(
        "INSERT INTO chronic_metrics (user_id, id, date, time_of_day, condition_type, symptoms)"
        " VALUES (%s, %s, %s, 'other', 'diabetes', 'x')",
        user_id,
        entry,
        day,
    )


async def new_conditions(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    """Of the day that begins, of the one that is over, and of one long ago."""
    for place, ago in ((0, 0), (2, 1), (6, 12)):
        _condition(w, p[place], ids[place], night - dt.timedelta(ago))


async def mistaken_conditions(w: World, p: Sequence[UUID], _: dt.date, __: list[UUID]) -> None:
    w.say("DELETE FROM chronic_metrics WHERE user_id = %s AND symptoms = 'x'", p[2])


async def strange_days(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    for entry, user_id in zip(ids, p[:8], strict=False):
        _pulse(w, user_id, entry, night - dt.timedelta(1), 118)


async def answers(w: World, p: Sequence[UUID], _night: dt.date, _ids: list[UUID]) -> None:
    for user_id, feedback in zip(
        p, [Feedback.NOT_UNUSUAL, Feedback.HAD_REASON, Feedback.USEFUL, Feedback.SEEN], strict=False
    ):
        await w.answer(user_id, feedback)
    await w.answer(p[6], Feedback.SEEN)


async def second_thoughts(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    for user_id in p[:3]:
        await w.answer(user_id, None)
    _again(w, p[4], ids[0])
    # What was seen stays although it no longer holds.
    w.say("DELETE FROM vital_signs WHERE user_id = %s AND resting_heart_rate = 118", p[6])
    newest = "SELECT id FROM anomalies WHERE user_id = %s ORDER BY date DESC, id LIMIT 1"
    for (finding,) in w.ask(newest, p[7]):
        w.say("DELETE FROM anomalies WHERE id = %s", finding)


async def moved(w: World, p: Sequence[UUID], _night: dt.date, _ids: list[UUID]) -> None:
    w.say("UPDATE users SET timezone = 'Pacific/Auckland' WHERE id = %s", p[0])
    w.say("UPDATE users SET timezone = 'America/Los_Angeles' WHERE id = %s", p[6])


async def own_runs(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    """Over few days, over days long past, and just before the night; with changes before each."""
    _pulse(w, p[0], ids[0], night - dt.timedelta(12), 101)
    await w.detect(p[0], night - dt.timedelta(1), night - dt.timedelta(1))
    _pulse(w, p[2], ids[1], night - dt.timedelta(20), 103)
    await w.detect(p[2], night - dt.timedelta(25), night - dt.timedelta(15))
    _again(w, p[7], ids[2])
    await w.detect(p[7], night - dt.timedelta(2), night - dt.timedelta(1))
    await w.detect(p[5], night - dt.timedelta(29), night)


async def unseen(w: World, p: Sequence[UUID], _night: dt.date, _ids: list[UUID]) -> None:
    assert w.ask("SELECT id FROM anomalies WHERE user_id = %s AND is_acknowledged", p[6])
    await w.answer(p[6], None)


async def a_lunch(w: World, p: Sequence[UUID], night: dt.date, ids: list[UUID]) -> None:
    """Of somebody who has paused and has a run in the evening: it knows the meal, and leaves the
    day's total for when the day is over."""
    day = night - dt.timedelta(1)
    with at(dt.datetime.combine(day, dt.time(20), dt.UTC)):
        _food(w, p[9], ids[0], day, 4_900)
        await w.detect(p[9], day - dt.timedelta(29), day)
    assert not w.ask("SELECT day FROM stale_days WHERE user_id = %s", p[9])


def _made(events: Sequence[Event]) -> list[tuple[Event, list[UUID]]]:
    """Each with ids for its entries, which are the same in all worlds."""
    return [(event, [uuid7() for _ in range(len(ZONES))]) for event in events]


def script() -> dict[int, list[tuple[Event, list[UUID]]]]:
    """What happens before which night."""
    return {
        2: _made([late_entries]),
        3: _made([taken_back]),
        4: _made([deleted_rows]),
        5: _made([strange_days]),
        LUNCH: _made([answers, a_lunch]),
        7: _made([second_thoughts, new_conditions]),
        8: _made([wishes]),
        9: _made([moved]),
        10: _made([own_runs]),
        11: _made([unseen, mistaken_conditions]),
    }


def opened(urls: DatabaseUrls, superuser: str, settings: Settings) -> World:
    database = Database(urls.app, pool_size=4, statement_timeout=PATIENCE)
    inside = in_database_of(superuser, urls.owner)
    connection = psycopg.connect(inside, autocommit=True)
    return World(connection, database, Clinic(inside, database, settings), settings)


async def peopled(urls: DatabaseUrls, superuser: str, settings: Settings) -> list[UUID]:
    world = opened(urls, superuser, settings)
    people = [
        await world.clinic.invent(
            seed,
            days=HISTORY_DAYS,
            until=FIRST + dt.timedelta(NIGHTS),
            zone=zone,
            conditions=CONDITIONS.get(seed, ()),
        )
        for seed, zone in enumerate(ZONES)
    ]
    world.clinic.set_aside(FIRST)
    for place, nights in PAUSES.items():
        days = [FIRST + dt.timedelta(number - 1) for number in nights]
        for table in world.ask("SELECT tablename FROM pg_tables WHERE tablename LIKE 'later%'"):
            world.say(
                f"DELETE FROM {table[0]} WHERE user_id = %s AND date = ANY(%s)",  # noqa: S608
                people[place],
                days,
            )
    for user_id in people:
        world.say(
            "INSERT INTO channels (user_id, id, kind, shown, sealed)"
            " VALUES (%s, %s, 'webhook', 'x', '')",
            user_id,
            uuid7(),
        )
    world.say(
        "UPDATE users SET ai_consent_at = now(), ai_consent_version = 1 WHERE id = %s", people[2]
    )
    with at(dt.datetime.combine(FIRST, AT, dt.UTC)):
        await world.night(dt.datetime.combine(FIRST, AT, dt.UTC))
    await world.database.close()
    world.superuser.close()
    world.clinic.close()
    return people
