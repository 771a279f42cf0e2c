"""What every tracker does, whichever it is."""

import asyncio
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from tests.contracts.trackers import TRACKERS, Body, TrackerCase
from tests.people import Account, register

DAY = dt.date(2026, 3, 12)
FROM_OUTSIDE = {
    "id": str(UUID(int=1)),
    "user_id": str(UUID(int=2)),
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "version": 7,
    "batch_id": None,
    "external_id": "x",
    "bmi": 22.0,
    "is_admin": True,
}
BAD_LIMITS = ("0", "201", "-1", "1.5", "1e2", "ten", "", "9" * 40)


@pytest.fixture(params=TRACKERS, ids=lambda case: case.key)
def tracker(request: pytest.FixtureRequest) -> TrackerCase:
    case: TrackerCase = request.param
    return case


def days_from(first: dt.date, *ahead: int) -> list[dt.date]:
    return [first + dt.timedelta(days) for days in ahead]


async def log(account: Account, tracker: TrackerCase, body: Mapping[str, Any]) -> Body:
    answer = await account.post(tracker.path, json=body)
    assert answer.status_code == 201, answer.text
    made: Body = answer.json()
    return made


async def listed(account: Account, tracker: TrackerCase, **query: Any) -> list[Body]:
    answer = await account.get(tracker.path, params=query)
    assert answer.status_code == 200, answer.text
    items: list[Body] = answer.json()["items"]
    return items


def faults(answer: Response) -> list[list[str | int]]:
    """Where a refusal says that the fault lies."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [error["loc"] for error in answer.json()["errors"]]


async def test_a_created_entry_is_what_the_next_request_reads(
    tracker: TrackerCase, ada: Account
) -> None:
    made = await ada.post(tracker.path, json=tracker.example())
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert "location" not in made.headers
    read = await ada.get(f"{tracker.path}/{made.json()['id']}")
    assert (read.status_code, read.headers["etag"]) == (200, '"1"')
    assert read.content == made.content
    assert await listed(ada, tracker) == [made.json()]


async def test_what_was_sent_is_what_is_kept(tracker: TrackerCase, ada: Account) -> None:
    sent = tracker.example()
    made = await log(ada, tracker, sent)
    words = {name: value for name, value in sent.items() if name not in ("bedtime", "wake_time")}
    assert {name: made[name] for name in words} == words


@pytest.mark.parametrize("least", [True, False], ids=["smallest", "example"])
async def test_the_bytes_are_those_of_the_documented_schema(
    tracker: TrackerCase, ada: Account, least: bool
) -> None:
    body = tracker.smallest if least else tracker.example(notes="Felt fine")
    made = await ada.post(tracker.path, json=body)
    told = tracker.given.model_validate_json(made.content, strict=True)
    assert told.model_dump().keys() == made.json().keys()


async def test_lists_are_newest_first(tracker: TrackerCase, ada: Account) -> None:
    for day in days_from(DAY, 2, 0, 3, 1):
        await log(ada, tracker, tracker.on(day))
    dates = [item["date"] for item in await listed(ada, tracker)]
    assert dates == [day.isoformat() for day in days_from(DAY, 3, 2, 1, 0)]


async def test_pages_give_each_entry_once_while_others_come_in(
    tracker: TrackerCase, ada: Account
) -> None:
    days = days_from(DAY, 0, 0, 1, 1, 1, 2, 3)
    wanted = {(await log(ada, tracker, tracker.on(day)))["id"] for day in days}
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await ada.get(tracker.path, params=query)).json()
        assert 0 < len(page["items"]) <= 3
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
        for day in days_from(DAY, 4, 1):
            await log(ada, tracker, tracker.on(day))
    assert len(seen) == len(set(seen))
    assert wanted <= set(seen)


async def test_limits_out_of_bounds_are_refused(tracker: TrackerCase, ada: Account) -> None:
    for limit in BAD_LIMITS:
        answer = await ada.get(tracker.path, params={"limit": limit})
        assert faults(answer) == [["query", "limit"]], limit
    for limit in ("1", "200"):
        assert (await ada.get(tracker.path, params={"limit": limit})).status_code == 200


async def test_from_and_to_are_both_included(tracker: TrackerCase, ada: Account) -> None:
    days = [day.isoformat() for day in days_from(DAY, 3, 2, 1, 0)]
    for day in days:
        await log(ada, tracker, tracker.on(dt.date.fromisoformat(day)))
    for first, last in ((days[2], days[1]), (days[2], None), (None, days[1]), (days[2], days[2])):
        query = {name: day for name, day in (("from", first), ("to", last)) if day}
        found = [item["date"] for item in await listed(ada, tracker, **query)]
        assert found == [d for d in days if (first or d) <= d <= (last or d)], query
    backwards = await ada.get(tracker.path, params={"from": days[0], "to": days[1]})
    assert faults(backwards) == [["query", "from"]]


async def cursor_of(account: Account, tracker: TrackerCase) -> str:
    for day in days_from(DAY, 0, 1):
        await log(account, tracker, tracker.on(day))
    page = await account.get(tracker.path, params={"limit": 1})
    cursor: str = page.json()["next"]
    return cursor


async def test_cursors_work_for_their_own_list_only(
    tracker: TrackerCase, ada: Account, bob: Account
) -> None:
    own = await cursor_of(ada, tracker)
    assert len(await listed(ada, tracker, cursor=own)) == 1
    index = TRACKERS.index(tracker)
    middle = len(own) // 2
    wrong = (
        await cursor_of(ada, TRACKERS[index - 1]),
        await cursor_of(bob, tracker),
        own[:middle] + ("A" if own[middle] != "A" else "B") + own[middle + 1 :],
        own[:-4],
        "garbage",
        "ünlesbar",
        "A" * 500,
        "",
    )
    for cursor in wrong:
        answer = await ada.get(tracker.path, params={"cursor": cursor})
        assert faults(answer) == [["query", "cursor"]], cursor


async def test_own_filters_choose(tracker: TrackerCase, ada: Account) -> None:
    for name, kind in tracker.filters.items():
        for value in kind:
            await log(ada, tracker, {**tracker.smallest, name: value})
        for value in kind:
            found = await listed(ada, tracker, **{name: value})
            assert found, value
            assert {item[name] for item in found} == {value}
        assert faults(await ada.get(tracker.path, params={name: "none"})) == [["query", name]]


async def test_replacing_forgets_what_is_left_out(tracker: TrackerCase, ada: Account) -> None:
    made = await log(ada, tracker, tracker.example(notes="Before"))
    path = f"{tracker.path}/{made['id']}"
    answer = await ada.put(path, json=tracker.smallest)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    now = answer.json()
    assert now == (await ada.get(path)).json()
    kept = {name: made[name] for name in ("id", "created_at", "batch_id")}
    assert now == now | kept | tracker.smallest | {"version": 2}
    set_by_server = {"id", "date", "created_at", "updated_at", "version"}
    left_out = now.keys() - tracker.smallest.keys() - set_by_server
    assert {name: now[name] for name in left_out} == dict.fromkeys(left_out)


async def test_t26_if_match_guards_changes(tracker: TrackerCase, ada: Account) -> None:
    made = await log(ada, tracker, tracker.example())
    path = f"{tracker.path}/{made['id']}"

    async def put(if_match: str) -> int:
        answer = await ada.put(path, json=tracker.smallest, headers={"If-Match": if_match})
        return answer.status_code

    assert [await put('"1"'), await put('"1"')] == [200, 412]
    assert [await put("*"), await put('"3"'), await put('"3"')] == [200, 200, 412]
    assert [await put(garbage) for garbage in ("x", '"-1"', "9" * 30)] == [422] * 3
    stale = await ada.delete(path, headers={"If-Match": '"3"'})
    assert stale.status_code == 412
    assert (await ada.get(path)).json()["version"] == 4
    current = await ada.delete(path, headers={"If-Match": '"4"'})
    assert (current.status_code, current.content) == (204, b"")


async def test_a_deleted_entry_is_gone(tracker: TrackerCase, ada: Account) -> None:
    made = await log(ada, tracker, tracker.example())
    path = f"{tracker.path}/{made['id']}"
    assert (await ada.delete(path)).status_code == 204
    for again in (ada.get(path), ada.delete(path), ada.put(path, json=tracker.example())):
        assert (await again).status_code == 404
    assert await listed(ada, tracker) == []


async def test_of_parallel_changes_with_one_etag_one_wins(live_client: AsyncClient) -> None:
    eve = await register(live_client, "eve@example.com")
    for tracker in TRACKERS:
        made = await log(eve, tracker, tracker.example())
        path, headers = f"{tracker.path}/{made['id']}", {"If-Match": '"1"'}
        answers = await asyncio.gather(
            *(eve.put(path, json=tracker.smallest, headers=headers) for _ in range(5))
        )
        assert sorted(a.status_code for a in answers) == [200, 412, 412, 412, 412]


async def test_bulk_keeps_what_fits_and_says_what_does_not(
    tracker: TrackerCase, ada: Account
) -> None:
    column = tracker.quantities[0].column
    good, bad = tracker.example(), tracker.with_value(column, -1)
    answer = await ada.post(f"{tracker.path}/bulk", json=[good, bad, 5, tracker.smallest])
    assert answer.status_code == 200
    told = answer.json()
    assert (told["created"], told["rejected"]) == (2, 2)
    assert [(r["index"], r["status"]) for r in told["results"]] == [
        *((0, 201), (1, 422), (2, 422), (3, 201))
    ]
    assert [r["id"] is None for r in told["results"]] == [False, True, True, False]
    assert told["results"][1]["errors"][0]["loc"] == [column]
    stored = {item["id"] for item in await listed(ada, tracker)}
    assert stored == {told["results"][0]["id"], told["results"][3]["id"]}


async def test_atomic_bulk_is_all_or_nothing(tracker: TrackerCase, ada: Account) -> None:
    column = tracker.quantities[0].column
    good, path = tracker.example(), f"{tracker.path}/bulk?atomic=true"
    refused = await ada.post(path, json=[good, tracker.with_value(column, -1), good])
    assert faults(refused) == [["body", 1, column]]
    assert await listed(ada, tracker) == []
    answer = await ada.post(path, json=[good, good])
    assert answer.json()["created"] == len(await listed(ada, tracker)) == 2


async def test_bulk_takes_one_to_ten_thousand(tracker: TrackerCase, ada: Account) -> None:
    wrong: tuple[object, ...] = ([], [{}] * 10_001, {}, None)
    for items in wrong:
        answer = await ada.post(f"{tracker.path}/bulk", content=json.dumps(items))
        assert faults(answer) == [["body"]]
    assert await listed(ada, tracker) == []


async def test_nothing_unknown_is_taken(tracker: TrackerCase, ada: Account) -> None:
    made = await log(ada, tracker, tracker.example())
    for name, value in FROM_OUTSIDE.items():
        body = tracker.example(**{name: value})
        for answer in (
            await ada.post(tracker.path, json=body),
            await ada.put(f"{tracker.path}/{made['id']}", json=body),
        ):
            assert faults(answer) == [["body", name]]
        bulk = await ada.post(f"{tracker.path}/bulk", json=[body])
        assert [error["loc"] for error in bulk.json()["results"][0]["errors"]] == [[name]]
    assert await listed(ada, tracker) == [made]


async def test_the_day_is_the_owners_own(
    tracker: TrackerCase, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = dt.datetime(2026, 3, 12, 23, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("app.services.people.now", lambda: present)
    eve = await register(client, "eve@example.com", timezone="Pacific/Kiritimati")
    assert (await log(eve, tracker, tracker.smallest))["date"] == "2026-03-13"
    instant = tracker.happening("2026-03-12T23:30:00+00:00")
    assert (await log(eve, tracker, instant))["date"] == "2026-03-13"
    local = await log(eve, tracker, tracker.happening("2026-03-12T23:30:00"))
    assert (local["date"], local[tracker.instant]) == ("2026-03-12", "2026-03-12T09:30:00+00:00")
    await eve.patch("/api/auth/me", json={"timezone": "Pacific/Pago_Pago"})
    assert (await log(eve, tracker, tracker.smallest))["date"] == "2026-03-12"
    assert (await log(eve, tracker, tracker.happening("2026-03-13T10:00Z")))["date"] == "2026-03-12"


async def test_bmi_follows_the_weight_and_the_height_of_the_day(client: AsyncClient) -> None:
    eve = await register(client, "eve@example.com")

    async def bmi(method: str, path: str, **body: float) -> float | None:
        answer = await eve.request(method, path, json=body)
        told: float | None = answer.json()["bmi"]
        return told

    assert await bmi("POST", "/api/body", weight_kg=70) is None
    await eve.patch("/api/auth/me", json={"height_cm": 175})
    entry = (await eve.get("/api/body")).json()["items"][0]
    path = f"/api/body/{entry['id']}"
    assert await bmi("PUT", path, weight_kg=70) == 22.9
    await eve.patch("/api/auth/me", json={"height_cm": 180})
    assert (await eve.get(path)).json()["bmi"] == 22.9
    assert await bmi("PUT", path, waist_cm=80) is None
    too_light = await eve.post("/api/body", json={"weight_kg": 2})
    assert faults(too_light) == [["body", "weight_kg"]]


@pytest.mark.parametrize(
    ("bedtime", "wake_time", "hours"),
    [
        ("2026-03-28T23:00", "2026-03-29T07:00", 7),
        ("2026-10-24T23:00", "2026-10-25T07:00", 9),
        ("2026-10-25T02:30+02:00", "2026-10-25T02:10+01:00", 2 / 3),
        ("2026-03-12T23:00+14:00", "2026-03-12T06:00-11:00", 8),
    ],
)
async def test_a_night_lasts_the_time_that_passed(
    client: AsyncClient, bedtime: str, wake_time: str, hours: float
) -> None:
    eve = await register(client, "eve@example.com", timezone="Europe/Berlin")
    night = await eve.post("/api/sleep", json={"bedtime": bedtime, "wake_time": wake_time})
    assert night.json()["duration_hours"] == pytest.approx(hours, abs=1e-4)
