"""Lists, page by page, in one statement each."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from inspect import isclass
from typing import get_args

from fastapi.routing import APIRoute

from app.lanes.asking import Answer, LaneRequest
from app.lanes.plain_requests import (
    NotPlain,
    chosen_of,
    days_of,
    limit_of,
    place_of,
    query_of,
)
from app.prepared import Prepared
from app.services.hot_statements import as_values
from app.services.paging import page_scope, seal_place
from app.utils.security import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A person's dated rows, newest first. `filters` has each filter's values; `name` is what a
    cursor is good for."""

    route: APIRoute
    name: str
    filters: Mapping[str, frozenset[str]]
    page: Prepared

    async def answer(self, asked: LaneRequest) -> Answer:
        claims, tokens = asked.claims, asked.state.tokens
        query, scope = query_of(asked.query_string), page_scope(claims.user_id, self.name)
        limit = limit_of(query)
        days, place = days_of(query), place_of(query, tokens, scope)
        values = (*claims, *days, *place, limit + 1, *chosen_of(query, self.filters))
        rows = await asked.state.database.fetch(self.page, as_values(values))
        if not rows:  # the session has ended
            raise NotPlain
        entries = [entry for (entry,) in rows if entry is not None]
        follow = _follow(entries[limit - 1], tokens, scope) if len(entries) > limit else b"null"
        return Answer(200, b'{"items":[%b],"next":%b}' % (b",".join(entries[:limit]), follow))


def _follow(last: bytes, tokens: Tokens, scope: str) -> bytes:
    entry = json.loads(last)
    return b'"%b"' % seal_place(tokens, scope, entry["date"], entry["id"]).encode()


def filters_of(listing: APIRoute) -> Iterator[tuple[str, frozenset[str]]]:
    """The route's own query parameters, each an enumeration named like its column."""
    for parameter in listing.dependant.query_params:
        kinds = [kind for kind in get_args(parameter.field_info.annotation) if isclass(kind)]
        (kind,) = (kind for kind in kinds if issubclass(kind, StrEnum))
        yield parameter.alias, frozenset(kind)
