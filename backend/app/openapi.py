"""The API's own description: what no single route can say."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.catalog import TRACKERS
from app.schemas.base import Problem
from app.schemas.fhir import FHIR_JSON, OperationOutcome

DESCRIPTION = """
Store what you measure and log, compare it with your own past, and see what is truly unusual, with
the evidence.

Sign up with `POST /api/auth/register`, then press **Authorize** with your e-mail address and
password. Every list is newest first and goes on at `next`. Unknown is `null`, never zero. Every
failure is `application/problem+json` and says what to do.

VitalIQ makes no diagnosis. In an emergency call your local emergency number.
"""

TAGS = [
    {"name": "Accounts", "description": "Registering, signing in, your profile and your sessions."},
    {"name": "Nutrition", "description": "What you ate."},
    {"name": "Sleep", "description": "Your nights."},
    {"name": "Exercise", "description": "Your workouts."},
    {"name": "Vitals", "description": "Heart rate, blood pressure, breathing, temperature."},
    {"name": "Body", "description": "Weight and composition."},
    {"name": "Chronic", "description": "Glucose, insulin, lipids, medication and symptoms."},
    {"name": "Tags", "description": "Stretches of days that were different, and why."},
    {"name": "Dashboard", "description": "Everything at a glance."},
    {"name": "Anomalies", "description": "What is unusual, and why."},
    {"name": "Episodes", "description": "Findings of one story, told once."},
    {"name": "Telling", "description": "Being told of findings: webhooks and notifications."},
    {"name": "Metrics", "description": "The catalogue of daily metrics."},
    {"name": "Batches", "description": "Entries written together: invented, or imported."},
    {"name": "Imports", "description": "Files that you bring: read, shown, and then stored."},
    {"name": "Readings", "description": "What was measured during a day, in full detail."},
    {"name": "Your data", "description": "Take everything with you; see what was done."},
    {"name": "FHIR", "description": "Your data in the words of FHIR R4, read-only."},
    {"name": "Health", "description": "For load balancers and monitors."},
]

_ALWAYS = {
    "422": "The request does not fit; `errors` names each part.",
    "503": "The database is not available; try again after `Retry-After` seconds.",
}
_SIGNED_IN = {"401": "The access token is missing, expired or revoked."}
_WITH_BODY = {
    "400": "The body is not in UTF-8.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
}
_WITH_ID = {"404": "There is no such thing among yours."}
_LOGGED_TO = {
    "/api/mock/generate",
    *(f"/api/{tracker.key}{part}" for tracker in TRACKERS for part in ("", "/bulk")),
}
_LOGGING = {"403": "You hold as many entries as this server keeps for one person."}
_WITH_VERSION = {"412": "The entry has changed since the `If-Match` version."}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the error shape on every operation that can fail so."""
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        tags=app.openapi_tags,
        routes=app.routes,
    )
    components = schema["components"]["schemas"]
    for failure in (Problem, OperationOutcome):
        definition = failure.model_json_schema(ref_template="#/components/schemas/{model}")
        components.update(definition.pop("$defs", {}))
        components[failure.__name__] = definition
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            operation["responses"].update(_failures(path, operation))
    return schema


def _failures(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    failures = dict(_ALWAYS)
    names = {parameter["name"].lower() for parameter in operation.get("parameters", ())}
    if operation.get("security"):
        failures |= _SIGNED_IN
    if "requestBody" in operation:
        failures |= _WITH_BODY
    if "{" in path:
        failures |= _WITH_ID
    if "if-match" in names:
        failures |= _WITH_VERSION
    if path in _LOGGED_TO and "idempotency-key" in names:
        failures |= _LOGGING
    if path == "/healthz":
        return {}
    kind, shape = "application/problem+json", "Problem"
    if path.startswith("/fhir/"):
        kind, shape = FHIR_JSON, "OperationOutcome"
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    return {status: {"description": text, "content": content} for status, text in failures.items()}
