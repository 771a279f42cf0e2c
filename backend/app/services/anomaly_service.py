"""One person's findings: listed, ranked, acknowledged."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Subquery,
    Table,
    Text,
    cast,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFoundError
from app.models import Anomaly, ChronicMetrics
from app.services.paging import KeysetPages, Window, json_object
from app.services.people import Person
from app.utils.enums import Severity
from app.utils.security import Tokens

_TABLE: Table = Anomaly.__table__  # type: ignore[assignment]  # a mapped class has a Table
_PRIVATE = frozenset({"user_id", "created_at"})
_RANK: ColumnElement[int] = literal_column(
    "array_position(ARRAY['high', 'medium', 'low'], severity::text)"
)
_SHOWN = (*(column.name for column in _TABLE.c if column.name not in _PRIVATE), "logged")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyFilters:
    severity: Severity | None = None
    metric: str | None = None
    acknowledged: bool | None = None


class AnomalyService:
    """One person's findings."""

    def __init__(self, session: AsyncSession, person: Person, tokens: Tokens) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens

    async def page(self, window: Window, filters: AnomalyFilters) -> str:
        """The page as JSON, newest first, each with what was logged that day."""
        findings = _with_context(self._person)
        pages = KeysetPages(
            self._session,
            findings,
            _SHOWN,
            tokens=self._tokens,
            scope=f"{self._person.id}/anomalies",
        )
        return await pages.page(_chosen(findings, filters), window)

    async def get(self, anomaly_id: UUID) -> str:
        """Raises NotFoundError for an id that is not this person's."""
        findings = _with_context(self._person)
        statement = select(cast(json_object(findings, _SHOWN), Text)).where(
            findings.c.id == anomaly_id
        )
        found = (await self._session.execute(statement)).scalar_one_or_none()
        if found is None:
            raise NotFoundError("There is no such finding among yours.")
        return found

    async def ranked(self, first: dt.date, last: dt.date, *, limit: int = 50) -> str:
        """The span's findings as a JSON list, the gravest first, open ones before seen ones."""
        findings = _with_context(self._person)
        rows = (
            select(findings)
            .where(findings.c.date.between(first, last))
            .order_by(findings.c.is_acknowledged, _RANK, findings.c.anomaly_score.desc())
            .limit(limit)
            .subquery()
        )
        items = func.coalesce(
            func.json_agg(json_object(rows, _SHOWN)), literal_column("'[]'::json")
        )
        return str(await self._session.scalar(select(cast(items, Text))))

    async def gravest(
        self, first: dt.date, last: dt.date, *, limit: int
    ) -> Sequence[tuple[Severity, str]]:
        """The explanations of the span's gravest findings."""
        rows = await self._session.execute(
            select(_TABLE.c.severity, _TABLE.c.explanation)
            .where(_TABLE.c.user_id == self._person.id, _TABLE.c.date.between(first, last))
            .order_by(_RANK, _TABLE.c.anomaly_score.desc())
            .limit(limit)
        )
        return [(row.severity, row.explanation) for row in rows]

    async def acknowledge(self, anomaly_id: UUID, *, seen: bool) -> str:
        """Mark as seen, or take that back. Raises NotFoundError."""
        changed = await self._session.execute(
            update(_TABLE)
            .where(_TABLE.c.user_id == self._person.id, _TABLE.c.id == anomaly_id)
            .values(is_acknowledged=seen, acknowledged_at=func.now() if seen else None)
            .returning(_TABLE.c.id)
        )
        if changed.one_or_none() is None:
            raise NotFoundError("There is no such finding among yours.")
        return await self.get(anomaly_id)


def _with_context(person: Person) -> Subquery:
    """Findings, each with the medication and symptoms logged that day."""
    entry = ChronicMetrics
    logged = (
        select(
            func.json_agg(
                func.json_build_object(
                    "id",
                    entry.id,
                    "time_of_day",
                    entry.time_of_day,
                    "medication_taken",
                    entry.medication_taken,
                    "symptoms",
                    entry.symptoms,
                )
            )
        )
        .where(
            entry.user_id == person.id,
            entry.date == _TABLE.c.date,
            or_(entry.medication_taken.is_not(None), entry.symptoms.is_not(None)),
        )
        .scalar_subquery()
    )
    return (
        select(_TABLE, func.coalesce(logged, literal_column("'[]'::json")).label("logged"))
        .where(_TABLE.c.user_id == person.id)
        .subquery("findings")
    )


def _chosen(findings: Subquery, filters: AnomalyFilters) -> list[ColumnElement[bool]]:
    wanted = {
        "severity": filters.severity,
        "metric_name": filters.metric,
        "is_acknowledged": filters.acknowledged,
    }
    return [findings.c[name] == value for name, value in wanted.items() if value is not None]
