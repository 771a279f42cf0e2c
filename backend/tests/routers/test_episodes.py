"""Episodes: one story keeps one identity and is told once."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from app.schemas.base import PageOut
from app.schemas.episode import EpisodeOut, NewsOut
from app.schemas.insights import InsightsOut
from tests.people import Account, register
from tests.routers.pulses import (
    Json,
    ago,
    detect,
    findings,
    log_calm_month,
    log_pulse,
    log_racing_pulse,
    stop_the_clock,
)

EPISODES, NEWS = "/api/episodes", "/api/episodes/notifications"


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch)


async def episodes(account: Account, **query: Any) -> list[Json]:
    answer = await account.get(EPISODES, params=query)
    told = PageOut[EpisodeOut].model_validate_json(answer.content, strict=True, extra="forbid")
    items: list[Json] = answer.json()["items"]
    assert len(items) == len(told.items)
    return items


async def news(account: Account) -> list[Json]:
    answer = await account.post(NEWS)
    NewsOut.model_validate_json(answer.content, strict=True, extra="forbid")
    items: list[Json] = answer.json()["items"]
    return items


async def answer(account: Account, finding: Json, feedback: str | None) -> None:
    path = f"/api/anomalies/{finding['id']}/feedback"
    assert (await account.put(path, json={"feedback": feedback})).status_code == 200


async def test_a_finding_is_an_episode(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    (episode,) = await episodes(ada)
    assert episode["id"] == finding["episode_id"]
    day = finding["date"]
    assert [episode[name] for name in ("onset", "peak", "end", "days")] == [day, day, day, 1]
    assert (episode["severity"], episode["explanation"]) == (
        finding["severity"],
        finding["explanation"],
    )
    assert episode["metrics"] == ["resting_hr"]
    assert [member["id"] for member in episode["findings"]] == [finding["id"]]
    assert (episode["is_open"], episode["notified_at"]) == (True, None)
    assert (await ada.get(f"{EPISODES}/{episode['id']}")).json() == episode


async def test_it_grows_under_its_id_and_rises(ada: Account) -> None:
    await log_racing_pulse(ada)
    (before,) = await episodes(ada)
    await log_pulse(ada, 1, 99)
    await detect(ada, first=ago(1), last=ago(0))
    (after,) = await episodes(ada)
    assert (after["id"], after["onset"], after["end"]) == (before["id"], ago(2), ago(1))
    assert (after["days"], after["severity"]) == (2, "high")
    assert after["explanation"].startswith("Resting heart rate: 2 findings, 8 April 2026 to 9 Apr")
    assert {f["episode_id"] for f in await findings(ada)} == {before["id"]}
    assert await detect(ada)
    assert await episodes(ada) == [after]


async def test_an_earlier_day_that_comes_late_keeps_the_identity(ada: Account) -> None:
    await log_racing_pulse(ada)
    (before,) = await episodes(ada)
    await news(ada)
    await log_pulse(ada, 3, 99)
    await detect(ada)
    (after,) = await episodes(ada)
    assert (after["id"], after["onset"]) == (before["id"], ago(3))
    assert await news(ada) == []


async def test_each_is_news_once_though_it_grows_and_is_found_again(ada: Account) -> None:
    await log_racing_pulse(ada)
    (told,) = await news(ada)
    assert told["notified_at"]
    assert await episodes(ada) == [told]
    await detect(ada)
    assert await news(ada) == []
    await log_pulse(ada, 0, 99)
    await detect(ada)
    (grown,) = await episodes(ada)
    assert (grown["days"], grown["notified_at"]) == (2, told["notified_at"])
    assert await news(ada) == []


async def test_what_was_seen_is_no_news(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    await answer(ada, finding, "seen")
    assert await news(ada) == []
    await answer(ada, finding, None)
    assert len(await news(ada)) == 1


async def test_what_is_over_for_a_week_is_no_news(ada: Account) -> None:
    await log_calm_month(ada)
    body = {"date": ago(15), "time_of_day": "evening", "resting_heart_rate": 140}
    assert (await ada.post("/api/vitals", json=body)).status_code == 201
    found = (await detect(ada))["findings"]
    assert ago(15) in {finding["date"] for finding in found}
    assert await episodes(ada)
    assert await news(ada) == []


async def test_of_parallel_askers_one_gets_the_news(live_client: AsyncClient) -> None:
    eve = await register(live_client, "eve@example.com")
    await log_racing_pulse(eve)
    told = await asyncio.gather(*(news(eve) for _ in range(6)))
    assert sorted(len(items) for items in told) == [0, 0, 0, 0, 0, 1]


async def test_a_retried_request_gets_the_same_news(ada: Account) -> None:
    await log_racing_pulse(ada)
    headers = {"Idempotency-Key": "morning"}
    first, again = [(await ada.post(NEWS, headers=headers)).json() for _ in range(2)]
    assert len(first["items"]) == 1
    assert again == first


async def test_what_does_not_hold_any_more_ends_its_episode(ada: Account) -> None:
    entry, _ = await log_racing_pulse(ada)
    body = {"date": ago(2), "time_of_day": "morning", "resting_heart_rate": 60}
    await ada.put(f"/api/vitals/{entry}", json=body)
    await detect(ada)
    assert await episodes(ada) == []


async def test_what_is_not_unusual_for_you_is_no_story(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    (before,) = await episodes(ada)
    await answer(ada, finding, "not_unusual")
    assert await episodes(ada) == []
    assert [f["episode_id"] for f in await findings(ada)] == [None]
    await answer(ada, finding, None)
    assert await episodes(ada) == [before]


async def test_a_part_that_splits_off_is_not_told_anew(ada: Account) -> None:
    await log_calm_month(ada)
    for days in (6, 4, 2):
        await log_pulse(ada, days, 95 + 3 * (6 - days))
    found = (await detect(ada))["findings"]
    assert len(found) == 3
    (whole,) = await news(ada)
    await answer(ada, next(f for f in found if f["date"] == ago(4)), "not_unusual")
    parts = await episodes(ada)
    assert [(e["onset"], e["end"]) for e in parts] == [(ago(2), ago(2)), (ago(6), ago(6))]
    assert parts[1]["id"] == whole["id"] != parts[0]["id"]
    assert await news(ada) == []


async def test_removing_a_batch_removes_its_episodes(ada: Account) -> None:
    made = (await ada.post("/api/mock/generate", json={"days": 120, "seed": 5})).json()
    await detect(ada)
    assert await episodes(ada)
    await ada.delete(f"/api/batches/{made['id']}")
    assert (await episodes(ada), await findings(ada)) == ([], [])


async def test_lists_and_insights(ada: Account) -> None:
    await ada.post("/api/mock/generate", json={"days": 120, "seed": 5})
    await detect(ada)
    everything = await episodes(ada, limit=200)
    assert len(everything) > 2
    onsets = [episode["onset"] for episode in everything]
    assert onsets == sorted(onsets, reverse=True)
    listed = [member["id"] for episode in everything for member in episode["findings"]]
    assert sorted(listed) == sorted(finding["id"] for finding in await findings(ada))
    page = (await ada.get(EPISODES, params={"limit": 2})).json()
    rest = await episodes(ada, cursor=page["next"], limit=200)
    assert page["items"] + rest == everything
    middle = everything[1]["onset"]
    for query, chosen in (
        ({"severity": "high"}, [e for e in everything if e["severity"] == "high"]),
        ({"is_open": "true"}, [e for e in everything if e["is_open"]]),
        ({"from": middle}, [e for e in everything if e["onset"] >= middle]),
        ({"to": middle}, [e for e in everything if e["onset"] <= middle]),
    ):
        assert await episodes(ada, limit=200, **query) == chosen, query
    insights = await ada.get("/api/insights?days=120")
    InsightsOut.model_validate_json(insights.content, strict=True, extra="forbid")
    shown = insights.json()["episodes"]
    assert shown
    assert all(episode in everything for episode in shown)
    ranks = [(not e["is_open"], ("high", "medium", "low").index(e["severity"])) for e in shown]
    assert ranks == sorted(ranks)
