"""The fast lane answers what the routes answer, wherever it does."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from app.config import Settings
from app.database import Database
from app.fast_lane import lanes
from app.lanes.creating import Creating
from app.lanes.lists import Listing
from app.models import ENTRY_MODELS
from app.prepared import Call, LostError, Prepared, RefusedError, Row
from app.schemas.base import PageOut
from app.services.hot_statements import hot_statements
from tests.conftest import client_of
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import Account, register

SPOKEN = {"notes": 'Slept "badly" \\ \t\n\u2028 \U0001f634 </script>'}
ADDED = {"id", "created_at", "updated_at"}
each_tracker = pytest.mark.parametrize("tracker", TRACKERS, ids=lambda case: case.key)


@pytest.fixture
def asked(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the statements that the lane's requests made."""
    names: list[str] = []
    fetch = database.fetch_together

    async def noted(*calls: Call) -> list[list[Row]]:
        names.extend(statement.name for statement, _ in calls)
        return await fetch(*calls)

    monkeypatch.setattr(database, "fetch_together", noted)
    return names


async def by_routes(account: Account, path: str, **query: Any) -> Response:
    """The same list, asked for in a way that is not the lane's."""
    return await account.get(path, params=query | {"nothing": "here"})


async def logged_by_routes(account: Account, path: str, body: Any) -> Response:
    return await account.post(path, json=body, params={"nothing": "here"})


def table(tracker: TrackerCase) -> str:
    return str(tracker.model.__tablename__)  # type: ignore[attr-defined]  # every entry is mapped


def test_every_tracker_is_in_the_lane_as_its_routes_are() -> None:
    creating = {lane.tracker: lane for lane in lanes() if isinstance(lane, Creating)}
    listing = {lane.route.path: lane for lane in lanes() if isinstance(lane, Listing)}
    assert set(creating) == set(ENTRY_MODELS)
    for tracker in TRACKERS:
        assert creating[tracker.key].taken is tracker.taken
        filters = {name: frozenset(kind) for name, kind in tracker.filters.items()}
        assert listing[tracker.path].filters == filters


@each_tracker
async def test_a_new_entry_is_the_same_by_both_ways(
    tracker: TrackerCase, client: AsyncClient, asked: list[str]
) -> None:
    ada = await register(client, "ada@example.com", timezone="Asia/Tokyo", height_cm=170)
    bodies = (tracker.example(**SPOKEN), tracker.smallest, tracker.happening("2026-03-12T23:30"))
    for body in bodies:
        asked.clear()
        fast = await ada.post(tracker.path, json=body)
        assert f"{table(tracker)}_create" in asked
        asked.clear()
        slow = await logged_by_routes(ada, tracker.path, body)
        assert asked == []
        assert (fast.status_code, slow.status_code) == (201, 201)
        assert set(fast.headers) == set(slow.headers)
        assert fast.headers["etag"] == slow.headers["etag"] == '"1"'
        one, other = fast.json(), slow.json()
        assert {k: v for k, v in one.items() if k not in ADDED} == {
            k: v for k, v in other.items() if k not in ADDED
        }
        documented = tracker.given.model_validate_json(fast.content)
        assert set(one) == set(tracker.given.model_fields)
        assert tracker.given.model_validate(one) == documented


@each_tracker
async def test_lists_are_the_same_bytes_by_both_ways(
    tracker: TrackerCase, ada: Account, asked: list[str]
) -> None:
    for body in (tracker.example(**SPOKEN), tracker.smallest, tracker.example()):
        await ada.post(tracker.path, json=body)
    day = tracker.example().get("date", "2026-03-12")
    queries: list[dict[str, Any]] = [
        {},
        {"limit": 1},
        {"limit": 200},
        {"from": day},
        {"to": day},
        {"from": day, "to": day, "limit": 2},
        {"to": "1999-12-31"},
        *({name: str(value)} for name, kind in tracker.filters.items() for value in kind),
    ]
    for query in queries:
        asked.clear()
        fast = await ada.get(tracker.path, params=query)
        assert asked == [f"{table(tracker)}_page"], query
        slow = await by_routes(ada, tracker.path, **query)
        assert (fast.status_code, set(fast.headers)) == (200, set(slow.headers))
        assert fast.content == slow.content, query
        PageOut[tracker.given].model_validate_json(fast.content)  # type: ignore[name-defined]


@each_tracker
async def test_pages_follow_each_other_across_both_ways(
    tracker: TrackerCase, ada: Account, asked: list[str]
) -> None:
    for _ in range(4):
        await ada.post(tracker.path, json=tracker.smallest)
    first = (await ada.get(tracker.path, params={"limit": 2})).json()
    assert (await by_routes(ada, tracker.path, limit=2)).json() == first
    asked.clear()
    rest = (await ada.get(tracker.path, params={"cursor": first["next"]})).json()
    assert asked == [f"{table(tracker)}_page"]
    assert (await by_routes(ada, tracker.path, cursor=first["next"])).json() == rest
    assert (len(rest["items"]), rest["next"]) == (2, None)


NOT_TAKEN: Sequence[tuple[bytes, dict[str, str]]] = (
    (b"", {}),
    (b"{", {}),
    (b"[]", {}),
    (b'{"weight_kg": 70, "weight_kg": "x"}', {}),
    (b'{"weight_kg": NaN}', {}),
    (b'{"weight_kg": 70, "unknown": 1}', {}),
    (b'{"weight_kg": 5000}', {}),
    (b'{"weight_kg": 640}', {}),  # not with this height
    (b'{"weight_kg": 70, "notes": "\\ud800"}', {}),
    (b'{"weight_kg": 70}', {"Content-Type": "text/plain"}),
    (b'{"weight_kg": 70}', {"Authorization": "Bearer nobody"}),
    (b'{"weight_kg": 70}', {"Authorization": ""}),
    (b'{"weight_kg": 70}', {"Idempotency-Key": ""}),
    (b'{"weight_kg":' + b"[" * 20_000, {}),
)


@pytest.mark.parametrize(("body", "headers"), NOT_TAKEN)
async def test_refusals_are_those_of_the_routes(
    body: bytes, headers: dict[str, str], client: AsyncClient
) -> None:
    ada = await register(client, "ada@example.com", height_cm=30)
    given = {"Content-Type": "application/json"} | headers
    fast = await ada.post("/api/body", content=body, headers=given)
    slow = await ada.post("/api/body?nothing=here", content=body, headers=given)
    told = [json.loads(answer.content) | {"request_id": ""} for answer in (fast, slow)]
    assert (fast.status_code, told[0]) == (slow.status_code, told[1])
    assert 400 <= fast.status_code < 500
    assert (await ada.get("/api/body")).json()["items"] == []


async def test_a_session_that_ended_is_signed_out_at_once(ada: Account) -> None:
    assert (await ada.get("/api/sleep")).status_code == 200
    assert (await ada.post("/api/auth/logout-all")).status_code == 204
    assert (await ada.get("/api/sleep")).status_code == 401
    smallest = {"duration_hours": 7}
    assert (await ada.post("/api/sleep", json=smallest)).status_code == 401


async def test_what_changed_since_counts_at_once(client: AsyncClient, asked: list[str]) -> None:
    ada = await register(client, "ada@example.com", height_cm=170)
    made = await ada.post("/api/body", json={"weight_kg": 70})
    assert made.json()["bmi"] == 24.2
    await ada.patch("/api/auth/me", json={"height_cm": 180})
    assert (await ada.post("/api/body", json={"weight_kg": 70})).json()["bmi"] == 21.6
    asked.clear()
    assert (await ada.post("/api/body", json={"weight_kg": 70})).json()["bmi"] == 21.6
    assert asked == ["facts", "body_metrics_create"]


async def test_an_idempotency_key_is_kept(ada: Account, asked: list[str]) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = [
        await ada.post("/api/sleep", json={"duration_hours": 7}, headers=key) for _ in range(2)
    ]
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert asked == []


@pytest.mark.parametrize("failure", [RefusedError, LostError])
async def test_what_fails_in_the_lane_is_read_by_the_routes(
    failure: type[Exception], database: Database, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_calls: Call) -> list[list[Row]]:
        raise failure

    made = await ada.post("/api/sleep", json={"duration_hours": 7})
    monkeypatch.setattr(database, "fetch_together", fail)
    assert (await ada.get("/api/sleep")).json()["items"] == [made.json()]
    again = await ada.post("/api/sleep", json={"duration_hours": 7})
    entries = len((await ada.get("/api/sleep")).json()["items"])
    if failure is RefusedError:  # nothing was stored, so the routes store it
        assert (again.status_code, entries) == (201, 2)
    else:  # perhaps something was stored, so it is not stored again
        assert (again.status_code, entries) == (503, 1)
        assert again.headers["retry-after"] == "2"


async def test_row_level_security_binds_the_lane(database: Database, ada: Account) -> None:
    """The statement's own filter taken away, and a session that is another's."""
    page = hot_statements(ENTRY_MODELS["sleep"], ()).page
    await ada.post("/api/sleep", json={"duration_hours": 7})
    bob = await register(ada.client, "bob@example.com")
    (me, sid), (other, other_sid) = [await identity(database, person) for person in (ada, bob)]
    unfiltered = Prepared("unfiltered", page.sql.replace("where user_id = signed_in.user_id)", ")"))
    assert unfiltered.sql != page.sql
    rest = (*b"1900-01-01 2100-12-31 2101-01-01".split(), str(UUID(int=2**128 - 1)).encode(), b"9")
    assert len(await database.fetch(unfiltered, (me, sid, *rest))) == 1
    assert await database.fetch(unfiltered, (me, sid, *rest)) != [(None,)]
    assert await database.fetch(unfiltered, (other, other_sid, *rest)) == [(None,)]
    assert await database.fetch(page, (other, sid, *rest)) == []


async def identity(database: Database, account: Account) -> tuple[bytes, bytes]:
    user_id = UUID((await account.get("/api/auth/me")).json()["id"])
    async with database.session(user_id) as session:
        session_id = await session.scalar(text("SELECT id FROM sessions"))
    return str(user_id).encode(), str(session_id).encode()


async def test_a_full_account_is_refused(database: Database, settings: Settings) -> None:
    small = settings.model_copy(update={"entries_per_user": 2})
    async with client_of(database, small) as client:
        ada = await register(client, "ada@example.com")
        answers = [
            (await ada.post("/api/sleep", json={"duration_hours": 7})).status_code for _ in range(4)
        ]
    assert answers == [201, 201, 403, 403]
