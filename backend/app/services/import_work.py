"""What a worker does with a file that a person brings: read it, and store it on their word."""

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import Database
from app.errors import AppError, InvalidInputError, UnavailableError
from app.importers.kinds import KINDS
from app.importers.protocol import Logged, UnreadableFileError
from app.importers.units import conversion
from app.models import ENTRY_MODELS, Batch
from app.services import audit
from app.services.authentication import person_of
from app.services.bulk_load import load
from app.services.detection import detect_span
from app.services.entries import table_of
from app.services.file_imports import IMPORTS, PARTS
from app.services.file_reading import FileReading, Part, ahead, options_of
from app.services.held_keeping import HeldKeeping
from app.services.import_templates import ImportTemplateService, Recalled
from app.services.logged_entries import Row as EntryRow
from app.services.logged_entries import entry_of
from app.services.people import Person
from app.services.reading_derivation import derive_from_readings
from app.services.reading_sheets import Gathering, Sheet, Withheld
from app.services.reading_staging import Staging
from app.utils.enums import AuditKind, BatchKind, ImportStatus
from app.utils.identifiers import uuid7
from app.utils.time import now

TOLD_EVERY_SECONDS = 1.0
_TOMORROW = dt.timedelta(days=1)
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
                if await _state(session, row) != row.status:
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
                "server keeps for one person (READINGS_PER_USER)."
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


class Passage:
    """One passage through a file, in the transaction of the session."""

    def __init__(
        self,
        database: Database,
        session: AsyncSession,
        person: Person,
        row: Row[Any],
        content: IO[bytes],
        options: Mapping[str, Any],
        on_progress: Callable[[float], None],
    ) -> None:
        self._database = database
        self._on_progress = on_progress
        self._session = session
        self._person = person
        self._row = row
        answers = options.get("answers", {}) if row.status == ImportStatus.COMMITTING else {}
        suspects = [h["group"] for h in (row.preview or {}).get("held", ()) if h["whole"]]
        self._gathering = Gathering(
            latest=(now() + _TOMORROW).timestamp(),
            keeps_held=row.status == ImportStatus.COMMITTING,
            answers=answers,
            suspects=frozenset(suspects),
        )
        said = {name: value for name, value in options.items() if name != "answers"}
        self._reading = FileReading(
            content=content,
            name=row.name,
            options=options_of(said, person),
            gathering=self._gathering,
        )
        self._content = content
        self._staging = Staging(session, person.id)
        self._told = time.monotonic()

    @property
    def is_of_any_table(self) -> bool:
        """Whether people's answers say what is in it, once that has been read."""
        return bool(getattr(self._reading.format, "is_general", False))

    async def look(self) -> dict[str, object]:
        """The preview."""
        await self._staging.open()
        entries: Counter[str] = Counter()
        known: Counter[str] = Counter()
        async for part in self._parts():
            if isinstance(part, Sheet):
                await self._staging.send_to_count(part)
                continue
            if isinstance(part, Withheld):
                continue
            for tracker, rows in self._entries(part).items():
                entries[tracker] += len(rows)
                known[tracker] += await _count_known(self._session, self._person, tracker, rows)
        counted = await self._staging.count()
        return self._preview(entries, known, [one._asdict() for one in counted])

    async def store(self, catalogue: Catalogue) -> tuple[dict[str, object], UUID | None]:
        """What was stored, and its batch."""
        session, person = self._session, self._person
        batch_id = uuid7()
        await session.execute(
            insert(Batch).values(
                user_id=person.id,
                id=batch_id,
                kind=BatchKind.IMPORTED,
                label=self._row.name,
                details={},
            )
        )
        await self._staging.open()
        readings, entries = 0, Counter[str]()
        keeping = HeldKeeping(session, person.id, batch_id)
        async for part in self._parts():
            if isinstance(part, Sheet):
                readings += await self._staging.send_to_store(part, batch_id)
                continue
            if isinstance(part, Withheld):
                await keeping.keep(part)
                continue
            for tracker, rows in self._entries(part).items():
                entries[tracker] += await self._load(tracker, rows, batch_id)
        readings += await self._staging.store(batch_id)
        waiting = await keeping.close(self._gathering.held)
        derived = await derive_from_readings(session, person, batch_id)
        span = await _span(session, person, batch_id, derived.days)
        found = 0
        if span is not None:
            found = await detect_span(session, person, catalogue, *span)
        held = sum(group.count for group in self._gathering.held.values())
        result: dict[str, object] = {
            "readings": readings,
            "already_there": sum(self._gathering.counts.values()) - held - readings,
            "entries": {tracker: n for tracker, n in entries.items() if n},
            "derived": derived.entries,
            "held": waiting,
            "left_out": held - waiting,
            "found": found,
        }
        is_new = bool(readings or waiting or entries.total())
        await self._close_batch(batch_id, result, is_new=is_new)
        return result, batch_id if is_new else None

    async def _close_batch(
        self, batch_id: UUID, result: Mapping[str, object], *, is_new: bool
    ) -> None:
        mine = (Batch.user_id == self._person.id) & (Batch.id == batch_id)
        if not is_new:
            await self._session.execute(delete(Batch).where(mine))
            return
        details = {name: result[name] for name in ("readings", "entries", "derived")}
        await self._session.execute(update(Batch).where(mine).values(details=details))
        await audit.record(
            self._session, self._person.id, AuditKind.IMPORTED, detail={"batch": str(batch_id)}
        )

    async def _parts(self) -> AsyncIterator[Part]:
        async for part in ahead(self._reading.parts):
            yield part
            if time.monotonic() - self._told >= TOLD_EVERY_SECONDS:
                self._told = time.monotonic()
                await self._tell(min(1.0, self._content.tell() / self._row.bytes))

    async def _tell(self, progress: float) -> None:
        """In a transaction of its own, so that others see it."""
        self._on_progress(progress)
        async with self._database.session(self._person.id) as session:
            await settle(session, self._row, progress=round(progress, 3))

    def _entries(self, logged: list[Logged]) -> dict[str, list[dict[str, object]]]:
        rows: dict[str, list[dict[str, object]]] = {}
        for one in logged:
            made = entry_of(one, self._person)
            if isinstance(made, EntryRow):
                rows.setdefault(made.tracker, []).append(made.columns)
            else:
                self._gathering.note(made)
        return rows

    async def _load(self, tracker: str, rows: list[dict[str, object]], batch_id: UUID) -> int:
        named = [{**row, "batch_id": batch_id} for row in rows]
        table = table_of(ENTRY_MODELS[tracker])
        return await load(self._session, table, named, self._person.id, once=True)

    def _preview(
        self, entries: Counter[str], known: Counter[str], readings: list[dict[str, Any]]
    ) -> dict[str, object]:
        reading, gathering = self._reading, self._gathering
        if reading.format is None:
            raise UnreadableFileError("The file holds nothing.")
        for one in readings:
            one["stored_unit"] = KINDS[one["kind"]].unit
            one["first"], one["last"] = one["first"].isoformat(), one["last"].isoformat()
        return {
            "format": {"key": reading.format.key, "title": reading.format.title},
            "zone": str(reading.options.zone),
            "first": min((one["first"] for one in readings), default=None),
            "last": max((one["last"] for one in readings), default=None),
            "readings": readings,
            "entries": [
                {"tracker": tracker, "entries": n, "already_there": known[tracker]}
                for tracker, n in sorted(entries.items())
            ],
            "held": _held(gathering),
            "problems": {
                "count": gathering.problem_count,
                "shown": [one._asdict() for one in gathering.problems],
            },
            "questions": [
                question._asdict() | {"choices": list(question.choices)}
                for question in reading.questions
            ],
        }


def _held(gathering: Gathering) -> list[dict[str, object]]:
    suspects = gathering.suspicious() | gathering.suspects
    return [
        {
            "group": strand.group,
            "kind": strand.kind,
            "source": strand.source,
            "unit": strand.unit,
            "stored_unit": KINDS[strand.kind].unit,
            "reason": held.reason,
            "count": gathering.counts[strand] if strand.group in suspects else held.count,
            "guess": held.guess,
            "whole": strand.group in suspects or conversion(strand.kind, strand.unit) is None,
            "low": KINDS[strand.kind].plausible.low,
            "high": KINDS[strand.kind].plausible.high,
            "examples": [
                {"at": dt.datetime.fromtimestamp(at, dt.UTC).isoformat(), "value": value}
                for at, value in held.examples
            ],
        }
        for strand, held in gathering.held.items()
    ]


async def settle(session: AsyncSession, row: Row[Any], **columns: object) -> None:
    """Note how far an import is, unless its owner has decided otherwise meanwhile."""
    await session.execute(
        update(IMPORTS)
        .where(
            IMPORTS.c.user_id == row.user_id,
            IMPORTS.c.id == row.id,
            IMPORTS.c.status == row.status,
        )
        .values(**columns)
    )


async def _state(session: AsyncSession, row: Row[Any]) -> str | None:
    state: str | None = await session.scalar(
        select(IMPORTS.c.status).where(IMPORTS.c.user_id == row.user_id, IMPORTS.c.id == row.id)
    )
    return state


async def _count_known(
    session: AsyncSession, person: Person, tracker: str, rows: list[dict[str, object]]
) -> int:
    table = table_of(ENTRY_MODELS[tracker])
    names = [row["external_id"] for row in rows]
    known = await session.scalar(
        select(func.count()).where(table.c.user_id == person.id, table.c.external_id.in_(names))
    )
    return int(known or 0)


async def _span(
    session: AsyncSession, person: Person, batch_id: UUID, days: frozenset[dt.date]
) -> tuple[dt.date, dt.date] | None:
    """The days that have new entries, from the first to the last."""
    dates = set(days)
    for model in ENTRY_MODELS.values():
        ends = await session.execute(
            select(func.min(model.date), func.max(model.date)).where(
                model.user_id == person.id, model.batch_id == batch_id
            )
        )
        dates.update(day for day in ends.one() if day is not None)
    return (min(dates), max(dates)) if dates else None
