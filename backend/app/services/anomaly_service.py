"""One person's findings: listed, ranked, answered."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
    Text,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.database import prepared
from app.errors import NotFoundError
from app.services import audit
from app.services.episode_keeping import regroup, take_turn
from app.services.finding_context import FINDINGS, SHOWN, as_sql, with_context
from app.services.paging import KeysetPages, Window, json_object
from app.services.people import Person
from app.utils.enums import AuditKind, Feedback, Severity
from app.utils.security import Tokens

_RANK: ColumnElement[int] = literal_column(
    "array_position(ARRAY['high', 'medium', 'low'], severity::text)"
)
_IN_FORCE = (Feedback.NOT_UNUSUAL, Feedback.HAD_REASON)
"""The answers that change what detection says."""
_ANSWER = ("id", "date", "metric_name", "metric_value", "direction", "feedback")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyFilters:
    severity: Severity | None = None
    metric: str | None = None
    acknowledged: bool | None = None


class AnomalyService:
    """One person's findings."""

    def __init__(
        self, session: AsyncSession, person: Person, catalogue: Catalogue, tokens: Tokens
    ) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue
        self._tokens = tokens

    async def page(
        self,
        window: Window,
        filters: AnomalyFilters,
        *,
        source: FromClause = FINDINGS,
        scope: str = "anomalies",
    ) -> str:
        """The page as JSON, newest first, each with what was logged and tagged that day; of the
        kept findings, or of another source of the same columns under its own scope."""
        findings = with_context(self._person.id, source)
        pages = KeysetPages(
            self._session,
            findings,
            SHOWN,
            tokens=self._tokens,
            scope=f"{self._person.id}/{scope}",
        )
        return await pages.page(_chosen(findings, filters), window)

    async def get(self, anomaly_id: UUID) -> str:
        """Raises NotFoundError for an id that is not this person's."""
        findings = with_context(self._person.id)
        statement = select(cast(json_object(findings, SHOWN), Text)).where(
            findings.c.id == anomaly_id
        )
        found = (await self._session.execute(statement)).scalar_one_or_none()
        if found is None:
            raise NotFoundError("There is no such finding among yours.")
        return found

    async def ranked(self, first: dt.date, last: dt.date, *, limit: int = 50) -> str:
        """The span's findings as a JSON list, the gravest first, open ones before seen ones."""
        asked = [self._person.id, first, last, limit]
        ((items,),) = await prepared(self._session, _ranked(), asked)
        return str(items)

    async def gravest(
        self, first: dt.date, last: dt.date, *, limit: int
    ) -> Sequence[tuple[Severity, str]]:
        """The explanations of the span's gravest findings."""
        rows = await self._session.execute(
            select(FINDINGS.c.severity, FINDINGS.c.explanation)
            .where(FINDINGS.c.user_id == self._person.id, FINDINGS.c.date.between(first, last))
            .order_by(_RANK, FINDINGS.c.anomaly_score.desc())
            .limit(limit)
        )
        return [(row.severity, row.explanation) for row in rows]

    async def answers(self, window: Window) -> str:
        """The answers that are in force, as a page of JSON, by the day of the finding."""
        pages = KeysetPages(
            self._session,
            FINDINGS,
            _ANSWER,
            tokens=self._tokens,
            scope=f"{self._person.id}/feedback",
        )
        own = FINDINGS.c.user_id == self._person.id
        return await pages.page([own, FINDINGS.c.feedback.in_(_IN_FORCE)], window)

    async def acknowledge(self, anomaly_id: UUID, *, seen: bool) -> str:
        """Mark as seen, which no other answer is replaced by, or take any answer back. Raises
        NotFoundError."""
        kept = func.coalesce(FINDINGS.c.feedback, Feedback.SEEN)
        return await self._answer(anomaly_id, kept if seen else None)

    async def answer(self, anomaly_id: UUID, feedback: Feedback | None) -> str:
        """Keep what the person says to the finding; None takes it back. Raises NotFoundError."""
        return await self._answer(anomaly_id, feedback)

    async def _answer(
        self, anomaly_id: UUID, feedback: Feedback | ColumnElement[str] | None
    ) -> str:
        await take_turn(self._session, self._person)
        changed = await self._session.execute(
            update(FINDINGS)
            .where(FINDINGS.c.user_id == self._person.id, FINDINGS.c.id == anomaly_id)
            .values(_acknowledged(feedback))
            .returning(FINDINGS.c.feedback, FINDINGS.c.date)
        )
        row = changed.one_or_none()
        if row is None:
            raise NotFoundError("There is no such finding among yours.")
        await regroup(self._session, self._person, row.date, self._catalogue)
        told = {"anomaly": str(anomaly_id), "feedback": row.feedback}
        await audit.record(self._session, self._person.id, AuditKind.FEEDBACK_CHANGED, detail=told)
        return await self.get(anomaly_id)


@cache
def _ranked() -> bytes:
    """$1 whose, $2 and $3 the first and the last day, $4 how many."""
    findings = with_context(literal_column("$1"))
    rows = (
        select(findings)
        .where(findings.c.date.between(literal_column("$2"), literal_column("$3")))
        .order_by(findings.c.is_acknowledged, _RANK, findings.c.anomaly_score.desc())
        .limit(literal_column("$4"))
        .subquery()
    )
    items = func.coalesce(func.json_agg(json_object(rows, SHOWN)), literal_column("'[]'::json"))
    return as_sql(select(cast(items, Text))).encode()


def _acknowledged(feedback: Feedback | ColumnElement[str] | None) -> Mapping[str, object]:
    """Whoever answers has seen it."""
    if feedback is None:
        return {"feedback": None, "is_acknowledged": False, "acknowledged_at": None}
    when = func.coalesce(FINDINGS.c.acknowledged_at, func.now())
    return {"feedback": feedback, "is_acknowledged": True, "acknowledged_at": when}


def _chosen(findings: Subquery, filters: AnomalyFilters) -> list[ColumnElement[bool]]:
    wanted = {
        "severity": filters.severity,
        "metric_name": filters.metric,
        "is_acknowledged": filters.acknowledged,
    }
    return [findings.c[name] == value for name, value in wanted.items() if value is not None]
