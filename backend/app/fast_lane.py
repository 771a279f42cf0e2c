"""The fast lane: plain requests for lists and new entries, of every tracker, in one statement each.

It answers where it knows what the routes would answer, and answers the same. Anything else (a token
that is not good, a value that does not fit, an idempotency key, a failure) it hands on as it came,
and the routes deal with it: so each rule of the API stands in one place, and the lane knows the
usual case alone. It is made from the routes, and they document it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from inspect import isclass
from typing import Any, NamedTuple, get_args
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError, UnavailableError
from app.models import ENTRY_MODELS
from app.plain_requests import (
    JSON,
    NotPlain,
    Replay,
    chosen_of,
    claims_of,
    days_of,
    entry_of,
    headers_of,
    limit_of,
    place_of,
    query_of,
)
from app.prepared import LostError, RefusedError
from app.problems import app_problem
from app.routers import ROUTERS
from app.schemas.base import Schema
from app.services.derivations import derive
from app.services.hot_statements import FACTS, HotStatements, as_values, hot_statements
from app.services.paging import page_scope, seal_place
from app.services.people import Person
from app.services.quota import EntryQuota, is_count_due
from app.utils.identifiers import uuid7
from app.utils.recent import Recent
from app.utils.security import Claims, Tokens
from app.utils.time import zone_of

FACTS_REMEMBERED = 10_000


class Facts(NamedTuple):
    """What an entry of a person is derived with."""

    zone: str
    height_cm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One tracker, as its routes are."""

    tracker: str
    listing: APIRoute
    creating: APIRoute
    filters: Mapping[str, frozenset[str]]
    taken: type[Schema]
    statements: HotStatements

    def route(self, method: str) -> APIRoute:
        return self.listing if method == "GET" else self.creating


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


class FastLane:
    """Innermost, right before the routes, so that all other middleware counts here too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._lanes = {lane.listing.path: lane for lane in lanes()}
        self._facts: Recent[UUID, Facts] = Recent(FACTS_REMEMBERED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lane = self._lanes.get(scope["path"]) if scope["type"] == "http" else None
        if lane is None or scope["method"] not in ("GET", "POST"):
            await self.app(scope, receive, send)
            return
        replay = Replay(receive)
        try:
            answer = await self._answer(lane, scope, replay)
        except (NotPlain, RefusedError):
            await self.app(scope, replay.again, send)
            return
        except LostError:
            scope["route"] = lane.route(scope["method"])
            lost = UnavailableError("The database connection was lost. Try again.")
            await app_problem(Request(scope), lost)(scope, replay.again, send)
            return
        scope["route"] = lane.route(scope["method"])
        await answer.send(send)

    async def _answer(self, lane: Lane, scope: Scope, replay: Replay) -> Answer:
        state, headers = scope["app"].state, headers_of(scope)
        claims = claims_of(headers, state.tokens)
        if scope["method"] == "GET":
            return await _page(lane, scope["query_string"], claims, state)
        is_usual = headers.get(b"content-type") == JSON and b"idempotency-key" not in headers
        if scope["query_string"] or not is_usual:
            raise NotPlain
        return await self._create(lane, await replay.body(), claims, state)

    async def _create(self, lane: Lane, body: bytes, claims: Claims, state: Any) -> Answer:
        """Derived with what is remembered of the person, which the statement compares."""
        entry = entry_of(lane.taken, body)
        facts = await self._facts_of(claims, state)
        person = _person(claims, facts)
        if is_count_due(state.settings.entries_per_user):
            await _count(person, state)
        columns = _derived(lane, entry, person)
        known = as_values((*claims, *facts, *map(columns.get, lane.statements.columns)))
        rows = await state.database.fetch(lane.statements.create, known)
        if not rows:
            self._facts.drop(claims.user_id)
            raise NotPlain
        ((stored, version),) = rows
        return Answer(201, stored, b'"%b"' % version)

    async def _facts_of(self, claims: Claims, state: Any) -> Facts:
        facts = self._facts.get(claims.user_id)
        if facts is None:
            facts = await _read_facts(claims, state)
            self._facts.keep(claims.user_id, facts)
        return facts


async def _page(lane: Lane, query_string: bytes, claims: Claims, state: Any) -> Answer:
    query, scope = query_of(query_string), page_scope(claims.user_id, lane.tracker)
    limit = limit_of(query)
    days, place = days_of(query), place_of(query, state.tokens, scope)
    values = (*claims, *days, *place, limit + 1, *chosen_of(query, lane.filters))
    try:
        rows = await state.database.fetch(lane.statements.page, as_values(values))
    except LostError:  # nothing was to be changed, so it may be asked again
        raise NotPlain from None
    if not rows:  # the session has ended
        raise NotPlain
    entries = [entry for (entry,) in rows if entry is not None]
    follow = _follow(entries[limit - 1], state.tokens, scope) if len(entries) > limit else b"null"
    return Answer(200, b'{"items":[%b],"next":%b}' % (b",".join(entries[:limit]), follow))


def _follow(last: bytes, tokens: Tokens, scope: str) -> bytes:
    entry = json.loads(last)
    return b'"%b"' % seal_place(tokens, scope, entry["date"], entry["id"]).encode()


def _person(claims: Claims, facts: Facts) -> Person:
    return Person(
        id=claims.user_id,
        session_id=claims.session_id,
        zone=zone_of(facts.zone),
        height_cm=facts.height_cm,
        thresholds={},
    )


def _derived(lane: Lane, entry: Schema, person: Person) -> dict[str, object]:
    try:
        return {"id": uuid7()} | derive(lane.tracker, entry.model_dump(), person)
    except AppError:
        raise NotPlain from None


async def _read_facts(claims: Claims, state: Any) -> Facts:
    rows = await state.database.fetch(FACTS, as_values(claims))
    if not rows:
        raise NotPlain
    ((zone, height),) = rows
    return Facts(zone.decode(), None if height is None else float(height))


async def _count(person: Person, state: Any) -> None:
    """Who turns out to be full is then refused by the statement, and told why by the routes."""
    try:
        async with state.database.session(person.id) as session:
            await EntryQuota(session, person, state.settings).count()
    except (SQLAlchemyError, OSError, TimeoutError):
        raise NotPlain from None


def lanes() -> Iterator[Lane]:
    """Of every tracker."""
    routes = {
        (route.path, method): route
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    for tracker, model in ENTRY_MODELS.items():
        path = f"/api/{tracker}"
        listing, creating = routes[path, "GET"], routes[path, "POST"]
        filters = dict(_filters(listing))
        yield Lane(
            tracker=tracker,
            listing=listing,
            creating=creating,
            filters=filters,
            taken=_taken(creating),
            statements=hot_statements(model, tuple(filters)),
        )


def _filters(listing: APIRoute) -> Iterator[tuple[str, frozenset[str]]]:
    """The route's own query parameters, each an enumeration named like its column."""
    for parameter in listing.dependant.query_params:
        kinds = [kind for kind in get_args(parameter.field_info.annotation) if isclass(kind)]
        (kind,) = (kind for kind in kinds if issubclass(kind, StrEnum))
        yield parameter.alias, frozenset(kind)


def _taken(creating: APIRoute) -> type[Schema]:
    taken: Any = creating.body_field and creating.body_field.field_info.annotation
    if not (isclass(taken) and issubclass(taken, Schema)):
        raise TypeError(f"{creating.path} takes no entry")
    return taken
