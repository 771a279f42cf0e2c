"""What is worked out from a person's days: summaries and the dashboard."""

from dataclasses import dataclass

from fastapi.routing import APIRoute

from app.lanes.asking import Answer, Asked
from app.lanes.plain_requests import chosen_of, day_of, query_of
from app.prepared import Prepared
from app.services.hot_statements import as_values


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """A day's figures, today's where none is named. `statement`: $1 whose, $2 which day."""

    route: APIRoute
    statement: Prepared

    async def answer(self, asked: Asked) -> Answer:
        query = query_of(asked.query_string)
        day = day_of(query, "date") or (await asked.person()).today()
        chosen_of(query, {})
        values = as_values((asked.claims.user_id, day))
        ((((summary,),)),) = await asked.rows((self.statement, values))
        return Answer(200, summary or b"")
