"""Findings as rows and back."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue
from app.ml.explanations import Ledger, clauses_of, explain, ledger_of
from app.ml.types import Contribution, Finding
from app.models import Anomaly
from app.services.finding_sources import Sources, sources_of, table_name
from app.services.judgement import Judgement
from app.services.people import Person
from app.services.surroundings import Moved, also_moved
from app.utils.enums import Direction
from app.utils.identifiers import named


async def rows_of(
    session: AsyncSession, person: Person, judged: Judgement, catalogue: Catalogue
) -> list[dict[str, object]]:
    """The columns of all findings, worded by the template, with the entries behind each figure."""
    moved = also_moved(judged.values, judged.findings, catalogue)
    stories = list(zip(judged.findings, moved, strict=True))
    baselines = {
        (finding.day, metric): baseline
        for finding, others in stories
        for metric, baseline in _baselines(finding, others)
    }
    sources = await sources_of(session, person, baselines, catalogue)
    return [
        _row(finding, others, sources, owner=person.id, catalogue=catalogue)
        for finding, others in stories
    ]


def _baselines(finding: Finding, moved: Sequence[Moved]) -> Iterator[tuple[str, float | None]]:
    """The metrics that the finding speaks of, its own last."""
    yield from ((other.metric, (other.usual_low + other.usual_high) / 2) for other in moved)
    yield from ((part.metric, part.baseline) for part in finding.contributions)
    yield finding.metric, finding.baseline


def _row(
    finding: Finding,
    moved: Sequence[Moved],
    sources: Sources,
    *,
    owner: UUID,
    catalogue: Catalogue,
) -> dict[str, object]:
    behind = sources.get((finding.day, finding.metric), ())
    ledger = ledger_of(finding, catalogue)
    told = {"to_be_usual": _edge(ledger), "clauses": _clauses(finding, ledger)}
    return {
        "id": named(owner, finding.day, finding.metric),
        "user_id": owner,
        "date": finding.day,
        "source_table": table_name(catalogue[finding.metric], catalogue),
        "source_id": behind[0].id if behind else None,
        "metric_name": finding.metric,
        "metric_value": _plain(finding.value),
        "baseline_value": _plain(finding.baseline),
        "detector_type": finding.detector,
        "severity": finding.severity,
        "anomaly_score": finding.score,
        "explanation": explain(ledger),
        "usual_low": _plain(finding.usual_low),
        "usual_high": _plain(finding.usual_high),
        "direction": finding.direction,
        "p_value": finding.p_value,
        "is_unusual": finding.unusual,
        "clinical": finding.clinical,
        "detector_version": finding.version,
        "evidence": _evidence(finding, moved, sources) | told,
    }


def _plain(value: float | None) -> float | None:
    """Without the noise of binary arithmetic: 1.8 and not 1.7999999999999972."""
    return None if value is None else round(value, 6)


def _evidence(finding: Finding, moved: Sequence[Moved], sources: Sources) -> dict[str, object]:
    metrics = dict.fromkeys(metric for metric, _ in reversed(list(_baselines(finding, moved))))
    return {
        "contributions": [
            {"metric": part.metric, "share": part.share} | _figures(part)
            for part in finding.contributions
        ],
        "also_moved": [
            asdict(other)
            | {name: _plain(getattr(other, name)) for name in ("value", "usual_low", "usual_high")}
            for other in moved
        ],
        "sources": [
            {"metric": metric, "table": row.table, "id": str(row.id), "value": row.value}
            for metric in metrics
            for row in sources.get((finding.day, metric), ())
        ],
        "history_days": finding.history_days,
        "history_from": finding.history_from and finding.history_from.isoformat(),
    }


def _clauses(finding: Finding, ledger: Ledger) -> list[dict[str, object]]:
    """What the explanation says, each with the figures of the evidence, not rounded."""
    parts = {part.metric: part for part in finding.contributions}
    return [
        {
            "kind": clause.kind,
            "metric": clause.fact.metric,
            "direction": clause.side,
            "is_at_edge": clause.is_at_edge,
            "guideline": clause.guideline,
            "history_days": clause.fact.history_days or None,
        }
        | _figures(finding if clause.fact is ledger.facts[0] else parts[clause.fact.metric])
        for clause in clauses_of(ledger)
    ]


def _figures(of: Finding | Contribution) -> dict[str, object]:
    return {
        "value": _plain(of.value),
        "usual_low": _plain(of.usual_low),
        "usual_high": _plain(of.usual_high),
        "baseline": _plain(of.baseline),
    }


def _edge(ledger: Ledger) -> dict[str, object] | None:
    """The near edge of the usual range, where the value lies outside of it."""
    fact = ledger.facts[0]
    edges = {Direction.ABOVE: fact.usual_high, Direction.BELOW: fact.usual_low}
    edge = None if fact.direction is None else edges[fact.direction]
    if edge is None:
        return None
    most = "at most" if fact.direction is Direction.ABOVE else "at least"
    return {
        "value": edge,
        "change": _plain(edge - fact.value),
        "text": f"Usual for you would have been {most} {fact.figure(edge)}.",
    }


def finding_of(row: Anomaly) -> Finding:
    """The finding that the row keeps."""
    started = row.evidence["history_from"]
    return Finding(
        day=row.date,
        metric=row.metric_name,
        value=row.metric_value,
        baseline=row.baseline_value,
        usual_low=row.usual_low,
        usual_high=row.usual_high,
        direction=row.direction,
        detector=row.detector_type,
        score=row.anomaly_score,
        p_value=row.p_value,
        severity=row.severity,
        unusual=row.is_unusual,
        clinical=row.clinical,
        contributions=tuple(Contribution(**part) for part in row.evidence["contributions"]),
        history_days=row.evidence["history_days"],
        history_from=started and date.fromisoformat(started),
        version=row.detector_version,
    )
