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
from tests.routers.imports import IMPORTS, brought, committed, previewed, sent, state

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


async def test_nothing_is_stored_twice(person: Account, queue: Queue) -> None:
    first = await brought(person, queue, a_week())
    again = await previewed(person, queue, zipped(a_week()))
    assert {row["already_there"] - row["readings"] for row in again["preview"]["readings"]} == {0}
    assert again["preview"]["entries"][0]["already_there"] == 7
    second = await committed(person, queue, again)
    assert (second["result"]["readings"], second["batch_id"]) == (0, None)
    assert second["result"]["derived"] == second["result"]["entries"] == {}
    assert len((await person.get("/api/batches")).json()["items"]) == 1
    assert first["result"]["readings"] > 0


async def test_a_file_that_ends_its_workers_is_told_to_have_failed(
    person: Account, queue: Queue
) -> None:
    one = await sent(person, a_week())
    await queue.tire()
    await queue.work()
    told = await state(person, one)
    assert told["status"] == "failed"
    assert "given up" in told["problem"]
    other = await previewed(person, queue, a_week())
    await person.post(f"{IMPORTS}/{other['id']}/commit", json={"answers": {}})
    await queue.tire()
    await queue.work()
    assert (await state(person, other))["status"] == "failed"
    assert await entries(person, "body") == []


async def test_an_overlapping_file_adds_what_is_new(person: Account, queue: Queue) -> None:
    morning = EIGHT
    known = [quantity("BodyMass", 70 + n, "kg", morning + dt.timedelta(days=n)) for n in range(3)]
    await brought(person, queue, export(*known[:2]))
    more = await brought(person, queue, export(*known[1:]))
    assert (more["result"]["readings"], more["result"]["already_there"]) == (1, 1)
    assert len(await entries(person, "body")) == 3


async def test_a_batch_is_taken_back_whole_and_what_others_say_stays(
    person: Account, queue: Queue
) -> None:
    early = quantity("RestingHeartRate", 60, "count/min", EIGHT)
    late = quantity("RestingHeartRate", 70, "count/min", EIGHT + dt.timedelta(hours=2))
    await brought(person, queue, export(early))
    second = await brought(person, queue, export(late))
    assert (await entries(person, "vitals"))[0]["resting_heart_rate"] == 65
    gone = await person.delete(f"/api/batches/{second['batch_id']}")
    assert gone.status_code == 204, gone.text
    assert [row["resting_heart_rate"] for row in await entries(person, "vitals")] == [60]
    page = (await person.get("/api/readings", params={"kind": "resting_heart_rate"})).json()
    assert page["value"] == [60]


async def test_what_its_owner_changed_stays(person: Account, queue: Queue) -> None:
    await brought(person, queue, export(quantity("RestingHeartRate", 60, "count/min", EIGHT)))
    entry = (await entries(person, "vitals"))[0]
    told = {"date": entry["date"], "time_of_day": "morning", "resting_heart_rate": 58}
    assert (await person.put(f"/api/vitals/{entry['id']}", json=told)).status_code == 200
    late = quantity("RestingHeartRate", 70, "count/min", EIGHT + dt.timedelta(hours=2))
    await brought(person, queue, export(late))
    assert [row["resting_heart_rate"] for row in await entries(person, "vitals")] == [58]


async def test_overlapping_steps_count_once_by_the_order_of_sources(
    person: Account, queue: Queue
) -> None:
    await brought(person, queue, a_week())
    asked = {"kind": "steps", "from": "2026-03-11", "to": "2026-03-11"}
    day = (await person.get("/api/readings/days", params=asked)).json()
    assert (day["values"], day["counted"], day["suppressed"]) == ([1_400.0], [2], [1])
    opened = await person.get("/api/readings/day", params={"kind": "steps", "day": "2026-03-11"})
    parts = {row["source"]: row["part"] for row in opened.json()["readings"]}
    assert parts == {"Ada’s Apple Watch": 1, PHONE: 0.5}
    order = (await person.get("/api/readings/sources")).json()["order"]
    assert order.index("Ada’s Apple Watch") < order.index(PHONE)
    changed = await person.put("/api/readings/sources", json={"order": [PHONE]})
    assert changed.json()["order"][0] == PHONE
    day = (await person.get("/api/readings/days", params=asked)).json()
    assert day["values"] == [1_300.0]


def wrong_unit() -> bytes:
    return export(
        *(
            quantity("BloodGlucose", 5 + n / 2, "mg/dL", EIGHT + dt.timedelta(hours=n))
            for n in range(12)
        )
    )


async def test_values_in_a_wrong_unit_are_held_back_with_a_guess(
    person: Account, queue: Queue
) -> None:
    """Some of them would pass for mg/dL, and are held back with the others."""
    one = await previewed(person, queue, wrong_unit())
    (held,) = one["preview"]["held"]
    assert (held["guess"], held["whole"], held["count"]) == ("mmol/L", True, 12)
    left = await committed(person, queue, one)
    assert (left["result"]["readings"], left["result"]["held"]) == (0, 12)
    assert await entries(person, "chronic") == []
    again = await previewed(person, queue, wrong_unit())
    done = await committed(person, queue, again, **{held["group"]: "mmol/L"})
    assert (done["result"]["readings"], done["result"]["held"]) == (12, 0)
    values = [float(str(row["blood_glucose_mgdl"])) for row in await entries(person, "chronic")]
    assert min(values) == pytest.approx(90.1, abs=0.05)


async def test_a_single_impossible_value_is_held_back_and_may_be_accepted(
    person: Account, queue: Queue
) -> None:
    lines = [quantity("BodyMass", 70, "kg", EIGHT + dt.timedelta(hours=n)) for n in range(3)]
    file = export(*lines, quantity("BodyMass", 700, "kg", EIGHT))
    (held,) = (await previewed(person, queue, file))["preview"]["held"]
    assert (held["count"], held["whole"], held["examples"][0]["value"]) == (1, False, 700)


async def test_a_sensors_day_keeps_its_figures_in_few_entries(
    person: Account, queue: Queue
) -> None:
    values = [90 + 60 * (n % 96 > 48) + n % 11 for n in range(288)]
    lines = [
        quantity("BloodGlucose", value, "mg/dL", DAY + dt.timedelta(minutes=5 * n))
        for n, value in enumerate(values)
    ]
    await brought(person, queue, export(*lines))
    told = [float(str(row["blood_glucose_mgdl"])) for row in await entries(person, "chronic")]
    assert len(told) == 24
    assert (min(told), max(told)) == (min(values), max(values))
    assert sum(told) / 24 == pytest.approx(sum(values) / 288, abs=2)
    first = {"kind": "glucose", "limit": 200}
    page = (await person.get("/api/readings", params=first)).json()
    rest = await person.get("/api/readings", params=first | {"cursor": page["next"]})
    assert [*page["value"], *rest.json()["value"]] == values[::-1]


async def test_low_and_high_count_at_the_limit_of_the_device(person: Account, queue: Queue) -> None:
    rows = [
        f"2026-03-11 {8 + n // 4:02}:{15 * (n % 4):02},{told}"
        for n, told in enumerate(("Low", "100", "110", "HIGH"))
    ]
    await brought(person, queue, "\n".join(["date,glucose (mg/dL)", *rows]).encode())
    found = {float(str(row["blood_glucose_mgdl"])): row for row in await entries(person, "chronic")}
    limits = min(found), max(found)
    assert limits[0] < 70 < 100 < 110 < 180 < limits[1]
    assert [found[value]["notes"] for value in sorted(found)] == [
        f"< {limits[0]:g} mg/dL", None, None, f"> {limits[1]:g} mg/dL",
    ]  # fmt: skip
    asked = {"kind": "glucose", "from": "2026-03-11", "to": "2026-03-11"}
    day = (await person.get("/api/readings/days", params=asked)).json()
    assert (day["low"], day["high"], day["counted"]) == ([limits[0]], [limits[1]], [4])
    asked = {"condition_type": "diabetes", "days": "1825"}
    ranges = (await person.get("/api/chronic/trends", params=asked)).json()["ranges"]
    told = [ranges[f"{name}_pct"] for name in ("in_range", "below_70", "below_54", "above_180")]
    assert told == [50, 25, 25, 25]


async def test_an_import_can_be_cancelled_and_followed(person: Account, queue: Queue) -> None:
    one = await previewed(person, queue, a_week())
    events = await person.get(f"{IMPORTS}/{one['id']}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    assert events.text.startswith("event: import\ndata: {")
    assert (await person.delete(f"{IMPORTS}/{one['id']}")).status_code == 204
    assert (await state(person, one))["status"] == "cancelled"
    refused = await person.post(f"{IMPORTS}/{one['id']}/commit", json={})
    assert refused.status_code == 409


async def test_what_is_no_file_that_is_known_fails_and_says_so(
    person: Account, queue: Queue
) -> None:
    one = await sent(person, b"\0" * 1_000)
    await queue.work()
    told = await state(person, one)
    assert told["status"] == "failed"
    assert "Apple Health" in told["problem"]


async def test_parts_go_on_where_they_stopped(person: Account) -> None:
    made = (await person.post(IMPORTS, json={"name": "x", "bytes": 6})).json()
    path = f"{IMPORTS}/{made['id']}/content"
    assert (await person.put(path, content=b"abc")).json()["received"] == 3
    assert (await person.put(path, content=b"abc")).json()["received"] == 3
    gap = await person.put(path, params={"start": 4}, content=b"x")
    assert (gap.status_code, "3 bytes" in gap.json()["detail"]) == (409, True)
    assert (await person.put(path, params={"start": 3}, content=b"defg")).status_code == 422
    done = await person.put(path, params={"start": 3}, content=b"def")
    assert (done.json()["received"], done.json()["status"]) == (6, "reading")
