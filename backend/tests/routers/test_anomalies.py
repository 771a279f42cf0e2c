"""Findings: found, found again, seen, withdrawn (T24, T25)."""

import asyncio
import math

import pytest
from httpx import AsyncClient, Response

from app.catalog import TRACKERS
from app.config import Settings
from app.database import Database
from app.schemas.anomaly import AnomalyOut, DetectOut
from app.schemas.base import PageOut
from app.schemas.insights import InsightsOut
from tests.conftest import client_of
from tests.people import Account, register
from tests.routers.pulses import (
    SPAN,
    Json,
    ago,
    detect,
    findings,
    log_calm_month,
    log_pulse,
    log_racing_pulse,
    stop_the_clock,
)

PATHS = {tracker.table: f"/api/{tracker.key}" for tracker in TRACKERS}
STRONG = 6.0


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch)


async def invent(account: Account, seed: int, days: int = 120) -> Json:
    answer = await account.post("/api/mock/generate", json={"days": days, "seed": seed})
    assert answer.status_code == 201, answer.text
    batch: Json = answer.json()
    return batch


async def invent_and_detect(account: Account) -> None:
    await invent(account, seed=5)
    await detect(account)


async def acknowledge(account: Account, finding: Json, body: Json | None = None) -> Json:
    path = f"/api/anomalies/{finding['id']}/acknowledge"
    answer = await account.patch(path, json=body)
    assert answer.status_code == 200, answer.text
    seen: Json = answer.json()
    return seen


@pytest.mark.parametrize("seed", [1, 2, 5, 6, 8])
async def test_strong_spikes_are_found_on_their_day(seed: int, ada: Account) -> None:
    truth = (await invent(ada, seed))["details"]["truth"]
    strong = [t for t in truth if t["kind"] == "spike" and t["size"] >= STRONG]
    strong = [t for t in strong if t["start"] >= SPAN["first"]]
    assert (await ada.put("/api/anomalies/budget", json={"budget": "weekly"})).status_code == 200
    run = await detect(ada)
    assert (run["status"], run["days_with_data"]) == ("ready", 60)
    told = {
        (finding["date"], part["metric"])
        for finding in await findings(ada)
        for part in finding["evidence"]["contributions"]
    }
    assert strong
    assert {(t["start"], t["metrics"][0]) for t in strong} <= told


async def test_detecting_again_changes_nothing(ada: Account) -> None:
    await invent(ada, seed=1)
    first = await detect(ada)
    assert first["new"] == first["found"] == len(await findings(ada)) > 0
    before = await findings(ada)
    again = await detect(ada)
    assert (again["new"], again["updated"], again["withdrawn"]) == (0, 0, 0)
    assert again["found"] == first["found"]
    assert again["findings"] == first["findings"]
    assert await findings(ada) == before


async def test_a_part_of_the_span_gives_the_same_findings(ada: Account) -> None:
    await invent_and_detect(ada)
    day = (await findings(ada))[0]["date"]
    run = await detect(ada, first=day, last=day)
    assert (run["new"], run["updated"], run["withdrawn"]) == (0, 0, 0)
    assert run["found"] == len(await findings(ada, **{"from": day, "to": day}))


async def test_parallel_runs_make_no_duplicates(live_client: AsyncClient) -> None:
    eve = await register(live_client, "eve@example.com")
    await invent(eve, seed=1)
    runs = await asyncio.gather(*(detect(eve) for _ in range(8)))
    kept = await findings(eve)
    assert sum(run["new"] for run in runs) == len(kept) > 0
    assert len({(f["date"], f["metric_name"]) for f in kept}) == len(kept)
    assert all(run["findings"] == runs[0]["findings"] for run in runs)


async def test_the_answers_are_those_of_the_documented_schemas(ada: Account) -> None:
    await invent(ada, seed=1)
    run = await ada.post("/api/anomalies/detect", json=SPAN)
    told = DetectOut.model_validate_json(run.content, strict=True, extra="forbid")
    page = await ada.get("/api/anomalies")
    PageOut[AnomalyOut].model_validate_json(page.content, strict=True, extra="forbid")
    for finding in told.findings:
        one = await ada.get(f"/api/anomalies/{finding.id}")
        assert AnomalyOut.model_validate_json(one.content, strict=True, extra="forbid") == finding
    insights = await ada.get("/api/insights?days=90")
    InsightsOut.model_validate_json(insights.content, strict=True, extra="forbid")
    ranks = [("high", "medium", "low").index(finding.severity) for finding in told.findings]
    assert ranks == sorted(ranks)


async def test_evidence_leads_to_the_entries_of_the_day(ada: Account) -> None:
    await invent_and_detect(ada)
    for finding in await findings(ada):
        sources = finding["evidence"]["sources"]
        assert finding["source_id"] == sources[0]["id"]
        assert finding["source_table"] == sources[0]["table"]
        for source in sources:
            entry = await ada.get(f"{PATHS[source['table']]}/{source['id']}")
            assert (entry.status_code, entry.json()["date"]) == (200, finding["date"])


async def test_evidence_is_complete_and_consistent(ada: Account) -> None:
    await invent_and_detect(ada)
    for finding in await findings(ada):
        parts = finding["evidence"]["contributions"]
        assert math.isclose(sum(part["share"] for part in parts), 1)
        own = [part for part in parts if part["metric"] == finding["metric_name"]]
        assert [(p["value"], p["baseline"], p["usual_low"], p["usual_high"]) for p in own] == [
            tuple(
                finding[of] for of in ("metric_value", "baseline_value", "usual_low", "usual_high")
            )
        ]
        for clause in (c for c in finding["evidence"]["clauses"] if c["kind"] == "also"):
            assert not clause["usual_low"] <= clause["value"] <= clause["usual_high"]
        assert finding["usual_low"] <= finding["baseline_value"] <= finding["usual_high"]
        above = finding["metric_value"] > finding["baseline_value"]
        assert finding["clinical"] or finding["direction"] == ("above" if above else "below")
        if finding["is_unusual"]:
            assert 0 <= finding["p_value"] <= 1
        assert finding["evidence"]["history_days"] >= 8
        assert finding["evidence"]["history_from"] < finding["date"]
        assert finding["explanation"]
        assert (finding["explained_by"], finding["is_acknowledged"]) == (None, False)


async def test_every_metric_that_is_named_leads_to_entries(ada: Account) -> None:
    await invent_and_detect(ada)
    for finding in await findings(ada):
        evidence = finding["evidence"]
        named = {finding["metric_name"]}
        named |= {part["metric"] for part in evidence["contributions"]}
        named |= {other["metric"] for other in evidence["also_moved"]}
        assert {source["metric"] for source in evidence["sources"]} == named
        assert evidence["sources"][0]["metric"] == finding["metric_name"]


async def test_what_is_said_are_figures_of_the_evidence_and_lead_to_entries(ada: Account) -> None:
    await invent_and_detect(ada)
    for finding in await findings(ada):
        evidence = finding["evidence"]
        parts = {part["metric"]: part for part in evidence["contributions"]}
        behind = {source["metric"] for source in evidence["sources"]}
        main = evidence["clauses"][0]
        assert main["metric"] == finding["metric_name"]
        assert (main["usual_low"], main["usual_high"]) == (
            finding["usual_low"],
            finding["usual_high"],
        )
        for clause in evidence["clauses"]:
            part = parts[clause["metric"]]
            assert (clause["value"], clause["baseline"]) == (part["value"], part["baseline"])
            assert clause["metric"] in behind
            assert clause["history_days"] in (None, evidence["history_days"])


async def test_what_else_moved_is_told_with_its_side(ada: Account) -> None:
    await log_calm_month(ada)
    nights = [{"date": ago(2 + n), "duration_hours": 7 + n % 3 / 4} for n in range(40)]
    nights[0]["duration_hours"] = 3.5
    assert (await ada.post("/api/sleep/bulk", json=nights)).json()["created"] == 40
    await log_pulse(ada, 2, 95)
    found = {f["metric_name"]: f for f in (await detect(ada))["findings"]}
    told = found["resting_hr"]["evidence"]
    blamed = {part["metric"] for part in told["contributions"]}
    others = {other["metric"]: other for other in told["also_moved"]}
    assert "sleep_hours" in blamed | set(others)
    for other in others.values():
        above = other["value"] > other["usual_high"]
        assert above or other["value"] < other["usual_low"]
        assert other["direction"] == ("above" if above else "below")


async def test_what_would_have_been_usual_is_the_near_edge(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    edge = finding["evidence"]["to_be_usual"]
    assert edge["value"] == round(finding["usual_high"]) < 95
    assert edge["change"] == edge["value"] - 95
    assert edge["text"] == f"Usual for you would have been at most {edge['value']:.0f} per minute."


async def test_what_was_seen_stays_seen(ada: Account) -> None:
    _, finding = await log_racing_pulse(ada)
    seen = await acknowledge(ada, finding)
    assert seen["is_acknowledged"]
    assert seen["acknowledged_at"] is not None
    assert (await detect(ada))["findings"] == [seen]
    assert await acknowledge(ada, finding, {"acknowledged": False}) == finding
    assert (await detect(ada))["findings"] == [finding]


@pytest.mark.parametrize("seen", [True, False])
async def test_a_corrected_entry_withdraws_what_nobody_has_seen(seen: bool, ada: Account) -> None:
    entry, finding = await log_racing_pulse(ada)
    if seen:
        finding = await acknowledge(ada, finding)
    body = {"date": ago(2), "time_of_day": "morning", "resting_heart_rate": 60}
    assert (await ada.put(f"/api/vitals/{entry}", json=body)).status_code == 200
    run = await detect(ada)
    assert (run["found"], run["withdrawn"]) == (0, not seen)
    assert await findings(ada) == ([finding] if seen else [])


async def test_a_changed_entry_changes_its_finding(ada: Account) -> None:
    entry, finding = await log_racing_pulse(ada)
    before = await acknowledge(ada, finding)
    body = {"date": ago(2), "time_of_day": "morning", "resting_heart_rate": 110}
    await ada.put(f"/api/vitals/{entry}", json=body)
    run = await detect(ada)
    assert (run["new"], run["updated"], run["withdrawn"]) == (0, 1, 0)
    (after,) = run["findings"]
    assert (after["id"], after["metric_value"]) == (before["id"], 110)
    assert "110" in after["explanation"]
    assert after["is_acknowledged"]


async def test_days_outside_the_span_keep_their_findings(ada: Account) -> None:
    entry, finding = await log_racing_pulse(ada)
    await ada.delete(f"/api/vitals/{entry}")
    await detect(ada, first=ago(1), last=ago(0))
    assert await findings(ada) == [finding]


async def test_filters_choose(ada: Account) -> None:
    await invent_and_detect(ada)
    everything = await findings(ada)
    await acknowledge(ada, everything[0])
    everything = await findings(ada)
    middle = everything[len(everything) // 2]["date"]
    for query, chosen in (
        ({"severity": "medium"}, [f for f in everything if f["severity"] == "medium"]),
        ({"metric": "hrv"}, [f for f in everything if f["metric_name"] == "hrv"]),
        ({"metric": "no_such_metric"}, []),
        ({"acknowledged": "true"}, everything[:1]),
        ({"acknowledged": "false"}, everything[1:]),
        ({"from": middle}, [f for f in everything if f["date"] >= middle]),
        ({"to": middle}, [f for f in everything if f["date"] <= middle]),
    ):
        assert await findings(ada, **query) == chosen, query


async def test_pages_give_each_finding_once(ada: Account) -> None:
    await invent_and_detect(ada)
    seen: list[Json] = []
    query = {"limit": "3"}
    while query.get("cursor") != "":
        page = (await ada.get("/api/anomalies", params=query)).json()
        seen += page["items"]
        query["cursor"] = page["next"] or ""
    assert len(seen) > 3
    assert seen == await findings(ada)


async def test_own_limits_decide(ada: Account) -> None:
    await log_calm_month(ada)
    await log_pulse(ada, 2, 63)
    assert (await detect(ada))["found"] == 0
    assert (await ada.get("/api/anomalies/thresholds")).json() == {"thresholds": {}}
    for limits, found in (({"resting_hr": 1.5}, 1), ({"resting_hr": 10}, 0), ({}, 0)):
        answer = await ada.put("/api/anomalies/thresholds", json={"thresholds": limits})
        assert answer.json() == {"thresholds": limits}
        assert (await ada.get("/api/anomalies/thresholds")).json() == {"thresholds": limits}
        assert (await detect(ada))["found"] == found, limits


@pytest.mark.parametrize(
    ("key", "limit"),
    [("resting_hr", 1.4), ("resting_hr", 10.1), ("no_such_metric", 3), ("waist", 3)],
)
async def test_limits_that_make_no_sense_are_refused(key: str, limit: float, ada: Account) -> None:
    body = {"thresholds": {"sleep_hours": 3.0, key: limit}}
    answer = await ada.put("/api/anomalies/thresholds", json=body)
    assert answer.status_code == 422
    assert [e["loc"] for e in answer.json()["errors"]] == [["body", "thresholds", key]]
    assert (await ada.get("/api/anomalies/thresholds")).json() == {"thresholds": {}}


def fault(answer: Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    loc: list[str] = error["loc"]
    return loc


async def test_spans_are_checked(ada: Account) -> None:
    for first, last in ((ago(1), ago(2)), (ago(-1), ago(-2)), (ago(-1), None), (ago(400), None)):
        span = {"first": first, "last": last}
        answer = await ada.post("/api/anomalies/detect", json=span)
        assert fault(answer) == ["body", "first"], span
    longest = await detect(ada, first=ago(399), last=ago(-30))
    assert (longest["first"], longest["last"]) == (ago(399), ago(0))
    default = (await ada.post("/api/anomalies/detect")).json()
    assert (default["first"], default["last"], default["status"]) == (ago(29), ago(0), "learning")


async def test_what_was_logged_that_day_is_shown(ada: Account) -> None:
    await log_racing_pulse(ada)
    chronic = {"time_of_day": "other", "condition_type": "heart"}
    for days, words in (
        (2, {"medication_taken": "Bisoprolol 5 mg"}),
        (2, {"symptoms": "Palpitations"}),
        (2, {"notes": "Nothing to show"}),
        (3, {"symptoms": "Another day"}),
    ):
        body = chronic | words | {"date": ago(days)}
        assert (await ada.post("/api/chronic", json=body)).status_code == 201
    (finding,) = (await detect(ada))["findings"]
    told = {(row["medication_taken"], row["symptoms"]) for row in finding["logged"]}
    assert told == {("Bisoprolol 5 mg", None), (None, "Palpitations")}
    assert len(finding["logged"]) == 2


async def test_removing_a_batch_removes_what_rests_on_it_and_nothing_else(ada: Account) -> None:
    batch = await invent(ada, seed=1)
    own = [await log_pulse(ada, 0, 190)]
    await detect(ada)
    assert len(await findings(ada)) > 1
    kept = [f for f in await findings(ada) if f["source_id"] in own]
    assert [f["date"] for f in kept] == [ago(0)]
    other = await invent(ada, seed=2, days=3)
    assert (await ada.delete(f"/api/batches/{batch['id']}")).status_code == 204
    assert await findings(ada) == kept
    left = [item["id"] for item in (await ada.get("/api/batches")).json()["items"]]
    assert left == [other["id"]]
    for path in PATHS.values():
        entries = (await ada.get(path, params={"limit": 200})).json()["items"]
        assert {e["batch_id"] for e in entries if e["id"] not in own} <= {other["id"]}
    assert (await ada.get(f"/api/vitals/{own[0]}")).status_code == 200
    assert (await ada.delete(f"/api/batches/{batch['id']}")).status_code == 404


async def test_nobody_is_invented_where_it_is_not_wanted(ada: Account, database: Database) -> None:
    async with client_of(database, Settings(_env_file=None, mock_data_enabled=False)) as client:
        account = Account(client, ada.email, ada.access_token, ada.refresh_token)
        answer = await account.post("/api/mock/generate", json={"days": 2})
        assert answer.status_code == answer.json()["status"] == 404
        assert (await account.get("/api/batches")).json() == {"items": []}
