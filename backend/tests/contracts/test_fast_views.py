"""The fast lane answers what the routes answer where something is made of many rows: findings with
what surrounds them, summaries, the dashboard."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from httpx import AsyncClient

from app.database import Database
from app.prepared import LostError, RefusedError
from app.services.hot_statements import FACTS
from app.services.nutrition_summary import SUMMARY
from tests.contracts.test_fast_lane import asked, by_routes, identity
from tests.people import Account, register
from tests.services.stored import stop_clock

__all__ = ["asked"]
NOW = dt.datetime(2026, 3, 11, 23, 30, tzinfo=dt.UTC)
TODAY, A_MONTH_AGO = "2026-03-12", "2026-02-10"
"""In Tokyo."""
DAYS: Sequence[Mapping[str, str]] = (
    {},
    {"date": TODAY},
    {"date": A_MONTH_AGO},
    {"date": "1900-01-01"},
    {"date": "2100-12-31"},
)
FINDINGS: Sequence[Mapping[str, str]] = (
    {},
    {"limit": "1"},
    {"from": A_MONTH_AGO, "to": TODAY},
    {"to": "1999-12-31"},
    *({"severity": severity} for severity in ("low", "medium", "high")),
    {"metric": "weight"},
    {"metric": "resting_hr", "acknowledged": "false"},
    {"acknowledged": "true"},
)
ASKED: Mapping[str, tuple[str, Sequence[Mapping[str, str]]]] = {
    "/api/anomalies": ("findings_page", FINDINGS),
    "/api/nutrition/daily-summary": ("nutrition_summary", DAYS),
    "/api/dashboard": ("surroundings", (*DAYS, *({**day, "period": "weekly"} for day in DAYS))),
}
"""By path, a statement that only the lane makes, and what it is asked."""
each_view = pytest.mark.parametrize("path", ASKED)


@pytest.fixture
async def ada(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Someone who has eaten something, and whose oxygen is below a clinical limit."""
    stop_clock(monkeypatch, NOW)
    ada = await register(client, "ada@example.com", timezone="Asia/Tokyo", height_cm=170)
    soup = {"food_name": "soup", "meal_type": "lunch", "calories": 300, "date": TODAY}
    await done(ada.post("/api/nutrition", json=soup))
    oxygen = {"date": TODAY, "time_of_day": "morning", "spo2": 80}
    await done(ada.post("/api/vitals", json=oxygen))
    await done(ada.post("/api/anomalies/detect"))
    return ada


@pytest.fixture
async def filled(ada: Account) -> Account:
    """The same with two months of invented days, findings, one of them seen, a tag and symptoms."""
    await done(ada.post("/api/mock/generate", json={"days": 60}))
    await done(ada.post("/api/anomalies/detect"))
    day = {"first": TODAY, "last": TODAY}
    await done(ada.post("/api/tags", json={"kind": "illness", "note": 'a "cold"\\ 5 %', **day}))
    said = {"condition_type": "diabetes", "time_of_day": "fasting", "symptoms": 'gi"ddy\n:a %s'}
    await done(ada.post("/api/chronic", json={"date": TODAY, **said}))
    newest, *_ = (await ada.get("/api/anomalies")).json()["items"]
    await done(ada.patch(f"/api/anomalies/{newest['id']}/acknowledge"))
    return ada


async def done(answer: Any) -> None:
    assert (await answer).is_success


@each_view
async def test_views_are_the_same_bytes_by_both_ways(
    path: str, filled: Account, asked: list[str]
) -> None:
    statement, queries = ASKED[path]
    seen = set()
    for query in queries:
        asked.clear()
        fast = await filled.get(path, params=query)
        assert statement in asked, query
        asked.clear()
        slow = await by_routes(filled, path, **query)
        assert asked == []
        assert (fast.status_code, set(fast.headers)) == (200, set(slow.headers)), query
        assert fast.content == slow.content, query
        seen.add(fast.content)
    assert len(seen) > len(queries) / 2  # most of them ask for something else


async def test_findings_are_told_with_what_surrounds_them(filled: Account) -> None:
    newest, *_ = (await filled.get("/api/anomalies")).json()["items"]
    assert newest["date"] == TODAY
    assert newest["logged"][0]["symptoms"] == 'gi"ddy\n:a %s'
    assert newest["tags"][0]["note"] == 'a "cold"\\ 5 %'


async def test_pages_of_findings_follow_each_other_across_both_ways(
    filled: Account, asked: list[str]
) -> None:
    first = (await filled.get("/api/anomalies", params={"limit": 1})).json()
    asked.clear()
    rest = (await filled.get("/api/anomalies", params={"cursor": first["next"]})).json()
    assert asked == ["findings_page"]
    assert (await by_routes(filled, "/api/anomalies", cursor=first["next"])).json() == rest
    assert rest["items"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/anomalies", {"acknowledged": "1"}),
        ("/api/anomalies", {"metric": "none_such"}),
        ("/api/anomalies", {"as_of": TODAY}),
        ("/api/nutrition/daily-summary", {"date": f"{TODAY}T00:00:00"}),
    ],
)
async def test_what_is_said_otherwise_is_left_to_the_routes(
    path: str, query: dict[str, str], ada: Account, asked: list[str]
) -> None:
    asked.clear()
    assert (await ada.get(path, params=query)).status_code in (200, 422)
    assert asked == []


@pytest.mark.parametrize("query", [{"severity": "x"}, {"date": "2026-02-30"}, {"limit": "0"}])
@each_view
async def test_refusals_are_those_of_the_routes(
    path: str, query: dict[str, str], ada: Account
) -> None:
    fast, slow = await ada.get(path, params=query), await by_routes(ada, path, **query)
    assert fast.status_code == slow.status_code
    if fast.status_code != 200:
        assert fast.json() | {"request_id": ""} == slow.json() | {"request_id": ""}


@each_view
async def test_a_session_that_ended_reads_nothing_more(path: str, ada: Account) -> None:
    assert (await ada.get(path)).status_code == 200
    assert (await ada.post("/api/auth/logout-all")).status_code == 204
    assert (await ada.get(path)).status_code == 401


async def test_a_day_is_that_of_the_zone_that_is_kept_now(ada: Account, asked: list[str]) -> None:
    path = "/api/nutrition/daily-summary"
    assert (await ada.get(path)).json()["date"] == TODAY
    await done(ada.patch("/api/auth/me", json={"timezone": "America/New_York"}))
    for _ in range(2):
        asked.clear()
        assert (await ada.get(path)).json()["date"] == "2026-03-11"
    assert asked == ["facts", "facts", "nutrition_summary"]


@pytest.mark.parametrize("failure", [RefusedError, LostError])
@each_view
async def test_what_fails_in_the_lane_is_read_by_the_routes(
    path: str,
    failure: type[Exception],
    ada: Account,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = await ada.get(path)

    async def fail(*_calls: object) -> None:
        raise failure

    monkeypatch.setattr(database, "fetch_together", fail)
    assert (await ada.get(path)).content == answer.content


@each_view
async def test_nobody_sees_anything_of_another(path: str, ada: Account) -> None:
    bob = await register(ada.client, "bob@example.com", timezone="Asia/Tokyo")
    nothing = await bob.get(path)
    assert nothing.content == (await by_routes(bob, path)).content
    assert nothing.content != (await ada.get(path)).content


async def test_row_level_security_binds_what_is_sent_together(
    ada: Account, database: Database
) -> None:
    """Statements that name somebody else."""
    bob = await register(ada.client, "bob@example.com", timezone="Asia/Tokyo")
    (me, sid), (other, other_sid) = [await identity(database, person) for person in (ada, bob)]
    call = (SUMMARY, [me, TODAY.encode()])
    own, foreign = [
        (await database.fetch_together((FACTS, claims), call))[1]
        for claims in ((me, sid), (other, other_sid))
    ]
    assert [json.loads(rows[0][0] or b"")["entries"] for rows in (own, foreign)] == [1, 0]
