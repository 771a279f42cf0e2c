"""What a person asks of detection: a budget, answers to findings, tagged days."""

import datetime as dt
from typing import Any

import pytest

from app.database import Database, prepared
from app.ml.judging import DAYS_PER_MONTH
from app.ml.types import Accepted, Wishes
from app.schemas.anomaly import BudgetOut, FeedbackOut
from app.schemas.base import PageOut
from app.schemas.tag import TagOut
from app.services.authentication import person_of
from app.services.wishes import ALARMS_PER_MONTH, wishes_asked, wishes_from
from app.utils.enums import AlarmBudget, Direction
from tests.contracts.test_access import id_of
from tests.people import Account
from tests.routers.pulses import (
    TODAY,
    Json,
    ago,
    detect,
    findings,
    log_pulse,
    log_racing_pulse,
    stop_the_clock,
)

BUDGET, FEEDBACK, TAGS = "/api/anomalies/budget", "/api/anomalies/feedback", "/api/tags"


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch)


async def wishes(account: Account, database: Database) -> Wishes:
    """What detection would be asked today."""
    user_id = await id_of(account)
    async with database.session(user_id) as session:
        person = await person_of(session, user_id)
        (row,) = await prepared(session, *wishes_asked(person, TODAY))
    return wishes_from(row, person)


async def answer(account: Account, finding: Json, feedback: str | None) -> Json:
    path = f"/api/anomalies/{finding['id']}/feedback"
    told = await account.put(path, json={"feedback": feedback})
    assert told.status_code == 200, told.text
    kept: Json = told.json()
    return kept


async def tag(account: Account, kind: str, first: int, last: int, note: str | None = None) -> Json:
    body = {"kind": kind, "first": ago(first), "last": ago(last), "note": note}
    made = await account.post(TAGS, json=body)
    assert made.status_code == 201, made.text
    kept: Json = made.json()
    return kept


def test_every_budget_has_a_rate() -> None:
    assert set(ALARMS_PER_MONTH) == set(AlarmBudget)
    rates = [ALARMS_PER_MONTH[budget] for budget in AlarmBudget]
    assert rates == sorted(rates, reverse=True)
    assert ALARMS_PER_MONTH[AlarmBudget.WEEKLY] * 7 == DAYS_PER_MONTH


async def test_the_budget_is_kept_and_asked_of_detection(ada: Account, database: Database) -> None:
    assert (await wishes(ada, database)).alarms_per_month == 1
    for budget, rate in ALARMS_PER_MONTH.items():
        told = await ada.put(BUDGET, json={"budget": budget})
        report = BudgetOut.model_validate_json(told.content, strict=True, extra="forbid")
        assert (report.budget, report.asked_per_month) == (budget, round(rate, 3))
        assert (await ada.get(BUDGET)).json() == told.json()
        assert (await wishes(ada, database)).alarms_per_month == rate


async def test_the_achieved_rate_counts_the_days_that_were_alarms(ada: Account) -> None:
    await log_racing_pulse(ada)
    report = (await ada.get(BUDGET)).json()
    days = {finding["date"] for finding in await findings(ada) if finding["is_unusual"]}
    assert report["alarm_days"] == len(days) == 1
    expected = DAYS_PER_MONTH * report["alarm_days"] / report["days_judged"]
    assert report["achieved_per_month"] == pytest.approx(expected, abs=1e-3)


async def test_an_answer_is_an_acknowledgement_and_stays(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    for feedback in ("seen", "useful", "had_reason", "not_unusual"):
        told = await answer(ada, finding, feedback)
        assert (told["feedback"], told["is_acknowledged"]) == (feedback, True)
        assert told["acknowledged_at"]
        await detect(ada)
        assert await findings(ada) == [told]
        assert await findings(ada, acknowledged=True) == [told]
    assert await answer(ada, finding, None) == finding


async def test_acknowledging_says_seen_and_replaces_no_other_answer(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    path = f"/api/anomalies/{finding['id']}/acknowledge"
    assert (await ada.patch(path)).json()["feedback"] == "seen"
    await answer(ada, finding, "useful")
    assert (await ada.patch(path)).json()["feedback"] == "useful"
    assert (await ada.patch(path, json={"acknowledged": False})).json() == finding


async def test_only_answers_that_change_detection_are_in_force(
    ada: Account, database: Database
) -> None:
    _, finding = await log_racing_pulse(ada)
    day, direction = dt.date.fromisoformat(finding["date"]), Direction(finding["direction"])
    accepted = Accepted(day, finding["metric_name"], direction)
    effects: tuple[tuple[str | None, set[dt.date], tuple[Accepted, ...]], ...] = (
        ("not_unusual", set(), (accepted,)),
        ("had_reason", {day}, ()),
        ("useful", set(), ()),
        ("not_unusual", set(), (accepted,)),
        ("seen", set(), ()),
        (None, set(), ()),
    )
    for feedback, *effect in effects:
        await answer(ada, finding, feedback)
        asked = await wishes(ada, database)
        assert [asked.set_aside, asked.accepted] == effect, feedback
        page = await ada.get(FEEDBACK)
        told = PageOut[FeedbackOut].model_validate_json(page.content, strict=True, extra="forbid")
        shown = [(str(item.id), item.feedback) for item in told.items]
        assert shown == ([(finding["id"], feedback)] if any(effect) else [])


@pytest.mark.parametrize("feedback", ["thanks", "", 1, True])
async def test_other_answers_are_refused(feedback: object, ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    path = f"/api/anomalies/{finding['id']}/feedback"
    bodies: tuple[dict[str, Any], ...] = ({"feedback": feedback}, {})
    for body in bodies:
        assert (await ada.put(path, json=body)).status_code == 422
    assert await findings(ada) == [finding]


async def test_a_tag_is_kept_changed_and_removed(ada: Account) -> None:
    made = await tag(ada, "illness", 5, 2, "Flu")
    path = f"{TAGS}/{made['id']}"
    got = await ada.get(path)
    TagOut.model_validate_json(got.content, strict=True, extra="forbid")
    assert got.json() == made
    body = {"kind": "travel", "first": ago(4), "last": ago(4)}
    changed = (await ada.put(path, json=body)).json()
    assert changed == made | body | {"note": None, "updated_at": changed["updated_at"]}
    assert (await ada.get(TAGS)).json() == {"items": [changed], "next": None}
    assert (await ada.delete(path)).status_code == 204
    assert (await ada.get(path)).status_code == 404
    assert (await ada.delete(path)).status_code == 404


async def test_tags_are_listed_by_the_days_that_they_touch(ada: Account) -> None:
    long = await tag(ada, "travel", 30, 10)
    short = await tag(ada, "stress", 20, 20)
    late = await tag(ada, "other", 5, 3)
    queries: tuple[tuple[dict[str, str], list[Json]], ...] = (
        ({}, [late, short, long]),
        ({"kind": "travel"}, [long]),
        ({"from": ago(12), "to": ago(6)}, [long]),
        ({"from": ago(4)}, [late]),
        ({"to": ago(21)}, [long]),
        ({"from": ago(2)}, []),
    )
    for query, expected in queries:
        told = (await ada.get(TAGS, params=query)).json()
        assert told["items"] == expected, query
    first = (await ada.get(TAGS, params={"limit": 2})).json()
    rest = (await ada.get(TAGS, params={"cursor": first["next"]})).json()
    assert (first["items"], rest["items"], rest["next"]) == ([late, short], [long], None)


@pytest.mark.parametrize(("first", "last"), [(2, 3), (367, 1)])
async def test_a_tag_lasts_from_a_day_to_a_year(first: int, last: int, ada: Account) -> None:
    body = {"kind": "illness", "first": ago(first), "last": ago(last)}
    assert (await ada.post(TAGS, json=body)).status_code == 422
    assert await tag(ada, "illness", 366, 1)


async def test_days_of_illness_and_travel_are_set_aside(ada: Account, database: Database) -> None:
    for kind in ("medication", "stress", "other"):
        await tag(ada, kind, 20, 0)
    assert (await wishes(ada, database)).set_aside == frozenset()
    await tag(ada, "illness", 5, 4)
    await tag(ada, "travel", 1, -3)
    told = {str(day) for day in (await wishes(ada, database)).set_aside}
    assert told == {ago(5), ago(4), ago(1), ago(0)}


async def test_a_finding_shows_the_tags_of_its_day(ada: Account) -> None:
    await log_racing_pulse(ada)
    covering = await tag(ada, "illness", 2, 0, "Flu")
    await tag(ada, "stress", 1, 0)
    (finding,) = await findings(ada)
    names = ("id", "kind", "first", "last", "note")
    assert finding["tags"] == [{name: covering[name] for name in names}]


async def test_a_condition_counts_from_the_day_on_which_it_is_on_file(
    ada: Account, database: Database
) -> None:
    await log_pulse(ada, 40, 60)
    for days, condition in ((30, "diabetes"), (10, "heart"), (40, "other")):
        await log_condition(ada, days, condition)
    asked = await wishes(ada, database)
    known = {name: str(since) for name, since in asked.conditions.items()}
    assert known == {"diabetes": ago(30), "heart": ago(10)}


async def test_runs_know_each_change_of_what_is_on_file(ada: Account, database: Database) -> None:
    """Although they look only at days that have changed."""
    await log_pulse(ada, 40, 60)
    known, entries = [], []
    for days in (None, 12, 20, 0, 15):
        if days is not None:
            entries.append(await log_condition(ada, days, "diabetes"))
        await detect(ada)
        known.append(await remembered_conditions(ada, database))
    for entry in entries[1::-1]:  # of twenty, then of twelve days ago
        assert (await ada.delete(f"/api/chronic/{entry}")).status_code == 204
        await detect(ada)
        known.append(await remembered_conditions(ada, database))
    expected = [None, 12, 20, 20, 20, 15, 15]
    assert known == [{} if days is None else {"diabetes": ago(days)} for days in expected]


async def log_condition(account: Account, days: int, condition: str) -> str:
    body = {"date": ago(days), "time_of_day": "other", "condition_type": condition}
    logged = await account.post("/api/chronic", json=body | {"symptoms": "x"})
    assert logged.status_code == 201
    return str(logged.json()["id"])


async def remembered_conditions(account: Account, database: Database) -> object:
    async with database.session(await id_of(account)) as session:
        ((conditions,),) = await prepared(session, b"select conditions from detection_memories", [])
    return conditions


async def test_what_is_not_unusual_for_you_counts_for_less_until_you_take_it_back(
    ada: Account,
) -> None:
    _, finding = await log_racing_pulse(ada)
    await log_pulse(ada, 0, 95)
    told: list[Json | None] = []
    for feedback in (None, "not_unusual", None):
        await answer(ada, finding, feedback)
        found = {f["date"]: f for f in (await detect(ada))["findings"]}
        told.append(found.get(ago(0)))
    before, lenient, after = told
    assert before is not None
    assert before["usual_high"] < 95
    assert lenient is None or lenient["anomaly_score"] < before["anomaly_score"]
    assert lenient is None or lenient["usual_high"] >= 95
    assert after is not None
    assert after["evidence"] == before["evidence"]


async def test_nothing_is_learned_from_days_of_illness(ada: Account) -> None:
    _, before = await log_racing_pulse(ada)
    made = await tag(ada, "illness", 16, 12)
    (during,) = (await detect(ada))["findings"]
    days = [f["evidence"]["history_days"] for f in (before, during)]
    assert days[0] - days[1] == 5
    await ada.delete(f"{TAGS}/{made['id']}")
    (after,) = (await detect(ada))["findings"]
    assert after["evidence"] == before["evidence"]


async def test_a_day_that_had_a_reason_is_not_learned_from(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    await log_pulse(ada, 0, 99)
    days = []
    for feedback in (None, "had_reason", None):
        await answer(ada, finding, feedback)
        found = {f["date"]: f for f in (await detect(ada))["findings"]}
        days.append(found[ago(0)]["evidence"]["history_days"])
    assert days[0] - 1 == days[1] == days[2] - 1
