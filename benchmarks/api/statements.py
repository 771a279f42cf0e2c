"""The SQL that VitalIQ sends for a request, as a script for pgbench: recorded, not retyped."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import psycopg
from httpx import ASGITransport, AsyncClient
from psycopg import AsyncRawCursor, sql
from sqlalchemy import event

from app import database
from app.config import Settings
from app.database import Database
from app.main import create_app
from app.prepared import Call, Row

STARTED, ENDED = "\\startpipeline", "\\endpipeline"
"""What pgbench calls statements that are sent together."""
_PARAMETER = re.compile(r"\$(\d+)")
_NEW_ID = re.compile(r"'[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}'")


class Recorder(Database):
    """Notes each statement with its values written into it, and where a transaction begins."""

    def __init__(self, url: str, secret: str) -> None:
        super().__init__(url, pool_size=2, statement_timeout=10)
        self.secret = secret
        self.sent: list[str] = []
        self._quoting = psycopg.connect(url)
        engine = self.engine.sync_engine
        event.listen(engine, "begin", lambda _: self.sent.append("BEGIN"))
        event.listen(engine, "commit", lambda _: self.sent.append("COMMIT"))
        event.listen(engine, "before_cursor_execute", self._note)
        vars(database)["AsyncRawCursor"] = self._noting_cursors()

    async def fetch_together(self, *calls: Call) -> list[list[Row]]:
        is_more = len(calls) > 1
        self.sent += [STARTED] * is_more
        for statement, values in calls:
            given = [None if value is None else value.decode() for value in values]
            self._note_numbered(statement.sql, given)
        self.sent += [ENDED] * is_more
        return await super().fetch_together(*calls)

    async def close(self) -> None:
        vars(database)["AsyncRawCursor"] = AsyncRawCursor
        self._quoting.close()
        await super().close()

    def _note(self, _c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        self.sent.append(psycopg.ClientCursor(self._quoting).mogrify(statement.encode(), given))

    def _noting_cursors(self) -> type[AsyncRawCursor[Any]]:
        """What goes past SQLAlchemy (`app.database.prepared_together`) is noted, too."""
        note = self._note_numbered

        class Noting(AsyncRawCursor[Any]):
            async def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
                note(query.decode(), params)
                return await super().execute(query, params, **how)

        return Noting

    def _note_numbered(self, statement: str, given: Sequence[object]) -> None:
        self.sent.append(_PARAMETER.sub(lambda n: self._quoted(given[int(n[1]) - 1]), statement))

    def _quoted(self, value: object) -> str:
        return sql.Literal(value).as_string(self._quoting)


async def _record(recorder: Recorder, method: str, path: str, **request: Any) -> Sequence[str]:
    app = create_app(Settings(_env_file=None), recorder, secret=recorder.secret)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://here") as client:
        for _ in range(2):  # the second finds what is remembered
            recorder.sent.clear()
            answer = await client.request(method, path, **request)
            answer.raise_for_status()
    await recorder.close()
    return recorder.sent


def script_of(url: str, secret: str, method: str, path: str, **request: Any) -> str:
    """What a second request of this kind sends, so that pgbench can repeat it."""

    async def recorded() -> Sequence[str]:
        return await _record(Recorder(url, secret), method, path, **request)

    statements = asyncio.run(recorded())
    return "".join(
        f"{statement}\n" if statement in (STARTED, ENDED) else f"{repeatable(statement)};\n"
        for statement in statements
    )


def repeatable(statement: str) -> str:
    """An entry's new identifier is made anew each time; it is the only one that is inserted."""
    head, inserts, rest = statement.partition("insert into ")
    return head + inserts + _NEW_ID.sub("uuidv7()", rest, count=1)
