"""One passage through a file that a person brings: to show what is in it, or to store it."""

import datetime as dt
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import Database
from app.importers.protocol import Logged
from app.models import ENTRY_MODELS, Batch
from app.services import audit
from app.services.bulk_load import load
from app.services.detection import detect_span
from app.services.entries import table_of
from app.services.file_reading import FileReading, Part, ahead, options_of
from app.services.held_keeping import HeldKeeping
from app.services.import_preview import preview_of
from app.services.import_state import settle
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
        return preview_of(self._reading, counted, entries, known)

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
        derived = await derive_from_readings(session, person, batch_id, self._staging.reach)
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
