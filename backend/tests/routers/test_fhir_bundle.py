"""An export's Bundle of FHIR R4, read by a library of another's."""

import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from httpx import Response

from app.services import fhir
from tests.people import PASSWORD, Account, register
from tests.security.test_export import EXPORT, IMPORT, ZIP, exported

Json = dict[str, Any]


async def bundle_of(account: Account) -> Json:
    told: Json = json.loads((await exported(account)).read("fhir-bundle.json"))
    Bundle.model_validate(told)
    assert (told["resourceType"], told["type"]) == ("Bundle", "collection")
    return told


async def served(account: Account) -> list[Json]:
    """Every observation, page by page."""
    found: list[Json] = []
    address: str | None = "/fhir/Observation?_count=200"
    while address:
        page = (await account.get(address)).json()
        found += [entry["resource"] for entry in page.get("entry", [])]
        address = {link["relation"]: link["url"] for link in page["link"]}.get("next")
    return found


def without_names(observations: list[Json]) -> list[str]:
    """What was observed, not which person and entry it is called after."""
    names = ("id", "meta", "subject")
    told = [{k: v for k, v in o.items() if k not in names} for o in observations]
    return sorted(json.dumps(observation, sort_keys=True) for observation in told)


async def test_t50_the_bundle_holds_every_value(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fhir, "ROWS_AT_ONCE", 7)
    await ada.post("/api/mock/generate", json={"days": 20, "conditions": ["diabetes"]})
    entries = (await bundle_of(ada))["entry"]
    patient, observations = entries[0], entries[1:]
    assert patient["resource"]["resourceType"] == "Patient"
    assert {o["resource"]["subject"]["reference"] for o in observations} == {patient["fullUrl"]}
    assert len({entry["fullUrl"] for entry in entries}) == len(entries) > 100
    told = [observation["resource"] for observation in observations]
    assert without_names(told) == without_names(await served(ada))


async def test_t50_an_account_without_entries_has_a_bundle_too(ada: Account) -> None:
    assert len((await bundle_of(ada))["entry"]) == 1


async def test_t50_a_restored_account_has_the_same_observations(ada: Account) -> None:
    await ada.post("/api/mock/generate", json={"days": 5})
    before = await served(ada)
    archive: Response = await ada.post(EXPORT, json={"password": PASSWORD})
    again = await register(ada.client, "again@example.com")
    stored = await again.post(IMPORT, content=archive.content, headers=ZIP)
    assert stored.status_code == 201, stored.text
    assert without_names(await served(again)) == without_names(before)
