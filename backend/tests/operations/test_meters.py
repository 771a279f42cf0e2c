"""Prometheus reads figures on a listener of their own, and nothing in them is anybody's."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from httpx import ASGITransport
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from app.config import Address, Settings
from app.database import Database
from app.metering import MetersPage
from app.postgres import HOST
from app.stopping import Stop
from tests.contracts.trackers import TRACKERS
from tests.folders import reachable_folder
from tests.operations.command import run
from tests.operations.servers import PERSON, free_port, serving, signed_in

CANARY = "canary7f3a9c"
NUTRITION = TRACKERS[0]


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def address(port: int) -> Iterator[str]:
    """A server whose figures are read at `port`."""
    with (
        reachable_folder() as home,
        serving(home, METRICS_LISTEN=f"{HOST}:{port}", GUESSES_PER_ACCOUNT="3") as (_, address),
    ):
        yield address


@pytest.fixture(scope="module")
def headers(address: str) -> dict[str, str]:
    return signed_in(address)


def read(port: int) -> str:
    answer = httpx.get(f"http://{HOST}:{port}/metrics", timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text


def figures(port: int) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(read(port))
        for sample in family.samples
    }


def figure(port: int, name: str, **labels: str) -> float:
    return figures(port).get((name, frozenset(labels.items())), 0)


def requests(port: int, method: str, route: str, status: str) -> float:
    labels = {"method": method, "route": route, "status": status}
    return figure(port, "vitaliq_http_request_seconds_count", **labels)


def test_requests_are_counted_by_route_and_class_of_status(
    address: str, port: int, headers: dict[str, str]
) -> None:
    entry = f"{NUTRITION.path}/{{entry_id}}"
    cases = [
        ("POST", NUTRITION.path, NUTRITION.path, NUTRITION.example(), "2xx"),
        ("POST", NUTRITION.path, NUTRITION.path, {}, "4xx"),
        ("GET", f"{NUTRITION.path}/{uuid4()}", entry, None, "4xx"),
        ("GET", "/nothing/here", "none", None, "4xx"),
    ]
    for method, path, route, body, status in cases:
        before = requests(port, method, route, status)
        httpx.request(method, f"{address}{path}", json=body, headers=headers, timeout=30)
        assert requests(port, method, route, status) == before + 1, (method, path)


def test_a_run_of_detection_is_timed(address: str, port: int, headers: dict[str, str]) -> None:
    before = figure(port, "vitaliq_detection_seconds_count", outcome="done")
    done = httpx.post(f"{address}/api/anomalies/detect", headers=headers, timeout=60)
    assert done.status_code == 200
    assert figure(port, "vitaliq_detection_seconds_count", outcome="done") == before + 1
    assert figure(port, "vitaliq_detection_seconds_sum", outcome="done") > 0


def test_refused_guesses_are_counted(address: str, port: int) -> None:
    wrong = PERSON | {"email": "nobody@example.com"}
    for _ in range(4):
        last = httpx.post(f"{address}/api/auth/login", json=wrong, timeout=30).status_code
    assert last == 429
    assert figure(port, "vitaliq_guesses_refused_total", whose="account") == 1


def test_the_state_of_the_process_is_told(port: int) -> None:
    told = figures(port)
    none: frozenset[tuple[str, str]] = frozenset()
    assert told["vitaliq_ready", none] == 1
    assert told["vitaliq_http_requests_in_flight", none] == 0
    assert told["vitaliq_database_connections_most", none] == 10
    pool = [value for (name, _), value in told.items() if name == "vitaliq_database_connections"]
    assert len(pool) == 2
    assert 1 <= sum(pool) <= 10
    assert told["process_resident_memory_bytes", none] > 1e6


def test_nothing_in_it_comes_from_a_user(address: str, port: int, headers: dict[str, str]) -> None:
    food = NUTRITION.example() | {"food_name": CANARY, "calories": 123.4567}
    mine = httpx.get(f"{address}/api/auth/me", headers=headers).json()["id"]
    made = httpx.post(f"{address}{NUTRITION.path}", json=food, headers=headers, timeout=30).json()
    for method, path in (
        ("GET", f"{NUTRITION.path}/{made['id']}"),
        ("GET", f"{NUTRITION.path}?from=2026-01-01&{CANARY}={CANARY}"),
        ("DELETE", f"{NUTRITION.path}/{CANARY}"),
        ("GET", f"/{CANARY}"),
        (CANARY.upper(), "/healthz"),
    ):
        with_canary = headers | {"X-Request-ID": CANARY, "User-Agent": CANARY}
        httpx.request(method, f"{address}{path}", headers=with_canary, timeout=30)
    text = read(port)
    for private in (CANARY, made["id"], mine, PERSON["email"], "123.4567", "2026-01-01"):
        assert private.lower() not in text.lower()
    labels = {
        label for name in re.findall(r"\{(.*?)\}", text) for label in re.findall(r"(\w+)=", name)
    }
    assert labels == {"method", "route", "status", "le", "state", "outcome", "whose"}


def test_the_two_listeners_have_nothing_in_common(address: str, port: int) -> None:
    assert httpx.get(f"{address}/metrics").status_code == 404
    for path in ("/", "/healthz", "/api/auth/me", "/docs", "/metrics/"):
        assert httpx.get(f"http://{HOST}:{port}{path}").status_code == 404
    assert httpx.post(f"http://{HOST}:{port}/metrics").status_code == 405


async def test_without_a_database_it_still_answers_and_says_so() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pool_size=1, statement_timeout=1)
    page = ASGITransport(MetersPage(away, Stop()))
    async with httpx.AsyncClient(transport=page, base_url="http://testserver") as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "vitaliq_ready 0.0" in answer.text


def test_it_is_off_by_default() -> None:
    assert Settings(_env_file=None).metrics_listen is None


@pytest.mark.parametrize("text", ["9464", "127.0.0.1", "127.0.0.1:x", ":9464", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"127\.0\.0\.1:9464"):
        Settings(_env_file=None, metrics_listen=text)


def test_an_address_may_be_of_either_kind() -> None:
    assert Address.read("127.0.0.1:9464") == ("127.0.0.1", 9464)
    assert Address.read("[::1]:9464") == ("::1", 9464)


def test_an_address_that_is_taken_is_said(port: int, address: str) -> None:
    with reachable_folder() as home:
        said = run(home, "serve", "--port", str(free_port()), METRICS_LISTEN=f"{HOST}:{port}")
    assert said.returncode == 1
    assert "METRICS_LISTEN" in said.stderr
    assert "Traceback" not in said.stderr
