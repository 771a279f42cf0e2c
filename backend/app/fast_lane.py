"""The fast lane: plain requests for what is asked for most, each in one round trip to the database.

It answers where it knows what the routes would answer, and answers the same. Anything else (a token
that is not good, a value that does not fit, an idempotency key, a failure) it hands on as it came,
and the routes deal with it: so each rule of the API stands in one place, and the lane knows the
usual case alone. It is made from the routes, and they document it.
"""

from collections.abc import Iterator

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.catalog import CATALOGUE
from app.errors import UnavailableError
from app.lanes.asking import KnownPeople, Lane, LaneRequest
from app.lanes.creating import Creating, taken_by
from app.lanes.lists import Listing, filters_of
from app.lanes.plain_requests import NotPlain, Replay, claims_of, headers_of
from app.lanes.views import DashboardLane, DaySummary
from app.models import ENTRY_MODELS
from app.prepared import LostError, RefusedError
from app.problems import app_problem
from app.routers import ROUTERS
from app.services.hot_statements import findings_page, hot_statements
from app.services.nutrition_summary import SUMMARY
from app.utils.enums import Severity

FINDING_FILTERS = {
    "severity": ("severity", frozenset(Severity)),
    "metric": ("metric_name", frozenset(CATALOGUE.keys)),
    "acknowledged": ("cast(is_acknowledged as text)", frozenset(("true", "false"))),
}
"""The column, and the values that the lane knows."""


class FastLane:
    """Innermost, right before the routes, so that all other middleware counts here too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._lanes = {(method, path): lane for method, path, lane in _addressed(lanes())}
        self._people = KnownPeople()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_request = scope["type"] == "http"
        lane = self._lanes.get((scope["method"], scope["path"])) if is_request else None
        if lane is None:
            await self.app(scope, receive, send)
            return
        replay = Replay(receive)
        try:
            answer = await lane.answer(self._asked(scope, replay))
        except (NotPlain, RefusedError):
            await self.app(scope, replay.again, send)
            return
        except LostError:
            if scope["method"] == "GET":  # nothing was to be changed, so it may be asked again
                await self.app(scope, replay.again, send)
                return
            scope["route"] = lane.route
            lost = UnavailableError("The database connection was lost. Try again.")
            await app_problem(Request(scope), lost)(scope, replay.again, send)
            return
        scope["route"] = lane.route
        await answer.send(send)

    def _asked(self, scope: Scope, replay: Replay) -> LaneRequest:
        state, headers = scope["app"].state, headers_of(scope)
        return LaneRequest(
            claims=claims_of(headers, state.tokens),
            headers=headers,
            query_string=scope["query_string"],
            body=replay.body,
            state=state,
            people=self._people,
        )


def _addressed(lanes: Iterator[Lane]) -> Iterator[tuple[str, str, Lane]]:
    for lane in lanes:
        for method in lane.route.methods or ():
            yield method, lane.route.path, lane


def lanes() -> Iterator[Lane]:
    """Lists and new entries of every tracker, the list of findings, the dashboard, the summary of a
    day's food."""
    routes = {
        (method, route.path): route
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    for tracker, model in ENTRY_MODELS.items():
        listing, creating = (routes[method, f"/api/{tracker}"] for method in ("GET", "POST"))
        filters = dict(filters_of(listing))
        statements = hot_statements(model, tuple(filters))
        yield Listing(route=listing, name=tracker, filters=filters, page=statements.page)
        yield Creating(
            route=creating, tracker=tracker, taken=taken_by(creating), statements=statements
        )
    yield Listing(
        route=routes["GET", "/api/anomalies"],
        name="anomalies",
        filters={name: values for name, (_, values) in FINDING_FILTERS.items()},
        page=findings_page([column for column, _ in FINDING_FILTERS.values()]),
    )
    yield DashboardLane(route=routes["GET", "/api/dashboard"])
    yield DaySummary(route=routes["GET", "/api/nutrition/daily-summary"], statement=SUMMARY)
