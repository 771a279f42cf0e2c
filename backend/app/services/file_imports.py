"""Files that a person brings: taken in parts, read by a worker, shown, and stored on their word."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.errors import ConflictError, InvalidInputError, NotFoundError, QuotaError
from app.importers.generic_csv import ROLES
from app.importers.kinds import KINDS
from app.importers.unit_names import ucum
from app.importers.units import is_known
from app.models import FileImport, ImportPart
from app.schemas.file_import import CommitIn, ImportIn, ImportOptions, ImportOut
from app.services.people import Person
from app.services.reading_sheets import ACCEPT, LEAVE
from app.services.work import Task, ask_for_import
from app.utils.enums import ImportStatus
from app.utils.identifiers import uuid7
from app.utils.time import now

IMPORTS: Table = FileImport.__table__  # type: ignore[assignment]  # a mapped class has a Table
PARTS: Table = ImportPart.__table__  # type: ignore[assignment]  # a mapped class has a Table
MOST_OPEN = 10
MOST_LISTED = 100
KEPT_FOR = dt.timedelta(days=7)
"""How long a file waits for its other parts, or for the word to store it."""
OPEN = (
    ImportStatus.RECEIVING,
    ImportStatus.READING,
    ImportStatus.READY,
    ImportStatus.COMMITTING,
)
_SHOWN = [IMPORTS.c[name] for name in ImportOut.model_fields]
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class FileImportService:
    """One person's imports."""

    def __init__(self, session: AsyncSession, person: Person, settings: Settings) -> None:
        self._session = session
        self._person = person
        self._settings = settings

    async def begin(self, wanted: ImportIn) -> ImportOut:
        """Raises ConflictError while too many are open, QuotaError for too many bytes."""
        _check(wanted.options, ("body", "options"))
        await self._session.execute(_LOCK, {"name": f"imports {self._person.id}"})
        held = await self._session.execute(
            select(func.count(), func.coalesce(func.sum(IMPORTS.c.bytes), 0)).where(
                IMPORTS.c.user_id == self._person.id, IMPORTS.c.status.in_(list(OPEN))
            )
        )
        count, size = held.one()
        if count >= MOST_OPEN:
            raise ConflictError(
                f"{count} imports of yours are open: commit or cancel one first.",
                code="imports-open",
            )
        if size + wanted.bytes > self._settings.import_bytes:
            raise QuotaError(
                f"Files of at most {self._settings.import_bytes} bytes are taken at a time.",
                code="imports-too-large",
            )
        columns = {
            "user_id": self._person.id,
            "id": uuid7(),
            "name": wanted.name,
            "bytes": wanted.bytes,
            "options": wanted.options.model_dump(mode="json", exclude_none=True),
        }
        made = await self._session.execute(insert(IMPORTS).values(columns).returning(*_SHOWN))
        brought = ImportOut.model_validate(made.one())
        await ask_for_import(
            self._session,
            self._person,
            Task.EXPIRE_IMPORT,
            run_at=now() + KEPT_FOR,
            import_id=str(brought.id),
        )
        return brought

    async def all(self) -> list[ImportOut]:
        """Newest first."""
        found = await self._session.execute(
            select(*_SHOWN)
            .where(IMPORTS.c.user_id == self._person.id)
            .order_by(IMPORTS.c.id.desc())
            .limit(MOST_LISTED)
        )
        return [ImportOut.model_validate(row) for row in found]

    async def get(self, import_id: UUID) -> ImportOut:
        """Raises NotFoundError for an id that is not this person's."""
        return ImportOut.model_validate(await self._row(import_id))

    async def take_part(self, import_id: UUID, start: int, content: bytes) -> ImportOut:
        """Keep the bytes from `start` on; with the last of them a worker is asked to read.

        The same part again changes nothing. Raises ConflictError where it does not follow what has
        been received, which it names.
        """
        row = await self._row(import_id, lock=True)
        if start + len(content) <= row.received:
            return ImportOut.model_validate(row)
        if row.status != ImportStatus.RECEIVING:
            raise ConflictError("This file has arrived already.", code="file-arrived")
        if start != row.received:
            raise ConflictError(
                f"{row.received} bytes have arrived: go on from there.", code="part-out-of-step"
            )
        if row.received + len(content) > row.bytes:
            reason = "goes beyond the size that was announced"
            raise InvalidInputError.at(("body",), reason, code="beyond-size")
        part = {"user_id": self._person.id, "import_id": import_id}
        await self._session.execute(
            insert(PARTS).values(part | {"start": start, "content": content})
        )
        received = row.received + len(content)
        if received < row.bytes:
            return await self._set(import_id, received=received)
        await self._ask(Task.READ_IMPORT, import_id)
        return await self._set(import_id, received=received, status=ImportStatus.READING)

    async def read_again(self, import_id: UUID, options: ImportOptions) -> ImportOut:
        """With other options. Raises ConflictError unless it has been read."""
        _check(options, ("body",))
        await self._require(import_id, ImportStatus.READY)
        await self._ask(Task.READ_IMPORT, import_id)
        return await self._set(
            import_id,
            options=options.model_dump(mode="json", exclude_none=True),
            status=ImportStatus.READING,
            progress=0,
            preview=None,
        )

    async def commit(self, import_id: UUID, wanted: CommitIn) -> ImportOut:
        """Raises ConflictError unless it has been read, InvalidInputError for a strange answer."""
        for answer in wanted.answers.values():
            if answer not in (ACCEPT, LEAVE) and not is_known(answer):
                reason = f"answer {ACCEPT}, {LEAVE} or a unit of UCUM"
                raise InvalidInputError.at(("body", "answers"), reason)
        row = await self._require(import_id, ImportStatus.READY)
        await self._ask(Task.COMMIT_IMPORT, import_id)
        return await self._set(
            import_id,
            options=row.options | {"answers": wanted.answers},
            status=ImportStatus.COMMITTING,
            progress=0,
        )

    async def cancel(self, import_id: UUID) -> None:
        """Forget the file. Raises ConflictError once it is being stored."""
        row = await self._row(import_id, lock=True)
        if row.status in (ImportStatus.COMMITTING, ImportStatus.COMMITTED):
            raise ConflictError(
                "This is stored, or just being stored: remove its batch instead.",
                code="import-stored",
            )
        await self._session.execute(
            delete(PARTS).where(PARTS.c.user_id == self._person.id, PARTS.c.import_id == import_id)
        )
        if row.status in OPEN:
            await self._set(import_id, status=ImportStatus.CANCELLED, finished_at=func.now())

    async def _require(self, import_id: UUID, status: ImportStatus) -> Any:
        row = await self._row(import_id, lock=True)
        if row.status != status:
            raise ConflictError(
                f"This import is {row.status}; it must be {status}.", code="import-elsewhere"
            )
        return row

    async def _row(self, import_id: UUID, *, lock: bool = False) -> Any:
        statement = select(*_SHOWN).where(
            IMPORTS.c.user_id == self._person.id, IMPORTS.c.id == import_id
        )
        found = await self._session.execute(statement.with_for_update() if lock else statement)
        if (row := found.one_or_none()) is None:
            raise NotFoundError("There is no such import among yours.")
        return row

    async def _set(self, import_id: UUID, **columns: object) -> ImportOut:
        changed = await self._session.execute(
            update(IMPORTS)
            .where(IMPORTS.c.user_id == self._person.id, IMPORTS.c.id == import_id)
            .values(**columns)
            .returning(*_SHOWN)
        )
        return ImportOut.model_validate(changed.one())

    async def _ask(self, task: Task, import_id: UUID) -> None:
        await ask_for_import(self._session, self._person, task, import_id=str(import_id))


def _check(options: ImportOptions, place: tuple[str, ...]) -> None:
    """Raises InvalidInputError for what no reader understands."""
    for role in (options.mapping or {}).values():
        if role not in KINDS and role not in ROLES:
            reason = f"map a column to a kind of readings, or to one of {', '.join(ROLES)}"
            raise InvalidInputError.at((*place, "mapping"), reason)
    for unit in (options.units or {}).values():
        if not is_known(unit) and ucum(unit) is None:
            raise InvalidInputError.at((*place, "units"), "not a unit that is known")
