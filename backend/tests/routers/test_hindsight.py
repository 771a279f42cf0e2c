"""What would have been told on an earlier day: the answer of that day, and it stays the answer."""

import datetime as dt
from typing import Any

import pytest

from app.database import Database
from tests.contracts.test_access import id_of, rows_of
from tests.people import Account
from tests.routers.pulses import (
    PRESENT,
    TODAY,
    Json,
    ago,
    detect,
    findings,
    log_calm_month,
    log_pulse,
    log_racing_pulse,
    stop_the_clock,
)

NOT_KNOWN_THEN = ("detected_at", "notified_at")


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch)


def as_then(items: list[Json]) -> list[Json]:
    """Without the instants at which something was worked out."""
    return [{k: v for k, v in item.items() if k not in NOT_KNOWN_THEN} for item in items]


async def listed(account: Account, path: str, **query: Any) -> list[Json]:
    answer = await account.get(path, params={"limit": 200} | query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return as_then(items)


PULSES = {22: 99, 21: 97, 18: 60, 14: 96, 12: 98, 11: 99, 6: 58, 2: 95, 1: 96}


async def live_through(account: Account, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Seven weeks of pulse and sleep, logged day by day, and what each of the last was told."""
    told: dict[str, Any] = {}
    for days in range(48, -1, -1):
        stop_the_clock(monkeypatch, PRESENT - dt.timedelta(days))
        await log_pulse(account, days, PULSES.get(days, 60 + days % 2))
        night = {"date": ago(days), "duration_hours": 2.5 if days in (14, 13) else 7 + days % 3 / 4}
        assert (await account.post("/api/sleep", json=night)).status_code == 201
        if days < 25:
            span = {"first": ago(days + 29), "last": ago(days)}
            await detect(account, **span)
            shown = {"from": span["first"]}
            told[ago(days)] = (
                await listed(account, "/api/anomalies", **shown),
                await listed(account, "/api/episodes", **shown),
            )
    return told


async def test_a_days_answer_never_depends_on_later_days(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await live_through(ada, monkeypatch)
    assert len({str(answer) for answer in told.values()}) > 5
    for day, (anomalies, episodes) in told.items():
        assert await listed(ada, "/api/anomalies", as_of=day) == anomalies, day
        then = await listed(ada, "/api/episodes", as_of=day)
        assert then == episodes, day


async def test_nothing_is_stored(ada: Account, database: Database) -> None:
    await log_calm_month(ada)
    await log_pulse(ada, 2, 95)
    before = await rows_of(database, await id_of(ada))
    (finding,) = await findings(ada, as_of=ago(1))
    (episode,) = await listed(ada, "/api/episodes", as_of=ago(1))
    assert (finding["date"], finding["episode_id"]) == (ago(2), episode["id"])
    assert episode["is_open"]
    assert await findings(ada, as_of=ago(3)) == []
    assert await findings(ada) == []
    assert await rows_of(database, await id_of(ada)) == before
    (kept,) = (await detect(ada))["findings"]
    assert as_then([kept]) == as_then([finding])


async def test_an_episode_is_open_as_of_its_day(ada: Account) -> None:
    await log_calm_month(ada)
    await log_pulse(ada, 6, 95)
    for day, is_open in ((6, True), (4, True), (3, False), (0, False)):
        (episode,) = await listed(ada, "/api/episodes", as_of=ago(day))
        assert episode["is_open"] == is_open
    assert await listed(ada, "/api/episodes", as_of=ago(3), is_open=True) == []


async def test_it_is_told_as_unseen(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    await ada.patch(f"/api/anomalies/{finding['id']}/acknowledge")
    (then,) = await findings(ada, as_of=ago(0))
    assert as_then([then]) == as_then([finding])


async def test_filters_and_pages_work_as_ever(ada: Account) -> None:
    await ada.post("/api/mock/generate", json={"days": 120, "seed": 5})
    query = {"from": ago(99), "as_of": ago(0)}
    everything = await findings(ada, **query)
    await detect(ada)
    assert as_then(everything) == as_then(await findings(ada))
    page = (await ada.get("/api/anomalies", params=query | {"limit": 2})).json()
    rest = await findings(ada, cursor=page["next"], **query)
    assert as_then(page["items"] + rest) == as_then(everything)
    metric = everything[0]["metric_name"]
    chosen = [f for f in everything if f["metric_name"] == metric]
    assert as_then(await findings(ada, metric=metric, **query)) == as_then(chosen)
    middle = everything[1]["date"]
    earlier = [f for f in everything if f["date"] <= middle]
    assert as_then(await findings(ada, to=middle, **query)) == as_then(earlier)


@pytest.mark.parametrize("path", ["/api/anomalies", "/api/episodes"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"as_of": str(TODAY + dt.timedelta(1))}, "as_of"),
        ({"as_of": ago(0), "from": ago(400)}, "from"),
        ({"as_of": "yesterday"}, "as_of"),
    ],
)
async def test_bad_days_are_refused(
    path: str, query: dict[str, str], field: str, ada: Account
) -> None:
    answer = await ada.get(path, params=query)
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["errors"]] == [["query", field]]
