"""Detection for one person: test days against the days before them, keep what is strange."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncSession

from app import meters
from app.catalog import Catalogue
from app.database import prepared, prepared_together
from app.ml.types import Finding
from app.services.data_state import DataState
from app.services.episode_keeping import regroup, turn_asked
from app.services.finding_context import plain
from app.services.finding_rows import rows_of
from app.services.judgement import Judgement, JudgementService
from app.services.people import Person

_DETECTED_AT_ONCE = 400
_KEPT = b"""
    select date, metric_name, id, is_acknowledged from anomalies
    where user_id = $1 and date between $2 and $3
    """
_WITHDRAW = b"""
    delete from anomalies where user_id = $1 and id = any($2) and not is_acknowledged returning id
    """
# What a new run may change of a finding; the rest (its id, whether it was seen) stays.
_FROM_DETECTION = (
    "source_table",
    "source_id",
    "metric_value",
    "baseline_value",
    "detector_type",
    "severity",
    "anomaly_score",
    "usual_low",
    "usual_high",
    "direction",
    "p_value",
    "is_unusual",
    "clinical",
    "detector_version",
    "evidence",
)


_KEPT_ROW = ("id", "user_id", "date", "metric_name", "explanation", *_FROM_DETECTION)
# What was there before, the statement does not see change. (The system columns that would tell new
# rows from others cannot be read where the table is in parts.)
_KEEP = f"""
    with known as (
        select id from anomalies where user_id = $1 and date between $3 and $4
    )
    insert into anomalies ({", ".join(_KEPT_ROW)})
    select {", ".join(_KEPT_ROW)} from jsonb_populate_recordset(null::anomalies, $2)
    on conflict (user_id, date, metric_name) do update set
        {", ".join(f"{name} = excluded.{name}" for name in _FROM_DETECTION)},
        explanation = excluded.explanation, explained_by = null
    where {" or ".join(f"anomalies.{n} is distinct from excluded.{n}" for n in _FROM_DETECTION)}
    returning id, id not in (select id from known)
    """.encode()  # noqa: S608  (names of columns; values are parameters)
_Key = tuple[dt.date, str]


class _Kept(NamedTuple):
    """What matters of a finding that is kept."""

    id: UUID
    is_acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a run did. `withdrawn` findings no longer hold, because entries have changed."""

    first: dt.date
    last: dt.date
    state: DataState
    found: int
    new: int
    updated: int
    withdrawn: int
    new_ids: tuple[UUID, ...]


class DetectionService:
    """Runs detection for one person."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue

    @meters.detection
    async def detect(self, first: dt.date, last: dt.date) -> Detection:
        """Test each day against the days before it and keep what is strange.

        Running it again changes nothing unless entries have changed. Runs of one person queue.
        """
        kept = await self._taken(first, last)
        judging = JudgementService(self._session, self._person, self._catalogue)
        judged = await judging.judge(first, last, renew=True)
        new, changed = await self._keep(judged, kept.keys())
        withdrawn = await self._withdraw(judged.findings, kept)
        if new or changed or withdrawn or not judged.before.is_settled:
            await regroup(self._session, self._person, first, self._catalogue)
        return Detection(
            first=first,
            last=last,
            state=judged.state,
            found=len(judged.findings),
            new=len(new),
            updated=changed,
            withdrawn=withdrawn,
            new_ids=tuple(new),
        )

    async def _taken(self, first: dt.date, last: dt.date) -> Mapping[_Key, _Kept]:
        """The findings of those days that are kept so far, which nobody else changes from here."""
        days = (_KEPT, [self._person.id, first, last])
        _, rows = await prepared_together(self._session, turn_asked(self._person), days)
        return {(day, metric): _Kept(*kept) for day, metric, *kept in rows}

    async def _keep(self, judged: Judgement, kept: Collection[_Key]) -> tuple[list[UUID], int]:
        """Insert or update, but for those that stand as they are; the ids of the new ones and how
        many others changed."""
        unsettled = judged.unsettled
        lost = [f for f in judged.findings if (f.day, f.metric) not in kept]
        findings = tuple(dict.fromkeys((*unsettled, *lost)))
        if not findings:
            return [], 0
        judged = replace(judged, findings=findings)
        rows = await rows_of(self._session, self._person, judged, self._catalogue)
        days = [finding.day for finding in findings]
        given = [self._person.id, Jsonb([plain(row) for row in rows]), min(days), max(days)]
        done = await prepared(self._session, _KEEP, given)
        return [row_id for row_id, is_new in done if is_new], sum(not new for _, new in done)

    async def _withdraw(self, findings: Sequence[Finding], kept: Mapping[_Key, _Kept]) -> int:
        """Remove findings that no longer hold, unless the person has seen them."""
        held = {(f.day, f.metric) for f in findings}
        gone = [one.id for key, one in kept.items() if key not in held and not one.is_acknowledged]
        if not gone:
            return 0
        return len(await prepared(self._session, _WITHDRAW, [self._person.id, gone]))


def detection_json(detection: Detection, findings: str) -> str:
    """The answer to a run: its figures and the findings, which are JSON already."""
    told = {"first": detection.first, "last": detection.last} | detection.state.as_json()
    counts = ("found", "new", "updated", "withdrawn")
    told |= {name: getattr(detection, name) for name in counts}
    head = json.dumps(told, default=dt.date.isoformat)
    return f'{head[:-1]},"findings":{findings}}}'


async def detect_span(
    session: AsyncSession, person: Person, catalogue: Catalogue, first: dt.date, last: dt.date
) -> int:
    """Test all days up to today, in pieces of the size that one run takes; how much was found."""
    service = DetectionService(session, person, catalogue)
    end = min(last, person.today())
    found = 0
    for start in range(first.toordinal(), end.toordinal() + 1, _DETECTED_AT_ONCE):
        until = min(end.toordinal(), start + _DETECTED_AT_ONCE - 1)
        run = await service.detect(first.fromordinal(start), first.fromordinal(until))
        found += run.found
    return found
