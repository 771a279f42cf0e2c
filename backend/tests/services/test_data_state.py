"""Whether there is enough data, and fresh enough: told alike by every answer."""

import datetime as dt

import numpy as np
import pytest

from app.ml.types import DailyValues
from app.services.data_state import LEARNING_DAYS, STALE_DAYS, STATE_DAYS, state_of
from app.utils.enums import DataStatus
from tests.people import Account

LAST = dt.date(2026, 4, 10)


def values(logged: list[int], days: int = 90) -> DailyValues:
    """Two metrics, one of them logged so many days before the last."""
    known = np.full((days, 2), np.nan)
    known[[days - 1 - ago for ago in logged], 1] = 1.0
    dates = tuple(LAST - dt.timedelta(days - 1 - index) for index in range(days))
    return DailyValues(dates, ("a", "b"), known)


@pytest.mark.parametrize(
    ("logged", "status", "days", "silent"),
    [
        ([], DataStatus.LEARNING, 0, STATE_DAYS),
        ([0], DataStatus.LEARNING, 1, 0),
        (list(range(LEARNING_DAYS - 1)), DataStatus.LEARNING, LEARNING_DAYS - 1, 0),
        (list(range(LEARNING_DAYS)), DataStatus.READY, LEARNING_DAYS, 0),
        (list(range(STALE_DAYS - 1, 40)), DataStatus.READY, 40 - STALE_DAYS + 1, STALE_DAYS - 1),
        (list(range(STALE_DAYS, 40)), DataStatus.STALE, 40 - STALE_DAYS, STALE_DAYS),
        ([STALE_DAYS], DataStatus.STALE, 1, STALE_DAYS),
        (list(range(STATE_DAYS, 90)), DataStatus.LEARNING, 0, STATE_DAYS),
    ],
)
def test_the_state_follows_from_the_days(
    logged: list[int], status: DataStatus, days: int, silent: int
) -> None:
    state = state_of(values(logged))
    assert (state.status, state.days_with_data, state.silent_days) == (status, days, silent)


@pytest.mark.parametrize(
    ("silent", "logged", "expected"),
    [(0, 5, "learning"), (0, 30, "ready"), (8, 30, "stale")],
)
async def test_every_answer_tells_the_same(
    silent: int, logged: int, expected: str, ada: Account
) -> None:
    today = dt.date.fromisoformat((await ada.get("/api/dashboard")).json()["date"])
    nights = [
        {"date": str(today - dt.timedelta(silent + n)), "duration_hours": 7 + n % 3 / 4}
        for n in range(logged)
    ]
    assert (await ada.post("/api/sleep/bulk", json=nights)).json()["created"] == logged
    answers = [
        (await ada.post("/api/anomalies/detect")).json(),
        (await ada.get("/api/insights?days=7")).json(),
        (await ada.get("/api/dashboard")).json(),
        (await ada.get("/api/dashboard?period=weekly")).json(),
    ]
    told = {(a["status"], a["days_with_data"], a["days_needed"]) for a in answers}
    assert told == {(expected, logged, LEARNING_DAYS)}
