"""The dashboard and the catalogue over HTTP."""

import datetime as dt

import pytest
from httpx import AsyncClient

from app.catalog import CATALOGUE
from app.schemas.dashboard import Dashboard
from app.schemas.metrics import MetricsOut
from tests.people import Account, register
from tests.services.stored import stop_clock


async def fill(account: Account, day: dt.date) -> None:
    for days in range(40):
        night = {"date": str(day - dt.timedelta(days)), "duration_hours": 7 + days % 3 / 4}
        assert (await account.post("/api/sleep", json=night)).status_code == 201


@pytest.mark.parametrize("period", ["daily", "weekly"])
async def test_the_bytes_are_those_of_the_documented_model(ada: Account, period: str) -> None:
    path = f"/api/dashboard?period={period}"
    empty = await ada.get(path)
    today = dt.date.fromisoformat(empty.json()["date"])
    await fill(ada, today)
    filled = await ada.get(path)
    for answer in (empty, filled):
        assert answer.status_code == 200, answer.text
        told = Dashboard.model_validate_json(answer.content, strict=True, extra="forbid").root
        assert told.period == period
    assert [metric["key"] for metric in filled.json()["metrics"]] == ["sleep_hours"]
    assert filled.json()["status"] == "ready"


async def test_the_daily_view_of_today_is_the_default(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await register(client, "ada@example.com", timezone="Asia/Tokyo")
    stop_clock(monkeypatch, dt.datetime(2026, 3, 11, 23, 30, tzinfo=dt.UTC))
    told = (await ada.get("/api/dashboard")).json()
    assert (told["period"], told["date"], told["is_today"]) == ("daily", "2026-03-12", True)


@pytest.mark.parametrize("period", ["daily", "weekly"])
async def test_another_persons_entries_are_never_counted(
    ada: Account, bob: Account, period: str
) -> None:
    path = f"/api/dashboard?period={period}"
    empty = (await ada.get(path)).json()
    await fill(bob, dt.date.fromisoformat(empty["date"]))
    assert (await ada.get(path)).json() == empty


@pytest.mark.parametrize("query", ["period=monthly", "date=today", "date=2101-01-01"])
async def test_bad_parameters_are_refused(ada: Account, query: str) -> None:
    assert (await ada.get(f"/api/dashboard?{query}")).status_code == 422


@pytest.mark.parametrize("day", ["1900-01-01", "2100-12-31"])
async def test_the_ends_of_the_calendar_answer(ada: Account, day: str) -> None:
    assert (await ada.get(f"/api/dashboard?date={day}")).status_code == 200


async def test_nobody_reads_a_dashboard_without_signing_in(client: AsyncClient) -> None:
    assert (await client.get("/api/dashboard")).status_code == 401


async def test_the_catalogue_is_public_and_may_be_kept(client: AsyncClient) -> None:
    answer = await client.get("/api/metrics")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    told = MetricsOut.model_validate_json(answer.content, strict=True, extra="forbid")
    assert tuple(metric.key for metric in told.metrics) == CATALOGUE.keys


async def test_the_catalogue_tells_sources_limits_and_watches(client: AsyncClient) -> None:
    rows = {row["key"]: row for row in (await client.get("/api/metrics")).json()["metrics"]}
    assert rows["weight_change_7d"]["source"] == {
        "kind": "formula",
        "inputs": [
            {"key": "weight", "days_earlier": 0},
            {"key": "weight", "days_earlier": 7},
        ],
    }
    assert rows["glucose_fasting"]["source"]["where"] == {"time_of_day": "fasting"}
    assert rows["glucose_fasting"]["tracker"] == "chronic"
    assert rows["sleep_hours"]["watched"]["adverse"] == "low"
    assert rows["pulse_pressure"]["watched"] is None
    assert rows["spo2"]["limits"][0]["below"] == 92
    assert rows["resting_hr"]["clinical"] == {"low": 50, "high": 100}
