"""A person and the whole server may have so many explanations worded in a day (T47)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.migrations import owner_engine
from app.postgres import DatabaseUrls
from app.services.explainer import Explainer
from app.services.wording import WordingService
from tests.chat_server import Behaviour, ChatServer, chat_server, fails, retells, says
from tests.conftest import SECRET
from tests.contracts.test_access import finding, id_of
from tests.people import Account, register

REFUSED = says("Glucose was 999 mg/dL.")
"""An answer that is not taken, so that the finding goes on waiting for its words."""


@dataclass
class Server:
    """The application, and the stub of a model behind it."""

    client: AsyncClient
    wording: WordingService
    model: ChatServer

    async def someone(self, name: str) -> tuple[Account, UUID, UUID]:
        """Who has agreed, with a finding that waits to be worded."""
        account = await register(self.client, f"{name}@example.com")
        waiting = UUID(await finding(account))
        await account.put("/api/auth/me/consent", json={"granted": True})
        return account, await id_of(account), waiting


@asynccontextmanager
async def serving(
    database: Database, behaviour: Behaviour = retells, **budget: Any
) -> AsyncIterator[Server]:
    with chat_server(behaviour) as model:
        rewriter = Explainer(base_url=model.url, api_key="k", model="small-model", timeout=5.0)
        app = create_app(
            Settings(_env_file=None, **budget), database, secret=SECRET, rewriter=rewriter
        )
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield Server(client, app.state.wording, model)
        await rewriter.aclose()


async def explained_by(account: Account, anomaly_id: UUID) -> object:
    return (await account.get(f"/api/anomalies/{anomaly_id}")).json()["explained_by"]


async def test_t47_each_person_has_a_budget(database: Database) -> None:
    async with serving(database, REFUSED, openai_calls_per_user=2) as server:
        _, ada, hers = await server.someone("ada")
        _, bob, his = await server.someone("bob")
        await server.wording.reword(ada, [hers] * 5)
        assert server.model.calls == 2
        await server.wording.reword(ada, [hers])
        assert server.model.calls == 2
        await server.wording.reword(bob, [his])
        assert server.model.calls == 3


async def test_t47_the_template_stands_when_it_is_used_up(database: Database) -> None:
    async with serving(database, openai_calls=1) as server:
        ada, ada_id, hers = await server.someone("ada")
        bob, bob_id, his = await server.someone("bob")
        await server.wording.reword(ada_id, [hers])
        await server.wording.reword(bob_id, [his])
        assert await explained_by(ada, hers) == "small-model"
        assert await explained_by(bob, his) is None
        assert (await bob.post("/api/anomalies/detect", json={})).status_code == 200
        assert server.model.calls == 1


async def test_t47_many_at_once_stop_at_the_budget_of_all(live_database: Database) -> None:
    async with serving(live_database, openai_calls=4) as server:
        people = [await server.someone(f"p{n}") for n in range(3)]
        await asyncio.gather(
            *(server.wording.reword(who, [what] * 2) for _, who, what in people * 4)
        )
        assert server.model.calls == 4


async def test_t47_what_the_server_has_not_for_all_is_not_taken_from_a_person(
    live_database: Database, live_urls: DatabaseUrls
) -> None:
    async with serving(live_database, REFUSED, openai_calls=1, openai_calls_per_user=2) as server:
        _, ada, hers = await server.someone("ada")
        for _ in range(4):
            await server.wording.reword(ada, [hers])
        assert server.model.calls == 1
        _let_a_day_pass(live_urls)
        await server.wording.reword(ada, [hers])
        assert server.model.calls == 2


async def test_t47_a_call_that_was_not_made_costs_nothing(database: Database) -> None:
    async with serving(database, fails(500), openai_calls_per_user=5) as server:
        _, ada, hers = await server.someone("ada")
        await server.wording.reword(ada, [hers] * 10)  # the third failure makes a pause
        assert server.model.calls == 3
        left = 0
        while await server.wording._budget.take(ada):
            left += 1
        assert left == 2


def _let_a_day_pass(urls: DatabaseUrls) -> None:
    engine = owner_engine(urls.owner)
    with engine.begin() as connection:
        connection.execute(text("UPDATE guess_limits SET full_at = full_at - interval '1 day'"))
    engine.dispose()
