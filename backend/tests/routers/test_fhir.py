"""The same data in the words of FHIR R4, read by a library of another's."""

import datetime as dt
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.patient import Patient

from app.catalog import GENERAL_CODES, METRICS, PANELS, QUANTITIES
from app.services.fhir_codes import BY_NAME, OBSERVED
from tests.contracts.test_access import id_of
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import Account

FHIR_JSON = "application/fhir+json"
BLOOD_PRESSURE = "85354-9"
UCUM = "http://unitsofmeasure.org"
trackers = pytest.mark.parametrize("tracker", TRACKERS, ids=lambda case: case.key)


async def read(account: Account, path: str, **query: Any) -> dict[str, Any]:
    answer = await account.get(f"/fhir/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FHIR_JSON
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    return told


async def found(account: Account, **query: Any) -> list[dict[str, Any]]:
    bundle = await read(account, "Observation", **query)
    Bundle.model_validate(bundle)
    return [entry["resource"] for entry in bundle.get("entry", [])]


def codes_of(observation: dict[str, Any]) -> list[str]:
    return [coding["code"] for coding in observation["code"]["coding"]]


def value_of(observation: dict[str, Any]) -> float:
    return float(observation["valueQuantity"]["value"])


async def log_pulse(account: Account, pulse: int, **more: Any) -> None:
    body = {"time_of_day": "morning", "resting_heart_rate": pulse} | more
    assert (await account.post("/api/vitals", json=body)).status_code == 201


def test_ids_fit_into_fhir() -> None:
    assert len(BY_NAME) == len(OBSERVED)
    assert max(len(observed.name) for observed in OBSERVED) <= 64 - 37


def test_every_quantity_is_observed_once() -> None:
    told = [(o.tracker, part.column) for o in OBSERVED for part in o.parts]
    assert sorted(told) == sorted((row.tracker, row.column) for row in QUANTITIES)


def test_every_code_of_the_catalogue_is_used() -> None:
    used = {coding.code for o in OBSERVED for coding in o.codings}
    used |= {coding.code for o in OBSERVED for p in o.parts for coding in p.codings}
    used |= {finer.coding.code for o in OBSERVED for finer in o.finer}
    asked = {metric.loinc for metric in METRICS if metric.loinc} | set(GENERAL_CODES.values())
    assert asked | {panel.loinc for panel in PANELS} <= used


async def test_the_capability_statement_is_one(ada: Account) -> None:
    told = await read(ada, "metadata")
    CapabilityStatement.model_validate(told)
    assert told["fhirVersion"] == "4.0.1"
    assert [r["type"] for r in told["rest"][0]["resource"]] == ["Patient", "Observation"]


@trackers
async def test_every_value_of_every_tracker_is_an_observation(
    tracker: TrackerCase, ada: Account
) -> None:
    entry = (await ada.post(tracker.path, json=tracker.example())).json()
    observations = await found(ada)
    told: dict[str, float] = {}
    for observation in observations:
        Observation.model_validate(observation)
        assert observation["subject"] == {"reference": f"Patient/{await id_of(ada)}"}
        for part in observation.get("component", [observation]):
            quantity = part["valueQuantity"]
            told[part["code"]["text"]] = quantity["value"]
            assert quantity["system"] == UCUM
        assert await read(ada, f"Observation/{observation['id']}") == observation
    logged = {row.column: entry[row.column] for row in tracker.quantities if entry[row.column]}
    assert sorted(told.values()) == sorted(logged.values())


async def test_blood_pressure_is_a_panel(ada: Account) -> None:
    body = {"time_of_day": "morning", "blood_pressure_systolic": 128, "blood_pressure_diastolic": 8}
    await ada.post("/api/vitals", json=body | {"blood_pressure_diastolic": 83})
    (panel,) = await found(ada, code=BLOOD_PRESSURE)
    assert "valueQuantity" not in panel
    components = {codes_of(part)[0]: part["valueQuantity"] for part in panel["component"]}
    assert {code: part["value"] for code, part in components.items()} == {
        "8480-6": 128,
        "8462-4": 83,
    }
    assert {part["code"] for part in components.values()} == {"mm[Hg]"}


async def test_half_of_a_panel_says_what_is_missing(ada: Account) -> None:
    await ada.post("/api/vitals", json={"time_of_day": "night", "blood_pressure_systolic": 128})
    (panel,) = await found(ada, code=BLOOD_PRESSURE)
    Observation.model_validate(panel)
    assert panel["component"][1]["dataAbsentReason"]["coding"][0]["code"] == "unknown"


async def test_a_reading_says_its_instant_a_night_its_span_others_their_day(ada: Account) -> None:
    await log_pulse(ada, 61, occurred_at="2026-03-12T07:30:00+01:00")
    await log_pulse(ada, 62, date="2026-03-11")
    night = {"bedtime": "2026-03-09T23:00:00Z", "wake_time": "2026-03-10T06:30:00Z"}
    await ada.post("/api/sleep", json=night)
    timed, dated = await found(ada, code="8867-4")
    assert timed["effectiveDateTime"] == "2026-03-12T06:30:00Z"
    assert dated["effectiveDateTime"] == "2026-03-11"
    (slept,) = await found(ada, code="93832-4")
    span = {"start": "2026-03-09T23:00:00Z", "end": "2026-03-10T06:30:00Z"}
    assert slept["effectivePeriod"] == span


async def test_a_fasting_reading_has_the_code_of_one(ada: Account) -> None:
    for context, glucose in (("fasting", 95), ("post_meal", 140)):
        body = {"condition_type": "diabetes", "time_of_day": context, "blood_glucose_mgdl": glucose}
        await ada.post("/api/chronic", json=body)
    (fasting,) = await found(ada, code="http://loinc.org|1558-6")
    assert (value_of(fasting), codes_of(fasting)) == (95, ["1558-6", "2339-0"])
    assert len(await found(ada, code="2339-0")) == 2


async def test_codes_and_categories_choose(ada: Account) -> None:
    await log_pulse(ada, 60, spo2=97)
    await ada.post("/api/body", json={"weight_kg": 70.5})
    assert [codes_of(o)[0] for o in await found(ada, code="29463-7")] == ["29463-7"]
    assert len(await found(ada, code="29463-7,2708-6")) == 2
    assert await found(ada, code="http://snomed.info/sct|29463-7") == []
    assert await found(ada, code="1-1") == []
    assert len(await found(ada, category="vital-signs")) == 3
    assert await found(ada, category="laboratory") == []


@pytest.mark.parametrize(
    ("dates", "pulses"),
    [
        (["2026-03-12"], {62, 63}),
        (["ge2026-03-12"], {62, 63, 64}),
        (["gt2026-03-12"], {64}),
        (["sa2026-03-12"], {64}),
        (["le2026-03-12"], {61, 62, 63}),
        (["lt2026-03-12"], {61}),
        (["eb2026-03-12"], {61}),
        (["2026-03"], {61, 62, 63, 64}),
        (["2026-02"], set()),
        (["2026"], {61, 62, 63, 64}),
        (["ge2026-03-12", "lt2026-03-13"], {62, 63}),
        (["ge2026-03-12T08:00:00Z"], {62, 63, 64}),
        (["gt2026-03-12T08:00:00Z"], {62, 64}),
        (["lt2026-03-12T08:00:00Z"], {61, 62}),
        (["le2026-03-12T09:00:00+01:00"], {61, 62, 63}),
        (["2026-03-12T08:00Z"], {63}),
        (["2026-03-12T08:01Z"], set()),
    ],
    ids=str,
)
async def test_dates_choose(dates: list[str], pulses: set[int], ada: Account) -> None:
    """63 is known to the minute; 62 may be any time of its day, so it is found on both sides."""
    await log_pulse(ada, 61, date="2026-03-11")
    await log_pulse(ada, 62, date="2026-03-12")
    await log_pulse(ada, 63, occurred_at="2026-03-12T08:00:00Z")
    await log_pulse(ada, 64, date="2026-03-13")
    assert {value_of(o) for o in await found(ada, date=dates)} == pulses


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "ne2026-03-12",
        "ap2026",
        "2026-13",
        "2026-02-30",
        "0001-01-01",
        "ge9999",
    ],
)
async def test_what_is_no_date_is_an_operation_outcome(date: str, ada: Account) -> None:
    answer = await ada.get("/fhir/Observation", params={"date": date})
    assert (answer.status_code, answer.headers["content-type"]) == (422, FHIR_JSON)
    outcome = OperationOutcome.model_validate(answer.json())
    assert outcome.issue[0].code == "invalid"
    assert date not in answer.text


@pytest.mark.parametrize("path", ["Nothing", "Observation/x", "Patient/x"])
async def test_what_is_not_there_is_an_operation_outcome(path: str, ada: Account) -> None:
    answer = await ada.get(f"/fhir/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, FHIR_JSON)
    assert OperationOutcome.model_validate(answer.json()).issue[0].code == "not-found"


async def test_nothing_can_be_written(ada: Account) -> None:
    answer = await ada.post("/fhir/Observation", json={"resourceType": "Observation"})
    assert answer.status_code == 405
    assert OperationOutcome.model_validate(answer.json()).issue[0].code == "not-supported"


async def test_pages_lead_through_everything_once(ada: Account) -> None:
    """Entries of all trackers, with several values each, in pages that end anywhere."""
    day = dt.date(2026, 3, 12)
    for ago in range(3):
        for tracker in TRACKERS:
            on = tracker.on(day - dt.timedelta(ago))
            assert (await ada.post(tracker.path, json=on)).status_code == 201
    whole = [o["id"] for o in await found(ada, _count=200)]
    assert len(whole) > 60
    paged: list[str] = []
    address: str | None = "/fhir/Observation?_count=7"
    while address:
        bundle = (await ada.get(address)).json()
        Bundle.model_validate(bundle)
        assert len(bundle["entry"]) <= 7
        paged += [entry["resource"]["id"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        address = links.get("next")
    assert paged == whole
    assert len(set(whole)) == len(whole)


async def test_links_keep_what_was_asked(ada: Account) -> None:
    for pulse in (61, 62, 63):
        await log_pulse(ada, pulse, date="2026-03-12", spo2=97)
    bundle = await read(ada, "Observation", code="8867-4", date=["ge2026-03", "lt2027"], _count=2)
    next_page = (await ada.get(bundle["link"][1]["url"])).json()
    assert [value_of(entry["resource"]) for entry in next_page["entry"]] == [61]


async def test_another_patient_has_nothing(ada: Account, bob: Account) -> None:
    await log_pulse(ada, 61)
    own = await id_of(ada)
    assert len(await found(ada, patient=f"Patient/{own}")) == 1
    assert len(await found(ada, patient=own)) == 1
    assert await found(bob, patient=own) == []
    assert "entry" not in await read(bob, "Patient", _id=own)


async def test_a_foreign_cursor_is_refused(ada: Account, bob: Account) -> None:
    for _ in range(2):
        await log_pulse(ada, 61)
    bundle = await read(ada, "Observation", _count=1)
    assert (await bob.get(bundle["link"][1]["url"])).status_code == 422


async def test_the_patient_is_the_person(ada: Account) -> None:
    await ada.patch("/api/auth/me", json={"name": "Ada", "sex": "female"})
    bundle = await read(ada, "Patient")
    Bundle.model_validate(bundle)
    (entry,) = bundle["entry"]
    patient = await read(ada, f"Patient/{await id_of(ada)}")
    assert entry["resource"] == patient
    Patient.model_validate(patient)
    assert (patient["name"], patient["gender"]) == ([{"text": "Ada"}], "female")
