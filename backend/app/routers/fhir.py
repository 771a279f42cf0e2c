"""The same data in the words of FHIR R4: read-only, under /fhir."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from app.dependencies import AppSettings, AppTokens, CurrentUser, Session
from app.schemas.fhir import (
    FHIR_JSON,
    Bundle,
    CapabilityStatement,
    Observation,
    Patient,
)
from app.services.fhir import FhirService, Search, capabilities

router = APIRouter(prefix="/fhir", tags=["FHIR"])


class FhirResponse(JSONResponse):
    media_type = FHIR_JSON


def as_fhir(resource: Mapping[str, Any]) -> Response:
    return FhirResponse(resource)


async def get_fhir(
    session: Session, user: CurrentUser, tokens: AppTokens, settings: AppSettings
) -> FhirService:
    return FhirService(session, user, tokens, settings.public_url)


async def get_search(
    patient: Annotated[
        str | None, Query(max_length=100, description="Your own id; anybody else has nothing.")
    ] = None,
    code: Annotated[
        str | None,
        Query(max_length=500, description="LOINC codes, as 8867-4 or http://loinc.org|8867-4."),
    ] = None,
    category: Annotated[
        str | None, Query(max_length=200, description="As vital-signs, laboratory or activity.")
    ] = None,
    date: Annotated[
        list[Annotated[str, Query(max_length=40)]],
        Query(max_length=4, description="As ge2026-03-01; given twice, both hold."),
    ] = [],  # noqa: B006  (FastAPI copies it)
    count: Annotated[
        int, Query(alias="_count", ge=1, le=10_000, description="At most 200 are given.")
    ] = 50,
    cursor: Annotated[
        str | None, Query(alias="_cursor", max_length=500, description="As in the link `next`.")
    ] = None,
) -> Search:
    return Search(
        patient=patient, code=code, category=category, dates=date, count=count, cursor=cursor
    )


Fhir = Annotated[FhirService, Depends(get_fhir)]
ResourceId = Annotated[str, Path(max_length=64, pattern="^[A-Za-z0-9.-]+$")]


@router.get(
    "/metadata",
    summary="What /fhir can do",
    response_class=FhirResponse,
    response_model=CapabilityStatement,
)
async def read_capabilities(request: Request, settings: AppSettings) -> Response:
    """The CapabilityStatement. It needs no token and says nothing of anyone."""
    return as_fhir(capabilities(request.app.version, settings.public_url))


@router.get("/Patient", summary="Find patients", response_class=FhirResponse, response_model=Bundle)
async def search_patients(
    fhir: Fhir, wanted: Annotated[str | None, Query(alias="_id", max_length=64)] = None
) -> Response:
    """A Bundle of the one patient that there is for you: yourself."""
    return as_fhir(await fhir.patients(wanted))


@router.get(
    "/Patient/{patient_id}",
    summary="Get a patient",
    response_class=FhirResponse,
    response_model=Patient,
)
async def read_patient(patient_id: ResourceId, fhir: Fhir) -> Response:
    """You, as a Patient: name, birth date and sex, as far as your profile has them."""
    return as_fhir(await fhir.patient(patient_id))


@router.get(
    "/Observation", summary="Find observations", response_class=FhirResponse, response_model=Bundle
)
async def search_observations(
    fhir: Fhir, search: Annotated[Search, Depends(get_search)]
) -> Response:
    """Each value of each entry as an Observation, newest first; blood pressure is a panel. Coded by
    LOINC, or where there is no code by the tracker and its column; in UCUM units. Days are those
    of your calendar. Follow the link `next` for more."""
    return as_fhir(await fhir.search(search))


@router.get(
    "/Observation/{observation_id}",
    summary="Get an observation",
    response_class=FhirResponse,
    response_model=Observation,
)
async def read_observation(observation_id: ResourceId, fhir: Fhir) -> Response:
    """One of them, by the id that a search gave."""
    return as_fhir(await fhir.observation(observation_id))
