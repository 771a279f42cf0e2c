"""Readings that are held back, and what their owner answers about them after an import."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError, NotFoundError
from app.importers.kinds import KINDS
from app.importers.units import Linear, alternatives, conversion
from app.models import Batch
from app.schemas.held_reading import HeldReadingsOut
from app.services.held_keeping import GROUPS
from app.services.people import Person
from app.services.reading_derivation import Days, derive_days, touched_days
from app.services.reading_sheets import ACCEPT, LEAVE, Strand
from app.services.reading_staging import series_of
from app.services.readings import take_back
from app.services.work import Task, ask_for_import

MOST_LISTED = 500
MOST_EXAMPLES = 5
# Millions may be answered for in one word.
_UNHURRIED = text("SET LOCAL statement_timeout = '10min'")
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_STORE = text(
    """
    INSERT INTO readings (user_id, series, at, identity, until, value, original, censor, batch_id)
    SELECT :owner, :series, at, identity, until, value * :factor + :offset,
        nullif(value, value * :factor + :offset), censor, :group
    FROM held_readings WHERE user_id = :owner AND group_id = :group
        AND value * :factor + :offset BETWEEN :low AND :high
    ON CONFLICT DO NOTHING
    """
)
_EXAMPLES = text(
    """
    SELECT group_id, at, value FROM unnest(CAST(:groups AS uuid[])) AS asked (id),
    LATERAL (
        SELECT group_id, at, value FROM held_readings
        WHERE user_id = :owner AND group_id = asked.id ORDER BY at, identity LIMIT :most
    ) AS example
    """
)


class HeldService:
    """One person's held readings."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def all(self) -> list[HeldReadingsOut]:
        """Newest first, those that wait before those that are answered for."""
        rows = await self._session.execute(
            self._shown().order_by(GROUPS.c.answer.is_not(None), GROUPS.c.id.desc())
        )
        return await self._told(rows.all())

    async def answer(self, held_id: UUID, answer: str) -> HeldReadingsOut:
        """Store them as they stand or in another unit, or leave them out; what was answered before
        is taken back. Raises NotFoundError, and InvalidInputError for an answer that they cannot
        be."""
        row = await self._turn(held_id)
        way = _way(row, answer)
        before = await self._take_back(row)
        stored = 0 if way is None else await self._store(row, answer, way)
        after = await touched_days(self._session, self._person, held_id)
        await self._settle(row, answer=answer, stored=stored, answered_at=func.now())
        await self._follow(row, _together(before, after))
        return await self._get(held_id)

    async def ask_again(self, held_id: UUID) -> HeldReadingsOut:
        """Take the answer back: its readings are gone, and they wait as before."""
        row = await self._turn(held_id)
        days = await self._take_back(row)
        await self._settle(row, answer=None, stored=0, answered_at=None)
        await self._follow(row, days)
        return await self._get(held_id)

    async def _turn(self, held_id: UUID) -> Row[Any]:
        await self._session.execute(_UNHURRIED)
        await self._session.execute(_TURN, {"name": f"readings {self._person.id}"})
        return await self._row(held_id)

    async def _take_back(self, row: Row[Any]) -> Days:
        """The days that had readings of an earlier answer."""
        days = await touched_days(self._session, self._person, row.id)
        await take_back(self._session, self._person, row.id)
        return days

    async def _store(self, row: Row[Any], answer: str, way: Linear) -> int:
        accept, band = answer == ACCEPT, KINDS[row.kind].plausible
        strand = Strand(row.kind, row.source, row.unit if accept else answer)
        stored = await self._session.execute(
            _STORE,
            {
                "owner": self._person.id,
                "group": row.id,
                "series": await series_of(self._session, self._person.id, strand),
                "factor": way.factor,
                "offset": way.offset,
                "low": float("-inf") if accept else band.low,
                "high": float("inf") if accept else band.high,
            },
        )
        return int(stored.rowcount)  # type: ignore[attr-defined]  # of an INSERT there is one

    async def _follow(self, row: Row[Any], days: Days) -> None:
        """What rests on the readings; detection may take longer than anyone waits."""
        await derive_days(self._session, self._person, days, batch_id=row.batch_id)
        if dates := {day for some in days.values() for day in some}:
            await ask_for_import(
                self._session,
                self._person,
                Task.DETECT_DAYS,
                first=min(dates).isoformat(),
                last=max(dates).isoformat(),
            )

    async def _settle(self, row: Row[Any], **columns: object) -> None:
        mine = (GROUPS.c.user_id == self._person.id) & (GROUPS.c.id == row.id)
        await self._session.execute(update(GROUPS).where(mine).values(**columns))

    async def _get(self, held_id: UUID) -> HeldReadingsOut:
        (told,) = await self._told([await self._row(held_id)])
        return told

    async def _row(self, held_id: UUID) -> Row[Any]:
        found = await self._session.execute(self._shown().where(GROUPS.c.id == held_id))
        row: Row[Any] | None = found.one_or_none()
        if row is None:
            raise NotFoundError("There are no such held readings among yours.")
        return row

    def _shown(self) -> Select[Any]:
        batch = (Batch.user_id == self._person.id) & (Batch.id == GROUPS.c.batch_id)
        return (
            select(*GROUPS.c, Batch.label.label("file"))
            .join(Batch, batch)
            .where(GROUPS.c.user_id == self._person.id)
            .limit(MOST_LISTED)
        )

    async def _told(self, rows: Sequence[Row[Any]]) -> list[HeldReadingsOut]:
        found = await self._session.execute(
            _EXAMPLES,
            {
                "owner": self._person.id,
                "groups": [row.id for row in rows],
                "most": MOST_EXAMPLES,
            },
        )
        examples: dict[UUID, list[dict[str, object]]] = {}
        for group_id, at, value in found:
            examples.setdefault(group_id, []).append({"at": at, "value": value})
        return [
            HeldReadingsOut.model_validate(
                dict(row._mapping)
                | {
                    "stored_unit": KINDS[row.kind].unit,
                    "low": KINDS[row.kind].plausible.low,
                    "high": KINDS[row.kind].plausible.high,
                    "units": list(alternatives(row.kind, row.unit)),
                    "examples": examples.get(row.id, []),
                }
            )
            for row in rows
        ]


def _way(row: Row[Any], answer: str) -> Linear | None:
    """How the values are read, None where they are left out."""
    if answer == LEAVE:
        return None
    way = conversion(row.kind, row.unit if answer == ACCEPT else answer)
    if way is None:
        reason = f"answer {LEAVE}, or a unit of UCUM in which this is measured"
        raise InvalidInputError.at(("body", "answer"), reason)
    return way


def _together(one: Days, other: Days) -> Days:
    return {key: one.get(key, frozenset()) | other.get(key, frozenset()) for key in {*one, *other}}


async def held_groups(session: AsyncSession, person: Person, batch_id: UUID) -> Sequence[UUID]:
    """The groups that came with a batch."""
    mine = (GROUPS.c.user_id == person.id) & (GROUPS.c.batch_id == batch_id)
    return (await session.scalars(select(GROUPS.c.id).where(mine))).all()
