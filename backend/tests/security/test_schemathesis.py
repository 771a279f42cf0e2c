"""Cases made from the API's own description: what is answered is what is documented (T35, T36).

The suite runs a few, the same each time; `make fuzz EXAMPLES=1000` runs as many as asked for.
"""

import os
from collections.abc import Callable
from typing import Any, cast

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase
from hypothesis import settings as cases
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import CHECKS
from schemathesis.python import asgi

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.postgres import DatabaseUrls
from tests.conftest import SECRET
from tests.contracts.test_openapi import DOCUMENT
from tests.folders import PATIENCE
from tests.people import PASSWORD

CI_EXAMPLES = 2
CI_WALKS = 20
STEPS = 10
ATTEMPTS = 3
"""The account remembers earlier walks, so that the same draws may lead elsewhere; where Hypothesis
takes that for its own data being unsteady, the walks begin anew."""
EXAMPLES = int(os.environ.get("EXAMPLES", CI_EXAMPLES))
IS_LONG = EXAMPLES > CI_EXAMPLES


def bounded(most: int) -> cases:
    return cases(
        max_examples=most,
        deadline=None,
        derandomize=not IS_LONG,
        database=None,
        # In the suite a failure is found again by the same cases; making it small takes minutes.
        phases=list(Phase) if IS_LONG else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        stateful_step_count=STEPS,
    )


ADDRESS = "eve@example.com"
SIGNING_OUT = ("/api/auth/logout", "/api/auth/logout-all", "/api/auth/sessions/{session_id}")

# What no schema says: rules between fields, sealed cursors, keys that are taken. That valid bodies
# are taken is shown with the documented examples in tests/contracts/test_openapi.py.
UNSAID = ("positive_data_acceptance",)
# `/bulk` is also an `{entry_id}`, one that is refused as such (422) where a method is undocumented.
SHADOWED = ("unsupported_method", "allow_header_conformance")
# An item that does not fit is refused by its own status inside the answer, which is 200.
BULK = ("negative_data_rejection",)
# An import that is cancelled stays, and says so.
CANCELLED = ("use_after_free",)


AnyCase = schemathesis.Case[Any]
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


@schemathesis.serializer("application/zip")
def as_it_is(_: object, value: object) -> bytes:
    """Whatever comes: an archive of chance is no archive."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def is_shadowed(path: str) -> bool:
    folder = path.rpartition("/")[0]
    return any(other.startswith(f"{folder}/{{") for other in DOCUMENT["paths"]) and "{" not in path


def excluded(case: AnyCase) -> Any:
    path = case.operation.path
    shadowed = SHADOWED if is_shadowed(path) else ()
    bulk = BULK if path.endswith("/bulk") else ()
    cancelled = CANCELLED if path.startswith("/api/imports/{import_id}") else ()
    return cast("Any", CHECKS.get_by_names([*UNSAID, *shadowed, *bulk, *cancelled]))


class Person:
    """Somebody signed in, who signs in again after signing out."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._post("register", email=ADDRESS, password=PASSWORD)
        self.sign_in()

    def sign_in(self) -> None:
        token = self._post("login", email=ADDRESS, password=PASSWORD)["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def call(self, case: AnyCase) -> None:
        response = case.call(app=self.app, headers=self.headers, timeout=PATIENCE)
        self.heard(case, response)
        case.validate_response(response, excluded_checks=excluded(case))

    def heard(self, case: AnyCase, response: schemathesis.Response) -> None:
        if case.operation.path in SIGNING_OUT and response.status_code == 204:
            self.sign_in()

    def _post(self, what: str, **body: str) -> dict[str, str]:
        with asgi.get_client(cast("Any", self.app)) as client:
            answer = client.post(f"http://testserver/api/auth/{what}", json=body)
        assert answer.ok, answer.text
        told: dict[str, str] = answer.json()
        return told


@pytest.fixture(scope="module")
def eve(make_migrated: Callable[[], DatabaseUrls]) -> Person:
    urls = make_migrated()
    database = Database(urls.app, pool_size=5, statement_timeout=10)
    settings = Settings(_env_file=None, mock_data_enabled=True)
    return Person(create_app(settings, database, secret=SECRET))


@SCHEMA.parametrize()
@bounded(EXAMPLES)
def test_t35_t36_it_answers_as_documented(case: AnyCase, eve: Person) -> None:
    eve.call(case)


def test_t35_t36_what_one_answer_gives_the_next_request_takes(eve: Person) -> None:
    """Walks from one operation to another with the ids that were answered."""

    class Walk(SCHEMA.as_state_machine()):  # type: ignore[misc]  # made at run time
        def get_call_kwargs(self, _: AnyCase) -> dict[str, Any]:
            return {"app": eve.app, "headers": eve.headers, "timeout": PATIENCE}

        def validate_response(
            self, response: schemathesis.Response, case: AnyCase, **_: object
        ) -> None:
            eve.heard(case, response)
            case.validate_response(response, excluded_checks=excluded(case), recorder=self.recorder)

    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            Walk.run(settings=bounded(max(CI_WALKS, EXAMPLES)))
            return
        except FlakyStrategyDefinition:  # what an answer breaks is another error, and never caught
            if not attempts_left:
                raise
