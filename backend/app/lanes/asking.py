"""What every lane is asked, and what it answers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.types import Send

from app.database import Database
from app.lanes.plain_requests import JSON, NotPlain
from app.prepared import Call, Row
from app.services.hot_statements import FACTS, as_values
from app.services.people import Person
from app.utils.recent import Recent
from app.utils.security import Claims
from app.utils.time import zone_of

FACTS_REMEMBERED = 10_000


class Facts(NamedTuple):
    """What a person's days and entries are derived with."""

    zone: str
    height_cm: float | None


class KnownPeople:
    """The facts of those who asked last. Whoever uses them compares them in the same transaction,
    and forgets what does not hold."""

    def __init__(self) -> None:
        self._facts: Recent[UUID, Facts] = Recent(FACTS_REMEMBERED)

    async def facts(self, claims: Claims, database: Database) -> Facts:
        """Raises NotPlain where the session has ended."""
        facts = self._facts.get(claims.user_id)
        if facts is None:
            facts = _facts_in(await database.fetch(FACTS, as_values(claims)))
            self._facts.keep(claims.user_id, facts)
        return facts

    def forget(self, user_id: UUID) -> None:
        self._facts.drop(user_id)


class LaneRequest(NamedTuple):
    """A request with a good token; whether its session still lives, the statements ask."""

    claims: Claims
    headers: Mapping[bytes, bytes]
    query_string: bytes
    body: Callable[[], Awaitable[bytes]]
    state: Any
    people: KnownPeople

    async def person(self) -> Person:
        """As they are remembered."""
        facts = await self.people.facts(self.claims, self.state.database)
        return person_with(self.claims, facts)

    async def rows(self, *calls: Call) -> list[list[Row]]:
        """What the calls give in a transaction of the person's own. Raises NotPlain where their
        session has ended, or they are not as they are remembered."""
        database: Database = self.state.database
        known = await self.people.facts(self.claims, database)
        signed_in, *rows = await database.fetch_together((FACTS, as_values(self.claims)), *calls)
        if not signed_in or _facts_in(signed_in) != known:
            self.people.forget(self.claims.user_id)
            raise NotPlain
        return rows


class Answer(NamedTuple):
    status: int
    body: bytes
    etag: bytes | None = None

    async def send(self, send: Send) -> None:
        headers = [(b"content-length", b"%d" % len(self.body)), (b"content-type", JSON)]
        if self.etag is not None:
            headers.append((b"etag", self.etag))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Lane(Protocol):
    """One route."""

    @property
    def route(self) -> APIRoute: ...

    async def answer(self, asked: LaneRequest) -> Answer:
        """Raises NotPlain, RefusedError or LostError."""


def person_with(claims: Claims, facts: Facts) -> Person:
    return Person(
        id=claims.user_id,
        session_id=claims.session_id,
        zone=zone_of(facts.zone),
        height_cm=facts.height_cm,
        thresholds={},
    )


def _facts_in(rows: list[Row]) -> Facts:
    if not rows:
        raise NotPlain
    ((zone, height),) = rows
    return Facts((zone or b"").decode(), None if height is None else float(height))
