"""A typed client that is made from the API's document, used on the application."""

import datetime as dt
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from app.generated_docs import ROOT
from tests.folders import PATIENCE
from tests.people import PASSWORD

PACKAGE = "vitaliq_client"
SERVER = "http://testserver"
EMAIL = "eve@example.com"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """As `make client` makes it; a part of the document that it does not understand fails."""
    built, programs = tmp_path_factory.mktemp("client") / "built", Path(sys.executable).parent
    document = built.with_suffix(".json")
    step: list[str | Path] = [sys.executable, ROOT / "client" / "document.py"]
    subprocess.run([*step, ROOT / "docs" / "openapi.json", document], check=True, timeout=PATIENCE)
    order: list[str | Path] = ["generate", "--path", document, "--output-path", built]
    order += ["--config", ROOT / "client" / "config.yml", "--fail-on-warning"]
    made = subprocess.run(
        [programs / "openapi-python-client", *order],
        env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert made.returncode == 0, made.stdout
    sys.path.insert(0, str(built))
    yield built / PACKAGE
    sys.path.remove(str(built))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def operation(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.api.{name}")


def model(name: str) -> Any:
    return getattr(importlib.import_module(f"{PACKAGE}.models"), name)


def test_it_has_an_operation_for_each_of_the_api_and_types(package: Path) -> None:
    from tests.contracts.test_openapi import OPERATIONS

    made = {path.stem for path in (package / "api").rglob("*.py")} - {"__init__"}
    assert made == {operation.spec["operationId"] for operation in OPERATIONS}
    assert (package / "py.typed").is_file()


async def test_it_signs_in_logs_lists_and_reads_findings(
    package: Path, live_client: AsyncClient
) -> None:
    transport = live_client._transport
    assert isinstance(transport, ASGITransport)
    root = importlib.import_module(PACKAGE)
    nobody = root.Client(SERVER, httpx_args={"transport": transport})
    account = model("RegisterIn")(email=EMAIL, password=PASSWORD, timezone="Europe/Berlin")
    await operation("accounts.register").asyncio(client=nobody, body=account)
    signing = model("LoginIn")(email=EMAIL, password=PASSWORD)
    tokens = await operation("accounts.login").asyncio(client=nobody, body=signing)
    eve = root.AuthenticatedClient(
        SERVER, token=tokens.access_token, httpx_args={"transport": transport}
    )
    today = dt.datetime.now(dt.UTC).date()
    for ago in range(20):
        pulse = model("VitalSignsIn")(
            date=today - dt.timedelta(ago),
            time_of_day=model("PartOfDay")("morning"),
            resting_heart_rate=60 if ago else 95,
        )
        logged = await operation("vitals.log_vitals").asyncio(client=eve, body=pulse)
        assert isinstance(logged, model("VitalSignsOut"))
    page = await operation("vitals.list_vitals").asyncio(client=eve, limit=5)
    assert [entry.resting_heart_rate for entry in page.items] == [95, 60, 60, 60, 60]
    assert page.items[0].date == today
    span = model("DetectIn")(first=today)
    run = await operation("anomalies.detect").asyncio(client=eve, body=span)
    assert run.new == 1
    (finding,) = (await operation("anomalies.list_anomalies").asyncio(client=eve)).items
    assert (finding.metric_name, finding.metric_value) == ("resting_hr", 95)
    assert finding.explanation
    bundle = await operation("fhir.search_observations").asyncio(client=eve, code="8867-4")
    assert len(bundle.entry) == 20


async def test_what_is_wrong_is_a_problem(package: Path, live_client: AsyncClient) -> None:
    root = importlib.import_module(PACKAGE)
    transport = live_client._transport
    stranger = root.AuthenticatedClient(SERVER, token="x.y.z", httpx_args={"transport": transport})
    answer = await operation("sleep.list_nights").asyncio_detailed(client=stranger)
    assert answer.status_code == 401
    assert isinstance(answer.parsed, model("Problem"))
    assert answer.parsed.title == "Not signed in"
