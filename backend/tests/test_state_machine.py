"""Three people on one tracker do as they like, and a plain dictionary says what must be there
(T1, T23): nobody sees another's entry, a repeated request is carried out once, pages hold all.

`WALKS=2000 STEPS=50` in the environment tries more.
"""

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest
from httpx import Response
from hypothesis import HealthCheck
from hypothesis import settings as cases
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.config import Settings
from app.database import Database
from app.postgres import DatabaseUrls
from app.utils.identifiers import uuid7
from tests.conftest import client_of
from tests.people import Account, register

PATH = "/api/body"
NAMES = ("ada", "bob", "eve")
CI_WALKS = 20
WALKS = int(os.environ.get("WALKS", CI_WALKS))
STEPS = int(os.environ.get("STEPS", "25"))
FIRST, LAST = dt.date(2026, 2, 1), dt.date(2026, 2, 5)
UNKNOWN = dict.fromkeys(("weight_kg", "waist_cm", "notes"))

Entry = dict[str, Any]
someone = st.sampled_from(NAMES)
entries = st.fixed_dictionaries(
    {
        "date": st.dates(FIRST, LAST).map(str),
        "weight_kg": st.integers(400, 1500).map(lambda tenths: tenths / 10),
    },
    optional={"waist_cm": st.just(81.0), "notes": st.text("aä😀'%\\", min_size=1, max_size=4)},
)
misfits = entries.map(lambda entry: entry | {"weight_kg": -1})


class Posted(NamedTuple):
    """A request with a key, and what it was answered."""

    who: str
    path: str
    body: Any
    key: str
    answer: Any


class Door:
    """The application as three people use it, one request after the other."""

    def __init__(self, database: Database, runner: asyncio.Runner) -> None:
        self._run = runner.run
        self._stack = AsyncExitStack()
        self._people: dict[str, Account] = {}
        self._run(self._open(database))

    async def _open(self, database: Database) -> None:
        app = client_of(database, Settings(_env_file=None))
        client = await self._stack.enter_async_context(app)
        for name in NAMES:
            self._people[name] = await register(client, f"{name}@example.com")

    def ask(self, who: str, method: str, path: str, **options: Any) -> Response:
        return self._run(self._people[who].request(method, path, **options))

    def close(self) -> None:
        self._run(self._stack.aclose())


@pytest.fixture
def door(make_migrated: Callable[[], DatabaseUrls]) -> Iterator[Door]:
    urls = make_migrated()
    with asyncio.Runner() as runner:
        database = Database(urls.app, pool_size=2, statement_timeout=30)
        door = Door(database, runner)
        yield door
        door.close()
        runner.run(database.close())


class Diaries(RuleBasedStateMachine):
    """`kept` is the model: by person and id what an entry says."""

    door: Door
    ids = Bundle("ids")
    posted = Bundle("posted")

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, dict[str, Entry]] = {name: {} for name in NAMES}

    def teardown(self) -> None:
        for who, diary in self.kept.items():
            for entry_id in diary:
                assert self.door.ask(who, "DELETE", f"{PATH}/{entry_id}").status_code == 204
            assert self._pages(who, 200) == []

    @rule(target=ids, who=someone, entry=entries)
    def create(self, who: str, entry: Entry) -> str:
        answer = self.door.ask(who, "POST", PATH, json=entry)
        assert answer.status_code == 201
        return self._keep(who, answer.json()["id"], entry)

    @rule(target=posted, who=someone, entry=entries)
    def create_with_a_key(self, who: str, entry: Entry) -> Posted:
        return self._post(who, PATH, entry)

    @rule(target=posted, who=someone, some=st.lists(entries | misfits, min_size=1, max_size=4))
    def create_many_with_a_key(self, who: str, some: list[Entry]) -> Posted:
        return self._post(who, f"{PATH}/bulk", some)

    @rule(target=ids, sent=posted)
    def repeat(self, sent: Posted) -> MultipleResults[str]:
        again = self._send(sent)
        assert again.json() == sent.answer
        results = sent.answer.get("results", [sent.answer])
        return multiple(*(item["id"] for item in results if item["id"]))

    @rule(sent=posted, entry=entries)
    def reuse_a_key_for_something_else(self, sent: Posted, entry: Entry) -> None:
        other = sent._replace(path=PATH, body=entry | {"notes": "another"})
        assert self._send(other).status_code == 422

    @rule(who=someone, good=entries, bad=misfits)
    def all_or_nothing(self, who: str, good: Entry, bad: Entry) -> None:
        answer = self.door.ask(who, "POST", f"{PATH}/bulk?atomic=true", json=[good, bad])
        assert answer.status_code == 422

    @rule(who=someone, entry_id=ids, entry=entries)
    def replace(self, who: str, entry_id: str, entry: Entry) -> None:
        answer = self.door.ask(who, "PUT", f"{PATH}/{entry_id}", json=entry)
        if entry_id in self.kept[who]:
            assert answer.status_code == 200
            self._keep(who, entry_id, entry)
        else:
            assert answer.status_code == 404

    @rule(who=someone, entry_id=ids)
    def read(self, who: str, entry_id: str) -> None:
        answer = self.door.ask(who, "GET", f"{PATH}/{entry_id}")
        if entry_id in self.kept[who]:
            assert self._said(answer.json()) == self.kept[who][entry_id]
        else:
            assert answer.status_code == 404

    @rule(who=someone, entry_id=ids)
    def delete(self, who: str, entry_id: str) -> None:
        answer = self.door.ask(who, "DELETE", f"{PATH}/{entry_id}")
        known = self.kept[who].pop(entry_id, None) is not None
        assert answer.status_code == (204 if known else 404)

    @rule(who=someone, limit=st.integers(1, 4))
    def read_all_pages(self, who: str, limit: int) -> None:
        shown = self._pages(who, limit)
        assert {item["id"]: self._said(item) for item in shown} == self.kept[who]
        order = [(item["date"], item["id"]) for item in shown]
        assert order == sorted(set(order), reverse=True)

    def _pages(self, who: str, limit: int) -> list[Entry]:
        shown: list[Entry] = []
        more: dict[str, str] = {}
        while True:
            page = self.door.ask(who, "GET", PATH, params={"limit": limit} | more).json()
            assert len(page["items"]) <= limit
            shown += page["items"]
            if page["next"] is None:
                return shown
            more = {"cursor": page["next"]}

    def _post(self, who: str, path: str, body: Any) -> Posted:
        sent = Posted(who, path, body, str(uuid7()), None)
        answer = self._send(sent)
        told = answer.json()
        if path == PATH:
            assert answer.status_code == 201
            self._keep(who, told["id"], body)
        else:
            assert [item["status"] for item in told["results"]] == [
                422 if entry["weight_kg"] < 0 else 201 for entry in body
            ]
            for item, entry in zip(told["results"], body, strict=True):
                if item["id"]:
                    self._keep(who, item["id"], entry)
        return sent._replace(answer=told)

    def _send(self, sent: Posted) -> Response:
        key = {"Idempotency-Key": sent.key}
        return self.door.ask(sent.who, "POST", sent.path, json=sent.body, headers=key)

    def _keep(self, who: str, entry_id: str, entry: Entry) -> str:
        self.kept[who][entry_id] = UNKNOWN | entry
        return entry_id

    @staticmethod
    def _said(item: Entry) -> Entry:
        return {name: item[name] for name in ("date", *UNKNOWN)}


def test_t1_t23_the_server_and_a_dictionary_agree(door: Door) -> None:
    class Walk(Diaries):
        pass

    Walk.door = door
    run_state_machine_as_test(
        Walk,
        settings=cases(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=WALKS == CI_WALKS,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
