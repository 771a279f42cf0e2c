"""Cases made from the API's own description: what is answered is what is documented (T35, T36)."""

import os
from collections.abc import Callable
from typing import Any, cast

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as cases
from schemathesis.checks import CHECKS
from schemathesis.python import asgi

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.migrations import upgrade
from app.postgres import DatabaseUrls
from tests.conftest import SECRET
from tests.contracts.test_openapi import DOCUMENT
from tests.people import PASSWORD

pytestmark = pytest.mark.slow


CI_EXAMPLES = 2
EXAMPLES = int(os.environ.get("EXAMPLES", CI_EXAMPLES))
BOUNDED = cases(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == CI_EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ADDRESS = "eve@example.com"
SIGNING_OUT = ("/api/auth/logout", "/api/auth/logout-all")

# What no schema says: rules between fields, sealed cursors, keys that are taken. That valid bodies
# are taken is shown with the documented examples in tests/contracts/test_openapi.py.
UNSAID = ("positive_data_acceptance",)
# `/bulk` is also an `{entry_id}`, one that is refused as such (422) where a method is undocumented.
SHADOWED = (*UNSAID, "unsupported_method", "allow_header_conformance")


AnyCase = schemathesis.Case[Any]
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def is_shadowed(path: str) -> bool:
    folder = path.rpartition("/")[0]
    return any(other.startswith(f"{folder}/{{") for other in DOCUMENT["paths"]) and "{" not in path


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
        response = case.call(app=self.app, headers=self.headers)
        if case.operation.path in SIGNING_OUT and response.status_code == 204:
            self.sign_in()
        excluded = SHADOWED if is_shadowed(case.operation.path) else UNSAID
        case.validate_response(response, excluded_checks=cast("Any", CHECKS.get_by_names(excluded)))

    def _post(self, what: str, **body: str) -> dict[str, str]:
        with asgi.get_client(cast("Any", self.app)) as client:
            answer = client.post(f"http://testserver/api/auth/{what}", json=body)
        assert answer.ok, answer.text
        told: dict[str, str] = answer.json()
        return told


@pytest.fixture(scope="module")
def eve(make_database: Callable[[], DatabaseUrls]) -> Person:
    urls = make_database()
    upgrade(urls.owner)
    database = Database(urls.app, pool_size=5, statement_timeout=10)
    settings = Settings(_env_file=None, mock_data_enabled=True)
    return Person(create_app(settings, database, secret=SECRET))


@SCHEMA.parametrize()
@BOUNDED
def test_t35_t36_it_answers_as_documented(case: AnyCase, eve: Person) -> None:
    eve.call(case)
