"""Findings worded by a model: only with consent, only with true figures, never in the way."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.services.explainer import Explainer
from tests.chat_server import Behaviour, ChatServer, chat_server, fails, hangs, retells, says
from tests.conftest import SECRET
from tests.folders import PATIENCE
from tests.people import Account, register

CANARY = "Canary Person"
DAYS = [f"2026-03-{day:02}" for day in range(1, 29)]


async def _person(client: AsyncClient) -> Account:
    """Someone whose resting heart rate jumps on the last day."""
    person = await register(client, "canary@example.com", name=CANARY)
    rates = [60 + day % 3 for day in range(len(DAYS) - 1)] + [96]
    entries = [
        {"date": day, "time_of_day": "morning", "resting_heart_rate": rate, "notes": CANARY}
        for day, rate in zip(DAYS, rates, strict=True)
    ]
    assert (await person.post("/api/vitals/bulk", json=entries)).json()["created"] == len(DAYS)
    return person


async def _detect(person: Account) -> dict[str, object]:
    answer = await person.post("/api/anomalies/detect", json={"first": DAYS[-1], "last": DAYS[-1]})
    assert answer.status_code == 200, answer.text
    listed = await person.get("/api/anomalies", params={"metric": "resting_hr"})
    (finding,) = listed.json()["items"]
    assert isinstance(finding, dict)
    return finding


async def _agree(person: Account, **more: bool) -> None:
    answer = await person.put("/api/auth/me/consent", json={"granted": True} | more)
    assert answer.status_code == 200, answer.text


class World:
    """The application with a model server behind it."""

    def __init__(self, client: AsyncClient, server: ChatServer) -> None:
        self.client = client
        self.server = server


@pytest.fixture
async def world(
    request: pytest.FixtureRequest, database: Database, settings: Settings
) -> AsyncIterator[World]:
    behaviour: Behaviour = request.param
    with chat_server(behaviour) as server:
        timeout = 1 if behaviour is hangs else PATIENCE
        rewriter = Explainer(
            base_url=server.url, api_key="key-canary", model="small-model", timeout=timeout
        )
        app = create_app(settings, database, secret=SECRET, rewriter=rewriter)
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield World(client, server)
        await rewriter.aclose()


@pytest.mark.parametrize("world", [retells], indirect=True)
async def test_t44_nothing_is_sent_without_consent(world: World) -> None:
    person = await _person(world.client)
    finding = await _detect(person)
    assert world.server.calls == 0
    assert finding["explained_by"] is None


@pytest.mark.parametrize("world", [retells], indirect=True)
async def test_an_honest_wording_is_kept_and_named(world: World) -> None:
    person = await _person(world.client)
    await _agree(person)
    finding = await _detect(person)
    assert world.server.calls == 1
    assert finding["explained_by"] == "small-model"
    assert "96" in str(finding["explanation"])


@pytest.mark.parametrize("world", [retells], indirect=True)
async def test_nothing_is_sent_after_withdrawal(world: World) -> None:
    person = await _person(world.client)
    await _agree(person)
    await person.put("/api/auth/me/consent", json={"granted": False})
    await _detect(person)
    assert world.server.calls == 0


@pytest.mark.parametrize("world", [retells], indirect=True)
async def test_t45_only_figures_leave(world: World) -> None:
    person = await _person(world.client)
    await _agree(person)
    await _detect(person)
    sent = str(world.server.bodies)
    assert CANARY not in sent
    assert "canary@example.com" not in sent
    assert DAYS[-1] not in sent


@pytest.mark.parametrize(
    "world",
    [
        says("Resting heart rate was 97 per minute."),
        says("Stop your insulin. <script>alert(1)</script>"),
        fails(429),
        fails(500),
        hangs,
    ],
    ids=["wrong number", "script and advice", "429", "500", "hang"],
    indirect=True,
)
async def test_the_template_stands_whatever_the_server_does(world: World) -> None:
    person = await _person(world.client)
    await _agree(person)
    finding = await _detect(person)
    assert finding["explained_by"] is None
    assert str(finding["explanation"]).startswith("Resting heart rate was 96")
    assert "script" not in str(finding["explanation"])
    assert world.server.calls >= 1
