"""Findings worded by a language model, where one is configured and the person has agreed.

The template's sentence stands in the finding from the start; this only ever replaces it by one
whose every figure was checked against the evidence.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import Database
from app.errors import AppError, UnauthorizedError
from app.ml.explanations import Ledger, explain, ledger_of
from app.models import Anomaly, ChronicMetrics
from app.services.authentication import person_of
from app.services.episode_keeping import regroup, take_turn
from app.services.finding_rows import finding_of
from app.services.model_budget import ModelBudget
from app.services.people import Person

logger = logging.getLogger("vitaliq.wording")

MOST_AT_ONCE = 20


class Rewrite(Protocol):
    @property
    def text(self) -> str | None: ...
    @property
    def sent(self) -> bool: ...


class Rewriter(Protocol):
    """What words a ledger; it never raises for anything that the server behind it does."""

    @property
    def model(self) -> str: ...
    async def rewrite(self, ledger: Ledger, *, notes: Sequence[str] = ()) -> Rewrite: ...
    async def aclose(self) -> None: ...


class WordingService:
    """Works after the request that asked for it, in transactions of its own; none is open while
    the model thinks."""

    def __init__(
        self, database: Database, rewriter: Rewriter, budget: ModelBudget, catalogue: Catalogue
    ) -> None:
        self._database = database
        self._rewriter = rewriter
        self._budget = budget
        self._catalogue = catalogue

    async def reword(self, user_id: UUID, anomaly_ids: Iterable[UUID]) -> None:
        """Word these findings, as long as the person's consent stands and the budget lasts."""
        for anomaly_id in list(anomaly_ids)[:MOST_AT_ONCE]:
            prepared = await self._prepare(user_id, anomaly_id)
            if prepared is None:
                continue
            if not await self._budget.take(user_id):
                logger.info("the budget for wordings of the model is used up")
                return
            ledger, notes = prepared
            answer = await self._rewriter.rewrite(ledger, notes=notes)
            if not answer.sent:
                await self._budget.give_back(user_id)
            if answer.text is None:  # the reason may quote a figure, which no log may hold
                logger.info("a wording of the model was not used")
            else:
                await self._keep(user_id, anomaly_id, ledger, answer.text)

    async def _prepare(
        self, user_id: UUID, anomaly_id: UUID
    ) -> tuple[Ledger, Sequence[str]] | None:
        """What may be sent, read just before it is: consent can have been withdrawn."""
        try:
            async with self._database.session(user_id) as session:
                person = await person_of(session, user_id)
                row = await session.get(Anomaly, (user_id, anomaly_id))
                if row is None or row.explained_by is not None or not person.ai_consent:
                    return None
                notes = await _notes(session, person, row) if person.ai_notes_allowed else ()
                return ledger_of(finding_of(row), self._catalogue), notes
        except AppError:
            return None

    async def _keep(self, user_id: UUID, anomaly_id: UUID, ledger: Ledger, wording: str) -> None:
        """Keep the wording, which episodes tell too, unless the finding has changed meanwhile."""
        async with self._database.session(user_id) as session:
            try:
                person = await person_of(session, user_id)
            except UnauthorizedError:
                return
            await take_turn(session, person)
            row = await session.get(Anomaly, (user_id, anomaly_id), with_for_update=True)
            if row is not None and row.explanation == explain(ledger):
                row.explanation = wording
                row.explained_by = self._rewriter.model
                await session.flush()
                await regroup(session, person, row.date, self._catalogue)


async def _notes(session: AsyncSession, person: Person, row: Anomaly) -> Sequence[str]:
    symptoms = await session.scalars(
        select(ChronicMetrics.symptoms).where(
            ChronicMetrics.user_id == person.id,
            ChronicMetrics.date == row.date,
            ChronicMetrics.symptoms.is_not(None),
        )
    )
    return [told for told in symptoms if told]
