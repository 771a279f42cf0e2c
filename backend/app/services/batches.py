"""Entries written together: invented or imported, and removed in one call."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.errors import NotFoundError
from app.models import ENTRY_MODELS, Anomaly, Batch
from app.schemas.base import EARLIEST_DAY
from app.services import audit
from app.services.derivations import Columns, derive
from app.services.entries import EntryService
from app.services.episode_keeping import regroup, take_turn
from app.services.held_readings import held_groups
from app.services.people import Person
from app.services.quota import EntryQuota
from app.services.reading_derivation import derive_days, touched_days
from app.services.readings import take_back
from app.utils.enums import AuditKind, BatchKind
from app.utils.identifiers import uuid7
from app.utils.mock_data import InjectedAnomaly, invent_person
from app.utils.security import Tokens
from app.utils.time import now

# A batch may hold millions of readings.
_UNHURRIED = text("SET LOCAL statement_timeout = '10min'")


class BatchService:
    """One person's batches."""

    def __init__(
        self, session: AsyncSession, person: Person, tokens: Tokens, quota: EntryQuota
    ) -> None:
        self._session = session
        self._quota = quota
        self._person = person
        self._tokens = tokens

    async def all(self) -> Sequence[Row[tuple[UUID, BatchKind, str, dt.datetime, dict[str, Any]]]]:
        """Newest first."""
        statement = (
            select(Batch.id, Batch.kind, Batch.label, Batch.created_at, Batch.details)
            .where(Batch.user_id == self._person.id)
            .order_by(Batch.id.desc())
        )
        return (await self._session.execute(statement)).all()

    async def invent(
        self, *, days: int, seed: int, anomalies: bool, conditions: Sequence[str]
    ) -> Batch:
        """An invented person's days, up to today, as one batch that keeps the truth.

        What would happen later today is left out.
        """
        invented = invent_person(
            seed=seed,
            days=days,
            end=self._person.today(),
            zone=self._person.zone,
            anomalies=anomalies,
            conditions=tuple(conditions),
        )
        present = now()
        entries = {
            tracker: [row for row in rows if _has_happened(row, present)]
            for tracker, rows in invented.entries.items()
        }
        batch = Batch(
            id=uuid7(),
            user_id=self._person.id,
            kind=BatchKind.INVENTED,
            label=f"{days} invented days, seed {seed}",
            details={
                "seed": seed,
                "days": days,
                "entries": {key: len(rows) for key, rows in entries.items()},
                "truth": [_truth(injected) for injected in invented.truth],
            },
        )
        self._session.add(batch)
        await self._session.flush()
        await self.fill(batch, entries)
        return batch

    async def fill(
        self, batch: Batch, entries: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> None:
        """Store entries of any trackers as part of the batch. Raises QuotaError."""
        await self._quota.require_room()
        for tracker, rows in entries.items():
            service = EntryService(
                self._session, self._person, ENTRY_MODELS[tracker], self._tokens, self._quota
            )
            await service.store([self._complete(tracker, row, batch) for row in rows])

    async def remove(self, batch_id: UUID) -> None:
        """The batch, its readings and entries, and the findings that rest on them. Raises
        NotFoundError."""
        await self._session.execute(_UNHURRIED)
        await take_turn(self._session, self._person)
        # Held readings that were answered for bear their group's id.
        sources = [batch_id, *await held_groups(self._session, self._person, batch_id)]
        touched = await touched_days(self._session, self._person, *sources)
        for model in ENTRY_MODELS.values():
            written = select(model.id).where(
                model.user_id == self._person.id, model.batch_id == batch_id
            )
            await self._session.execute(
                delete(Anomaly).where(
                    Anomaly.user_id == self._person.id, Anomaly.source_id.in_(written)
                )
            )
        await regroup(self._session, self._person, EARLIEST_DAY, CATALOGUE)
        gone = await self._session.execute(
            delete(Batch)
            .where(Batch.user_id == self._person.id, Batch.id == batch_id)
            .returning(Batch.id)
        )
        if gone.one_or_none() is None:
            raise NotFoundError("There is no such batch among yours.")
        await take_back(self._session, self._person, *sources)
        # What other batches say of the same days stands again.
        await derive_days(self._session, self._person, touched, batch_id=None)
        named = {"batch": str(batch_id)}
        await audit.record(self._session, self._person.id, AuditKind.BATCH_REMOVED, detail=named)

    def _complete(self, tracker: str, row: Mapping[str, object], batch: Batch) -> Columns:
        return derive(tracker, row, self._person) | {"id": uuid7(), "batch_id": batch.id}


def _has_happened(row: Mapping[str, object], present: dt.datetime) -> bool:
    instant = row.get("wake_time") or row.get("occurred_at")
    return not isinstance(instant, dt.datetime) or instant <= present


def _truth(injected: InjectedAnomaly) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in asdict(injected).items()
    }
