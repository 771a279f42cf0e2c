"""What a worker does with a file that a person brings: read it, and store it on their word."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import Database
from app.errors import AppError, InvalidInputError, UnavailableError
from app.importers.protocol import UnreadableFileError
from app.services.authentication import person_of
from app.services.file_imports import IMPORTS, PARTS
from app.services.import_passage import Passage
from app.services.import_state import settle, state_of
from app.services.import_templates import ImportTemplateService, Recalled
from app.services.people import Person
from app.services.work import GIVEN_UP
from app.utils.enums import ImportStatus

# Only the file sets how long this takes; the limits of the API are for people who wait.
_UNHURRIED = (
    text("SET LOCAL statement_timeout = '1h'"),
    text("SET LOCAL lock_timeout = '1h'"),
    text("SET LOCAL idle_in_transaction_session_timeout = '1h'"),
    text("SET LOCAL work_mem = '64MB'"),
)
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_HELD = text(
    """
    SELECT count(*) FROM (
        SELECT FROM readings WHERE user_id = :owner
        UNION ALL SELECT FROM held_readings WHERE user_id = :owner LIMIT :most
    ) AS held
    """
)


def _unwatched(_: float) -> None:
    """Nobody follows."""


class ImportWork:
    """Reads and stores. Everything that a commit stores, and that it is stored, commit together; so
    one that a killed worker had begun is either done or as if it had never been begun."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        *,
        most_readings: int = 50_000_000,
        on_progress: Callable[[float], None] = _unwatched,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._most_readings = most_readings
        self._on_progress = on_progress

    async def read(self, user_id: UUID, import_id: UUID, content: IO[bytes] | None = None) -> None:
        """Look at the file, which was sent unless it is at hand. Nothing happens unless it waits
        for that."""
        await self._do(user_id, import_id, ImportStatus.READING, content)

    async def commit(
        self, user_id: UUID, import_id: UUID, content: IO[bytes] | None = None
    ) -> None:
        """Store what the preview showed. Nothing happens unless it waits for that."""
        await self._do(user_id, import_id, ImportStatus.COMMITTING, content)

    async def give_up_reading(self, user_id: UUID, import_id: UUID) -> None:
        await self._give_up(user_id, import_id, ImportStatus.READING)

    async def give_up_commit(self, user_id: UUID, import_id: UUID) -> None:
        await self._give_up(user_id, import_id, ImportStatus.COMMITTING)

    async def _give_up(self, user_id: UUID, import_id: UUID, status: ImportStatus) -> None:
        """Tell that it cannot be done, unless it is done."""
        row = await self._find(user_id, import_id, status)
        if row is not None:
            await self._fail(row, GIVEN_UP)

    async def expire(self, user_id: UUID, import_id: UUID) -> None:
        """Forget a file that nobody came back for, and one that was not stored."""
        async with self._database.session(user_id) as session:
            mine = (IMPORTS.c.user_id == user_id) & (IMPORTS.c.id == import_id)
            stored = (ImportStatus.COMMITTING, ImportStatus.COMMITTED)
            await session.execute(delete(IMPORTS).where(mine, IMPORTS.c.status.not_in(stored)))

    async def _do(
        self, user_id: UUID, import_id: UUID, status: ImportStatus, content: IO[bytes] | None
    ) -> None:
        row = await self._find(user_id, import_id, status)
        if row is None:
            return
        try:
            async with nullcontext(content) if content else self._file(row) as file:
                await self._carry_out(row, file)
        except UnreadableFileError as error:
            await self._fail(row, str(error))
        except UnavailableError:
            raise
        except AppError as error:
            await self._fail(row, error.detail)

    async def _carry_out(self, row: Row[Any], content: IO[bytes]) -> None:
        async with self._database.session(row.user_id) as session:
            for statement in _UNHURRIED:
                await session.execute(statement)
            if row.status == ImportStatus.COMMITTING:
                # One at a time for each person; who waited may find it done.
                await session.execute(_TURN, {"name": f"readings {row.user_id}"})
                if await state_of(session, row) != row.status:
                    return
            person = await person_of(session, row.user_id)
            templates = ImportTemplateService(session, person)
            recalled = Recalled(row.options)
            if row.status == ImportStatus.READING:
                recalled = await templates.recall(content, row.options)
            passage = Passage(
                self._database, session, person, row, content, recalled.options, self._on_progress
            )
            if row.status == ImportStatus.READING:
                preview = await passage.look() | {"template": recalled.template}
                found = {"preview": preview, "options": recalled.options}
                await settle(session, row, status=ImportStatus.READY, **found)
                return
            result, batch_id = await passage.store(self._catalogue)
            if passage.is_of_any_table:
                await templates.keep(row.name, content, row.options)
            if batch_id is not None:
                await self._require_room(session, person)
            await session.execute(
                delete(PARTS).where(PARTS.c.user_id == person.id, PARTS.c.import_id == row.id)
            )
            done = {"result": result, "batch_id": batch_id, "finished_at": func.now()}
            await settle(session, row, status=ImportStatus.COMMITTED, **done)

    async def _require_room(self, session: AsyncSession, person: Person) -> None:
        most = self._most_readings
        held = await session.scalar(_HELD, {"owner": person.id, "most": most + 1})
        if held is not None and held > most:
            raise InvalidInputError(
                f"With this file you would hold more than {most} readings, the most that this "
                "server keeps for one person (READINGS_PER_USER).",
                code="most-readings",
            )

    async def _find(self, user_id: UUID, import_id: UUID, status: ImportStatus) -> Row[Any] | None:
        async with self._database.session(user_id) as session:
            found = await session.execute(
                select(IMPORTS).where(
                    IMPORTS.c.user_id == user_id,
                    IMPORTS.c.id == import_id,
                    IMPORTS.c.status == status,
                )
            )
            return found.one_or_none()

    @asynccontextmanager
    async def _file(self, row: Row[Any]) -> AsyncIterator[IO[bytes]]:
        """The whole file, in a temporary one that has no name and so is gone with the process."""
        with TemporaryFile() as content:
            received = 0
            while received < row.bytes:
                async with self._database.session(row.user_id) as session:
                    part: bytes | None = await session.scalar(
                        select(PARTS.c.content).where(
                            PARTS.c.user_id == row.user_id,
                            PARTS.c.import_id == row.id,
                            PARTS.c.start == received,
                        )
                    )
                if not part:  # cancelled meanwhile
                    raise UnreadableFileError("The file is gone: send it again.")
                await asyncio.to_thread(content.write, part)
                received += len(part)
            content.seek(0)
            yield content

    async def _fail(self, row: Row[Any], problem: str) -> None:
        async with self._database.session(row.user_id) as session:
            await session.execute(
                delete(PARTS).where(PARTS.c.user_id == row.user_id, PARTS.c.import_id == row.id)
            )
            ended = {"problem": problem, "finished_at": func.now()}
            await settle(session, row, status=ImportStatus.FAILED, **ended)
