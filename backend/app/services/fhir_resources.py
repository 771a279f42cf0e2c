"""Rows as resources of FHIR R4: plain dicts, ready to be written as JSON."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.services.fhir_codes import CATEGORIES, OBSERVED, Coding, Observed, Part
from app.utils.identifiers import named

Resource = dict[str, Any]
VERSION = "4.0.1"


def patient(row: Row[*tuple[Any, ...]]) -> Resource:
    """From the account: what it says of the person, not how they sign in."""
    told = {
        "resourceType": "Patient",
        "id": str(row.id),
        "meta": {"lastUpdated": _instant(row.updated_at)},
        "active": True,
        "name": [{"text": row.name}] if row.name else None,
        "gender": row.sex,
        "birthDate": row.date_of_birth and row.date_of_birth.isoformat(),
    }
    return {key: value for key, value in told.items() if value is not None}


def observation_id(entry_id: UUID, observed: Observed) -> str:
    return f"{entry_id}.{observed.name}"


def observation(row: Row[Any], subject: str) -> Resource:
    """From a row of `fhir_rows.observations`; `subject` refers to the person."""
    observed = OBSERVED[row.place]
    numbers = [getattr(row, f"value_{n}") for n in range(len(observed.parts))]
    told: Resource = {
        "resourceType": "Observation",
        "id": observation_id(row.id, observed),
        "meta": {"lastUpdated": _instant(row.updated_at)},
        "status": "final",
        "category": [{"coding": [{"system": CATEGORIES, "code": observed.category}]}],
        "code": _concept(_codings(observed, row.context), observed.label),
        "subject": {"reference": subject},
    }
    told |= _when(row)
    if observed.is_panel:
        told["component"] = [
            _component(part, number) for part, number in zip(observed.parts, numbers, strict=True)
        ]
    else:
        told["valueQuantity"] = observed.parts[0].value_of(numbers[0])
    return told


def bundle_entry_url(user_id: UUID, row: Row[Any]) -> str:
    """A name for an Observation where no server answers for it, as in a file."""
    return f"urn:uuid:{named(user_id, 'observation', row.id, OBSERVED[row.place].name)}"


def searchset(
    found: Sequence[Resource], links: Sequence[tuple[str, str]], base: str | None
) -> Resource:
    """A page of what was found. Without a public address its entries have no full URL."""
    entries = []
    for resource in found:
        path = f"{resource['resourceType']}/{resource['id']}"
        url = {} if base is None else {"fullUrl": f"{base}/fhir/{path}"}
        entries.append(url | {"resource": resource, "search": {"mode": "match"}})
    bundle: Resource = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": relation, "url": url} for relation, url in links],
    }
    return bundle | ({"entry": entries} if entries else {})


def _codings(observed: Observed, context: str | None) -> list[Coding]:
    exact = [finer.coding for finer in observed.finer if finer.value == context]
    return [*exact, *observed.codings]


def _concept(codings: Sequence[Coding], text: str) -> Resource:
    return {"coding": [coding.as_json() for coding in codings], "text": text}


def _component(part: Part, number: float | None) -> Resource:
    told = {"code": _concept(part.codings, part.label)}
    if number is None:
        absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        return told | {"dataAbsentReason": {"coding": [{"system": absent, "code": "unknown"}]}}
    return told | {"valueQuantity": part.value_of(number)}


def _when(row: Row[Any]) -> Resource:
    """The night, the instant, or the day where no more is known."""
    if row.started is not None and row.ended is not None:
        return {"effectivePeriod": {"start": _instant(row.started), "end": _instant(row.ended)}}
    return {"effectiveDateTime": _instant(row.started) if row.started else row.date.isoformat()}


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
