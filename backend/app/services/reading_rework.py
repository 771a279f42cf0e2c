"""What a worker does when readings come to something else than before: entries and findings that
rest on them follow."""

import datetime as dt
from uuid import UUID

from sqlalchemy import text

from app.catalog import Catalogue
from app.database import Database
from app.services.authentication import person_of
from app.services.detection import detect_span
from app.services.reading_derivation import derive_days, disputed_days

# Nobody waits for an answer.
_UNHURRIED = text("SET LOCAL statement_timeout = '1h'")
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class ReadingRework:
    """Each call is one transaction, worked off in pieces: all of it or nothing, whenever a worker
    is killed."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def rework(self, user_id: UUID) -> None:
        """Bring all entries in step that the order of sources may change. One that is changed
        meanwhile asks for the work anew."""
        async with self._database.session(user_id) as session:
            await session.execute(_UNHURRIED)
            await session.execute(_TURN, {"name": f"readings {user_id}"})
            person = await person_of(session, user_id)
            days = await disputed_days(session, person)
            changed = (await derive_days(session, person, days, batch_id=None)).days
            if changed:
                ends = min(changed), max(changed)
                await detect_span(session, person, self._catalogue, *ends)

    async def detect(self, user_id: UUID, first: dt.date, last: dt.date) -> None:
        """Look for findings on these days."""
        async with self._database.session(user_id) as session:
            await session.execute(_UNHURRIED)
            person = await person_of(session, user_id)
            await detect_span(session, person, self._catalogue, first, last)
