"""Resources of FHIR R4 as the API's document tells of them; the standard says the rest."""
# ruff: noqa: N815  (the names are the standard's)

from typing import Any, Literal

from pydantic import ConfigDict

from app.schemas.base import ReadSchema

FHIR_JSON = "application/fhir+json"
Json = dict[str, Any]


class Resource(ReadSchema):
    model_config = ConfigDict(extra="allow")


class CapabilityStatement(Resource):
    """What can be asked of /fhir."""

    resourceType: Literal["CapabilityStatement"]
    fhirVersion: str
    rest: list[Json]


class Patient(Resource):
    """The signed-in person."""

    resourceType: Literal["Patient"]
    id: str
    name: list[Json] | None = None
    gender: str | None = None
    birthDate: str | None = None


class Observation(Resource):
    """One value of one entry, or a panel of several: coded by LOINC, in UCUM units."""

    resourceType: Literal["Observation"]
    id: str
    status: Literal["final"]
    category: list[Json]
    code: Json
    subject: Json
    effectiveDateTime: str | None = None
    effectivePeriod: Json | None = None
    valueQuantity: Json | None = None
    component: list[Json] | None = None


class Bundle(Resource):
    """A page of a search; `link` of relation `next` leads on."""

    resourceType: Literal["Bundle"]
    type: Literal["searchset"]
    link: list[Json]
    entry: list[Json] | None = None


class OperationOutcome(Resource):
    """A failure in FHIR's words. `id` is the id of the request; the input is never repeated."""

    resourceType: Literal["OperationOutcome"]
    id: str
    issue: list[Json]
