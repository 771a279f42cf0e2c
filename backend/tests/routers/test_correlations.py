"""Correlations over HTTP: what was planted in entries is told, in figures and in words."""

import datetime as dt
import re

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.catalog.relations import are_tied
from app.ml.correlations import Correlation
from app.schemas.correlations import CorrelationsOut
from app.services.correlation_service import sentence
from tests.people import Account

PATH = "/api/insights/correlations"
DAYS = 120
CAUSAL = re.compile(r"because|caus(e|ing)|due to|leads? to|makes?|improv|reduc|affect")


async def log_days(account: Account) -> None:
    """The pulse falls the day after a long workout; mornings are weighed; today is unlike all."""
    rng = np.random.default_rng(4)
    today = dt.date.fromisoformat((await account.get("/api/dashboard")).json()["date"])
    minutes = rng.integers(20, 90, DAYS + 1)
    run = {"exercise_type": "cardio", "exercise_name": "run", "intensity": "moderate"}
    workouts, pulses, weights = [], [], []
    for day in range(DAYS + 1):
        date = str(today - dt.timedelta(DAYS - day))
        workouts.append(run | {"date": date, "duration_minutes": int(minutes[day])})
        rest = 60 - (minutes[day - 1] - 55) / 5 + rng.normal(0, 2) if day else 60
        pulses.append({"date": date, "time_of_day": "morning", "resting_heart_rate": round(rest)})
        weights.append({"date": date, "weight_kg": round(70 + float(rng.normal(0, 1)), 1)})
    for path, entries in (("exercise", workouts), ("vitals", pulses), ("body", weights)):
        answer = await account.post(f"/api/{path}/bulk?atomic=true", json=entries)
        assert answer.status_code == 200, answer.text


async def test_a_planted_relation_is_told(ada: Account) -> None:
    await log_days(ada)
    answer = await ada.get(PATH)
    assert answer.status_code == 200, answer.text
    told = CorrelationsOut.model_validate_json(answer.content, strict=True, extra="forbid")
    (item,) = told.items
    assert (item.earlier, item.later, item.lag_days) == ("exercise_minutes", "resting_hr", 1)
    assert item.direction == "opposite"
    assert -1 < item.interval.low < item.r < item.interval.high < 0
    assert item.days == DAYS - 1
    assert item.effective_days <= item.days
    assert item.p_value <= item.adjusted_p <= told.false_discovery_rate
    assert told.status == "ready"
    assert told.last - told.first == dt.timedelta(179)
    assert told.tests == 7 * told.pairs_looked_at
    assert item.text.startswith(
        "Higher exercise was mostly followed by lower resting heart rate the next day"
    )


async def test_today_is_not_over_and_left_out(ada: Account) -> None:
    today = dt.date.fromisoformat((await ada.get("/api/dashboard")).json()["date"])
    told = (await ada.get(f"{PATH}?days=30")).json()
    assert told["last"] == str(today - dt.timedelta(1))
    assert told["first"] == str(today - dt.timedelta(30))


async def test_without_enough_days_it_is_learning(ada: Account, bob: Account) -> None:
    await log_days(bob)
    told = (await ada.get(PATH)).json()
    assert (told["status"], told["items"], told["pairs_looked_at"]) == ("learning", [], 0)


@pytest.mark.parametrize("days", ["0", "27", "731", "1e3", "x", ""])
async def test_a_span_that_is_no_use_is_refused(ada: Account, days: str) -> None:
    assert (await ada.get(f"{PATH}?days={days}")).status_code == 422


@pytest.mark.parametrize("lag", range(4))
@pytest.mark.parametrize("r", [-0.987, -0.3, 0.3, 0.987])
def test_the_sentence_says_the_figures_and_no_cause(lag: int, r: float) -> None:
    names = [(a, b) for a in CATALOGUE.metrics for b in CATALOGUE.metrics]
    for earlier, later in [pair for pair in names if not are_tied(*pair, CATALOGUE)]:
        found = Correlation(
            earlier=0,
            later=1,
            lag=lag,
            r=r,
            low=r - 0.0123,
            high=r + 0.0123,
            days=117,
            effective_days=64.4,
            p_value=1e-9,
            adjusted_p=1e-6,
        )
        text = sentence(earlier, later, found)
        figures = re.findall(r"-?\d+\.\d\d|(?<=; )\d+ days|worth \d+", text)
        assert figures == [
            f"{r:.2f}",
            f"{r - 0.0123:.2f}",
            f"{r + 0.0123:.2f}",
            "117 days",
            "worth 64",
        ]
        assert ("higher" if r > 0 else "lower") in text
        assert ("higher" if r < 0 else "lower") not in text
        when = ("same day", "next day", "2 days later", "3 days later")
        assert [word in text for word in when] == [n == lag for n in range(4)]
        lowered = text.lower()
        assert earlier.label.lower() in lowered
        assert later.label.lower() in lowered
        assert text.endswith("This is an association, not a cause.")
        assert not CAUSAL.search(lowered.removesuffix("this is an association, not a cause."))
