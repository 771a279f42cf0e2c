"""What routes depend on: a transaction, the signed-in person, a page, a tracker's entries."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.config import Settings
from app.errors import InvalidInputError, NotFoundError, UnauthorizedError
from app.models import Entry
from app.schemas.base import DayOf
from app.services import audit
from app.services.authentication import authenticate
from app.services.entries import EntryService
from app.services.paging import Window
from app.services.people import Person
from app.services.quota import EntryQuota
from app.utils.enums import AuditKind
from app.utils.security import Claims, Tokens

bearer = OAuth2PasswordBearer("/api/auth/login", auto_error=False)


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def get_tokens(request: Request) -> Tokens:
    tokens: Tokens = request.app.state.tokens
    return tokens


async def get_catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction a request. It commits before the response is sent (scope="function"), so
    that what was answered is stored. A refusal rolls it back; asking for an id that is not the
    person's is then recorded apart."""
    trace: dict[str, Any] = {}
    try:
        async with request.app.state.database.session() as session:
            trace = session.info
            trace[audit.Trace.REQUEST_ID] = request.state.request_id
            yield session
    except NotFoundError:
        if request.path_params and trace.get("user_id") is not None:
            await _record_unknown_id(request, trace)
        raise


async def _record_unknown_id(request: Request, trace: Mapping[str, Any]) -> None:
    await audit.record_failure(
        request.app.state.database,
        trace["user_id"],
        AuditKind.UNKNOWN_ID,
        trace=trace,
        detail={"method": request.method, "route": request.scope["route"].path},
    )


AppSettings = Annotated[Settings, Depends(get_settings)]
AppTokens = Annotated[Tokens, Depends(get_tokens)]
AppCatalogue = Annotated[Catalogue, Depends(get_catalogue)]
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def get_claims(
    request: Request, tokens: AppTokens, token: Annotated[str | None, Depends(bearer)]
) -> Claims:
    """What the access token says; whether its session still lives, only `authenticate` knows."""
    if token is None:
        raise UnauthorizedError
    if not hasattr(request.state, "claims"):  # a route may have looked before it read the body
        request.state.claims = tokens.read_access(token)
    claims: Claims = request.state.claims
    return claims


CurrentClaims = Annotated[Claims, Depends(get_claims)]


async def get_current_user(session: Session, claims: CurrentClaims) -> Person:
    person = await authenticate(session, claims)
    session.info[audit.Trace.LOGIN_SESSION] = person.session_id
    return person


CurrentUser = Annotated[Person, Depends(get_current_user, scope="function")]


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days, both ends included; an end left out is open."""

    first: dt.date | None
    last: dt.date | None


# Async throughout, although nothing here waits: a dependency that is not goes through a thread.
async def get_days(
    first: Annotated[DayOf | None, Query(alias="from", description="First day.")] = None,
    last: Annotated[DayOf | None, Query(alias="to", description="Last day, included.")] = None,
) -> Days:
    if first and last and first > last:
        raise InvalidInputError.at(("query", "from"), "the first day lies after the last")
    return Days(first, last)


SpanOfDays = Annotated[Days, Depends(get_days)]


async def get_window(
    days: SpanOfDays,
    limit: Annotated[int, Query(ge=1, le=200, description="Most entries on a page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next` of the page before.")
    ] = None,
) -> Window:
    return Window(first=days.first, last=days.last, limit=limit, cursor=cursor)


Page = Annotated[Window, Depends(get_window)]


async def get_expected_version(
    if_match: Annotated[
        str | None,
        Header(max_length=40, description="`ETag` of the entry as you know it; `*` for any."),
    ] = None,
) -> int | None:
    """The version that `If-Match` (RFC 9110, 13.1.1) names; None where any will do."""
    if if_match is None or if_match == "*":
        return None
    digits = if_match.strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise InvalidInputError.at(("header", "If-Match"), "not an ETag of an entry")
    return int(digits)


ExpectedVersion = Annotated[int | None, Depends(get_expected_version)]


async def get_quota(session: Session, user: CurrentUser, settings: AppSettings) -> EntryQuota:
    return EntryQuota(session, user, settings)


Quota = Annotated[EntryQuota, Depends(get_quota)]


def entries_of(model: type[Entry]) -> Callable[..., Awaitable[EntryService]]:
    """The signed-in person's entries in one tracker."""

    async def get_entries(
        session: Session, user: CurrentUser, tokens: AppTokens, quota: Quota
    ) -> EntryService:
        return EntryService(session, user, model, tokens, quota)

    return get_entries
