"""FHIR R4 documents with Observations, as health portals hand them out."""

import json
import random
from typing import Any

UCUM = "http://unitsofmeasure.org"
PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Person"}]}


def observation(code: str, value: float | None, unit: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"o-{code}-{value}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2024-03-12T08:30:00+01:00",
    }
    if value is not None:
        found["valueQuantity"] = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return found | more


def pressure(systolic: float, diastolic: float) -> dict[str, Any]:
    parts = (("8480-6", systolic), ("8462-4", diastolic))
    components = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
        }
        for code, value in parts
    ]
    return observation("85354-9", None, "", id="bp-1", component=components)


def observations(seed: int = 1) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    return [
        pressure(rng.randint(110, 140), rng.randint(60, 90)),
        observation("8867-4", rng.randint(50, 90), "/min"),
        observation("59408-5", 0.97, "%"),
        observation("4548-4", 5.6, "%", effectiveDateTime="2024-03-12"),
        observation("14749-6", 5.2, "mmol/L"),
        observation("29463-7", 178.5, "[lb_av]"),
        observation("8310-5", 98.2, "[degF]"),
        observation("13457-7", 3.1, "mmol/L"),
    ]


def bundle(resources: list[dict[str, Any]]) -> bytes:
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(resources)]
    document = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    return json.dumps(document, indent=1).encode()


def lines(resources: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def example(seed: int = 1) -> bytes:
    return bundle([PATIENT, *observations(seed)])
