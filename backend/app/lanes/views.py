"""What is worked out from a person's days: summaries and the dashboard."""

from dataclasses import dataclass

from fastapi.routing import APIRoute

from app.lanes.asking import Answer, LaneRequest
from app.lanes.plain_requests import chosen_of, day_of, query_of
from app.prepared import Prepared
from app.services.dashboard_service import SURROUNDINGS, dashboard, first_of
from app.services.day_pages import days_as_text, days_of_text
from app.services.hot_statements import as_values


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardLane:
    """A day or a week at a glance."""

    route: APIRoute

    async def answer(self, asked: LaneRequest) -> Answer:
        query = query_of(asked.query_string)
        today = (await asked.person()).today()
        day = day_of(query, "date") or today
        (period,) = chosen_of(query, {"period": frozenset(("daily", "weekly"))})
        first, catalogue, user_id = first_of(day), asked.state.catalogue, asked.claims.user_id
        statement, given = days_as_text(user_id, first, day, catalogue)
        rows, ((around,),) = await asked.rows(
            (statement, as_values(given)), (SURROUNDINGS, as_values((user_id, day)))
        )
        values = days_of_text(rows, first, day, catalogue)
        told = dashboard(
            "weekly" if period == "weekly" else "daily",
            values,
            around or b"",
            today=today,
            catalogue=catalogue,
        )
        return Answer(200, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """A day's figures, today's where none is named. `statement`: $1 whose, $2 which day."""

    route: APIRoute
    statement: Prepared

    async def answer(self, asked: LaneRequest) -> Answer:
        query = query_of(asked.query_string)
        day = day_of(query, "date") or (await asked.person()).today()
        chosen_of(query, {})
        values = as_values((asked.claims.user_id, day))
        ((((summary,),)),) = await asked.rows((self.statement, values))
        return Answer(200, summary or b"")
