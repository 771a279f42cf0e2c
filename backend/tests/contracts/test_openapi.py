"""The API's description is a product: every operation says what it takes, gives and refuses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import AsyncClient

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.schemas.fhir import FHIR_JSON
from tests.people import Account, sign_in

Json = dict[str, Any]
BODY_KINDS = ("application/json", "application/x-www-form-urlencoded")
# They have no example: their contract is tested where they are made.
BYTES = {"application/zip", "application/octet-stream", "text/event-stream"}


def _document() -> Json:
    database = Database("postgresql://unused", pool_size=1, statement_timeout=1)
    settings = Settings(_env_file=None, mock_data_enabled=True)
    return create_app(settings, database, secret="unused").openapi()


DOCUMENT = _document()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as documented."""

    method: str
    path: str
    spec: Json

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_public(self) -> bool:
        return not self.spec.get("security")

    @property
    def failures_kind(self) -> str:
        """The content type of whatever goes wrong."""
        return FHIR_JSON if self.path.startswith("/fhir/") else "application/problem+json"

    @property
    def parameters(self) -> list[Json]:
        told: list[Json] = self.spec.get("parameters", [])
        return told

    @property
    def bodies(self) -> Json:
        """The schema of the request body by its content type."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return {kind: media["schema"] for kind, media in content.items()}

    def at(self, identifier: object) -> str:
        """The path with every parameter filled in."""
        names = [p["name"] for p in self.parameters if p["in"] == "path"]
        return self.path.format(**dict.fromkeys(names, identifier))

    def needed_query(self) -> dict[str, str]:
        """The first allowed value of each query parameter that cannot be left out."""
        needed = [p for p in self.parameters if p["in"] == "query" and p.get("required")]
        return {p["name"]: resolved(p["schema"])["enum"][0] for p in needed}

    def example(self, kind: str = "application/json") -> Any:
        """The documented body; None for an operation without one."""
        return example_of(self.bodies[kind]) if kind in self.bodies else None


def resolved(schema: Json) -> Json:
    """The schema that a reference leads to."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def example_of(schema: Json) -> Any:
    """An example of the schema's own, of its items (as a list of one), or of its first choice."""
    schema = resolved(schema)
    if "example" in schema:
        return schema["example"]
    if "items" in schema:
        return [example_of(schema["items"])]
    return example_of(schema["anyOf"][0]) if "anyOf" in schema else None


OPERATIONS = [
    Operation(method.upper(), path, spec)
    for path, item in DOCUMENT["paths"].items()
    for method, spec in item.items()
]
with_body = pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.bodies.keys() - BYTES], ids=str
)


@pytest.fixture(params=OPERATIONS, ids=str)
def operation(request: pytest.FixtureRequest) -> Operation:
    chosen: Operation = request.param
    return chosen


def test_it_has_a_summary_a_description_and_one_tag(operation: Operation) -> None:
    assert operation.spec["summary"]
    assert operation.spec["description"]
    assert len(operation.spec["tags"]) == 1


def test_it_documents_its_success(operation: Operation) -> None:
    (status,) = [status for status in operation.spec["responses"] if status < "300"]
    content = operation.spec["responses"][status].get("content", {})
    assert (status == "204") == (not content)
    for kind, media in content.items():
        if kind in BYTES:
            continue
        shape = resolved(media["schema"])
        assert "properties" in shape or "discriminator" in shape, "objects, to which one can add"


def expected_failures(operation: Operation) -> Iterator[str]:
    if operation.path == "/healthz":
        return
    yield from ("422", "503")
    if not operation.is_public:
        yield "401"
    if "{" in operation.path:
        yield "404"


def test_it_documents_its_failures(operation: Operation) -> None:
    responses = operation.spec["responses"]
    assert set(expected_failures(operation)) <= responses.keys()
    for status, response in responses.items():
        if status >= "400":
            shape = response["content"][operation.failures_kind]["schema"]
            is_fhir = operation.failures_kind == FHIR_JSON
            name = "OperationOutcome" if is_fhir else "Problem"
            assert shape == {"$ref": f"#/components/schemas/{name}"}
            assert response["description"]


@with_body
def test_each_body_has_an_example(operation: Operation) -> None:
    assert set(operation.bodies) <= set(BODY_KINDS)
    for schema in operation.bodies.values():
        assert example_of(schema)


@pytest.fixture
async def documented_account(client: AsyncClient) -> Account:
    """The account of the examples."""
    example = example_of({"$ref": "#/components/schemas/RegisterIn"})
    assert (await client.post("/api/auth/register", json=example)).status_code == 201
    return await sign_in(client, example["email"], example["password"])


@with_body
async def test_its_example_fits(operation: Operation, documented_account: Account) -> None:
    for kind in operation.bodies:
        sent = {"json" if kind == BODY_KINDS[0] else "data": operation.example(kind)}
        path = operation.at("0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77")
        answer = await documented_account.request(operation.method, path, **sent)
        refused = {
            "/register": 409,
            "/refresh": 401,
            "/me/totp/confirm": 409,
            "/login/passkey": 401,
            "/me/passkeys": 422,  # its challenge is nobody's
            "/page/login": 403,  # without TLS, and on another machine
            "/page/login/passkey": 403,
        }
        allowed = refused.get(operation.path.removeprefix("/api/auth"))
        if "{" in operation.path:
            allowed = 404
        assert answer.status_code == allowed or answer.is_success, answer.text


def test_operation_ids_are_unique() -> None:
    ids = [operation.spec["operationId"] for operation in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_tags_are_described_and_used() -> None:
    told = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert all(told.values())
    assert set(told) == {tag for operation in OPERATIONS for tag in operation.spec["tags"]}


def test_every_reference_leads_somewhere() -> None:
    def references(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (value for key, value in node.items() if key == "$ref")
            node = list(node.values())
        if isinstance(node, list):
            for part in node:
                yield from references(part)

    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known
