"""Findings as rows and back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from app.catalog import Catalogue
from app.ml.explanations import explain, ledger_of
from app.ml.types import Contribution, Finding
from app.models import Anomaly
from app.services.finding_sources import Source, table_name
from app.utils.identifiers import uuid7


def row_of(
    finding: Finding, sources: Sequence[Source], *, user_id: UUID, catalogue: Catalogue
) -> dict[str, object]:
    """The finding's columns, worded by the template."""
    return {
        "id": uuid7(),
        "user_id": user_id,
        "date": finding.day,
        "source_table": table_name(catalogue[finding.metric], catalogue),
        "source_id": sources[0].id if sources else None,
        "metric_name": finding.metric,
        "metric_value": _plain(finding.value),
        "baseline_value": _plain(finding.baseline),
        "detector_type": finding.detector,
        "severity": finding.severity,
        "anomaly_score": finding.score,
        "explanation": explain(ledger_of(finding, catalogue)),
        "usual_low": _plain(finding.usual_low),
        "usual_high": _plain(finding.usual_high),
        "direction": finding.direction,
        "p_value": finding.p_value,
        "is_unusual": finding.unusual,
        "clinical": finding.clinical,
        "detector_version": finding.version,
        "evidence": _evidence(finding, sources),
    }


def _plain(value: float | None) -> float | None:
    """Without the noise of binary arithmetic: 1.8 and not 1.7999999999999972."""
    return None if value is None else round(value, 6)


def _evidence(finding: Finding, sources: Sequence[Source]) -> dict[str, object]:
    return {
        "contributions": [
            asdict(part) | {"value": _plain(part.value), "baseline": _plain(part.baseline)}
            for part in finding.contributions
        ],
        "sources": [{"table": row.table, "id": str(row.id), "value": row.value} for row in sources],
        "history_days": finding.history_days,
        "history_from": finding.history_from and finding.history_from.isoformat(),
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
