"""Files from announcement to entries, and back: nothing twice, nothing mixed, nothing lost."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from app.database import Database
from app.postgres import DatabaseUrls
from tests.importers.apple_export import (
    PHONE,
    blood_pressure,
    export,
    night,
    quantity,
    workout,
    zipped,
)
from tests.people import Account, register
from tests.queues import Queue, queue_over
from tests.routers.imports import brought, previewed

ZONE = dt.timezone(dt.timedelta(hours=1))
DAY = dt.datetime(2026, 3, 11, tzinfo=ZONE)
EIGHT = DAY + dt.timedelta(hours=8)


@pytest.fixture
async def queue(live_urls: DatabaseUrls, live_database: Database) -> AsyncIterator[Queue]:
    async with queue_over(live_urls, live_database) as queue:
        yield queue


@pytest.fixture
async def person(live_client: AsyncClient) -> Account:
    return await register(live_client, "ada@example.com", timezone="Europe/Berlin")


def a_week() -> bytes:
    lines = []
    for n in range(7):
        day = DAY + dt.timedelta(days=n - 6)
        morning = day + dt.timedelta(hours=7)
        lines += [
            quantity("RestingHeartRate", 55 + n, "count/min", morning),
            quantity("BodyMass", 154.3 + n, "lb", morning),
            quantity("OxygenSaturation", 0.97, "%", morning),
            quantity("BloodGlucose", 5.5, "mmol&lt;180.15588000005408&gt;/L", morning),
            quantity("HeartRate", 62, "count/min", morning),
            quantity("StepCount", 1_000, "count", morning, 60),
            quantity("StepCount", 800, "count", morning + dt.timedelta(minutes=30), 60, PHONE),
            blood_pressure(121, 79, morning),
            night(morning),
            workout("Running", morning + dt.timedelta(hours=10), 42, 410),
        ]
    return export(*lines)


async def entries(person: Account, tracker: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await person.get(f"/api/{tracker}")).json()["items"]
    return items


async def test_a_file_is_shown_before_it_is_stored(person: Account, queue: Queue) -> None:
    one = await previewed(person, queue, zipped(a_week()), name="export.zip")
    preview = one["preview"]
    assert preview["format"] == {"key": "apple_health", "title": "Apple Health export"}
    assert preview["zone"] == "Europe/Berlin"
    found = {(row["kind"], row["source"]): row for row in preview["readings"]}
    assert found["weight", "Ada’s Apple Watch"]["unit"] == "[lb_av]"
    assert found["blood_pressure_systolic", "Cuff"]["readings"] == 7
    assert found["blood_pressure_systolic", "Cuff"]["repeated"] == 7
    assert preview["entries"] == [{"tracker": "exercise", "entries": 7, "already_there": 0}]
    assert (preview["held"], preview["problems"]["count"]) == ([], 0)
    assert await entries(person, "vitals") == []


async def test_what_is_stored_is_what_trackers_show(person: Account, queue: Queue) -> None:
    one = await brought(person, queue, a_week())
    assert one["result"]["derived"] == {"vitals": 14, "body": 7, "chronic": 7, "sleep": 7}
    assert one["result"]["entries"] == {"exercise": 7}
    newest = (await entries(person, "vitals"))[:2]
    told = {name: value for row in newest for name, value in row.items() if value is not None}
    assert (told["resting_heart_rate"], told["spo2"]) == (61, 97)
    assert (told["blood_pressure_systolic"], told["blood_pressure_diastolic"]) == (121, 79)
    assert (await entries(person, "body"))[0]["weight_kg"] == pytest.approx(72.7, abs=0.05)
    glucose = (await entries(person, "chronic"))[0]
    assert glucose["blood_glucose_mgdl"] == pytest.approx(99.1, abs=0.05)
    last = (await entries(person, "sleep"))[0]
    assert (last["date"], last["duration_hours"]) == ("2026-03-11", 7.5)
    assert (last["deep_sleep_minutes"], last["rem_sleep_minutes"], last["awakenings"]) == (
        60,
        90,
        1,
    )
    run = (await entries(person, "exercise"))[0]
    assert (run["duration_minutes"], run["calories_burned"], run["heart_rate_avg"]) == (
        42,
        410,
        132,
    )
