"""What the fast lane reads of a request: the usual spelling alone, each value as the routes read
it. Whatever else is said, or said otherwise, raises NotPlain."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from app.errors import AppError
from app.schemas.base import EARLIEST_DAY, LATEST_DAY, Schema
from app.services.paging import unseal_place
from app.utils.security import Claims, Tokens

JSON = b"application/json"
LAST_ID = UUID(int=2**128 - 1)
BEYOND = LATEST_DAY + dt.timedelta(1)
_USUAL_LIMIT, _HIGHEST_LIMIT = 50, 200
_LONGEST_CURSOR = 500
_BEARER = b"Bearer "
_PLAIN = re.compile(r"[A-Za-z0-9_=&-]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")

SchemaT = TypeVar("SchemaT", bound=Schema)
Query = dict[str, str]


class NotPlain(Exception):  # noqa: N818  (not an error: the routes deal with it)
    """This request is not for the fast lane."""


class Replay:
    """A body that was read, for someone else to read again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self._failure: HTTPException | None = None

    async def body(self) -> bytes:
        """Raises NotPlain where it does not come whole."""
        parts: list[bytes] = []
        more = True
        while more:
            message = await self._next()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        return b"".join(parts)

    async def again(self) -> Message:
        if self._messages:
            return self._messages.pop(0)
        if self._failure is not None:
            raise self._failure
        return await self._receive()

    async def _next(self) -> Message:
        try:
            message = await self._receive()
        except HTTPException as error:  # too large, or too slow
            self._failure = error
            raise NotPlain from None
        self._messages.append(message)
        if message["type"] != "http.request":
            raise NotPlain
        return message


def headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]):  # which of two counts, the routes know
        raise NotPlain
    return headers


def claims_of(headers: Mapping[bytes, bytes], tokens: Tokens) -> Claims:
    bearer = headers.get(b"authorization", b"")
    if not bearer.startswith(_BEARER):
        raise NotPlain
    try:
        return tokens.read_access(bearer.removeprefix(_BEARER).decode("ascii"))
    except (AppError, UnicodeDecodeError):
        raise NotPlain from None


def query_of(query_string: bytes) -> Query:
    text = query_string.decode("latin-1")
    if not _PLAIN.fullmatch(text):
        raise NotPlain
    pairs = [part.split("=") for part in text.split("&")] if text else []
    if any(len(pair) != 2 for pair in pairs):
        raise NotPlain
    query: Query = dict(pairs)
    if len(query) != len(pairs):
        raise NotPlain
    return query


def limit_of(query: Query) -> int:
    given = query.pop("limit", None)
    if given is None:
        return _USUAL_LIMIT
    if not _NUMBER.fullmatch(given) or int(given) > _HIGHEST_LIMIT:
        raise NotPlain
    return int(given)


def days_of(query: Query) -> tuple[dt.date, dt.date]:
    """First and last; every day there can be, where none is given."""
    first, last = day_of(query, "from"), day_of(query, "to")
    if first and last and first > last:
        raise NotPlain
    return first or EARLIEST_DAY, last or LATEST_DAY


def place_of(query: Query, tokens: Tokens, scope: str) -> tuple[dt.date, UUID]:
    """The row that the page follows; without a cursor one that follows none."""
    cursor = query.pop("cursor", None)
    if cursor is None:
        return BEYOND, LAST_ID
    if len(cursor) > _LONGEST_CURSOR:
        raise NotPlain
    try:
        return unseal_place(tokens, scope, cursor)
    except AppError:
        raise NotPlain from None


def chosen_of(query: Query, filters: Mapping[str, frozenset[str]]) -> list[str | None]:
    """The filters' values; nothing else may be left of the query."""
    chosen = [query.pop(name, None) for name in filters]
    known = (
        value is None or value in values
        for value, values in zip(chosen, filters.values(), strict=True)
    )
    if query or not all(known):
        raise NotPlain
    return chosen


def entry_of(taken: type[SchemaT], body: bytes) -> SchemaT:
    try:
        return taken.model_validate(from_json(body, allow_inf_nan=False))
    except ValueError:
        raise NotPlain from None


def day_of(query: Query, name: str) -> dt.date | None:
    text = query.pop(name, None)
    if text is None:
        return None
    if not _DAY.fullmatch(text):
        raise NotPlain
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise NotPlain from None
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise NotPlain
    return day
