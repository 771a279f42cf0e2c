"""A person whose pulse is calm, and then is not: what tests of findings begin with."""

import datetime as dt
from typing import Any

import pytest

from tests.people import Account

Json = dict[str, Any]
PRESENT = dt.datetime(2026, 4, 10, 20, tzinfo=dt.UTC)
TODAY = PRESENT.date()
SPAN = {"first": str(TODAY - dt.timedelta(99)), "last": str(TODAY)}


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, present: dt.datetime = PRESENT) -> None:
    for module in ("people", "batches"):
        monkeypatch.setattr(f"app.services.{module}.now", lambda: present)


def ago(days: int) -> str:
    return str(TODAY - dt.timedelta(days))


async def log_pulse(account: Account, days_ago: int, pulse: int) -> str:
    body = {"date": ago(days_ago), "time_of_day": "morning", "resting_heart_rate": pulse}
    answer = await account.post("/api/vitals", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def log_calm_month(account: Account) -> None:
    """Forty days of a pulse of 60 or 61, up to a week ago."""
    days = [
        {"date": ago(7 + n), "time_of_day": "morning", "resting_heart_rate": 60 + n % 2}
        for n in range(40)
    ]
    assert (await account.post("/api/vitals/bulk", json=days)).json()["created"] == 40


async def detect(account: Account, **span: str) -> Json:
    answer = await account.post("/api/anomalies/detect", json=span or SPAN)
    assert answer.status_code == 200, answer.text
    run: Json = answer.json()
    return run


async def findings(account: Account, **query: Any) -> list[Json]:
    answer = await account.get("/api/anomalies", params={"limit": 200} | query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def log_racing_pulse(account: Account) -> tuple[str, Json]:
    """A pulse of 95 two days ago, after a calm month: the entry's id, and its finding."""
    await log_calm_month(account)
    entry = await log_pulse(account, 2, 95)
    (finding,) = (await detect(account))["findings"]
    return entry, finding
