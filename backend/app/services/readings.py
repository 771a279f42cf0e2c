"""A person's readings: in pages, as the days that they come to, and how they are taken back."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Aggregation
from app.errors import InvalidInputError
from app.importers.kinds import KINDS
from app.ml.merging import shares, unshadowed
from app.services.paging import page_scope
from app.services.people import Person
from app.services.reading_points import Point, midnight, points_of
from app.services.source_order import ranks_of
from app.utils.security import Tokens
from app.utils.time import local_day

SUMS = frozenset(
    {
        "steps",
        "distance",
        "active_energy",
        "basal_energy",
        "exercise_minutes",
        "carbs",
        "insulin",
        *(kind for kind, row in KINDS.items() if row.is_interval),
    }
)
"""Kinds of which a day has a total; of others it has a mean."""
_SAME_SECONDS = 60.0
_SERIES = text(
    "SELECT id, source, unit FROM reading_series WHERE user_id = :owner AND kind = :kind"
    " ORDER BY id"
)
_PAGE = text(
    """
    SELECT series, at, until, value, original, censor, identity FROM readings
    WHERE user_id = :owner AND series = ANY(:series) AND at >= :start AND at < :stop
        AND (at, series, identity) < (:at, :number, :identity)
    ORDER BY at DESC, series DESC, identity DESC LIMIT :limit
    """
)
_FURTHEST = dt.datetime(2101, 1, 1, tzinfo=dt.UTC)
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days of one kind, both ends included; None is open."""

    kind: str
    first: dt.date | None
    last: dt.date | None


class ReadingService:
    """One person's readings."""

    def __init__(self, session: AsyncSession, person: Person, tokens: Tokens) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens

    async def page(self, stretch: Stretch, *, limit: int, cursor: str | None) -> str:
        """A page in columns as JSON, newest first. Raises InvalidInputError for a bad cursor."""
        scope = page_scope(self._person.id, f"readings/{stretch.kind}")
        at, number, identity = self._place(scope, cursor)
        given = {"owner": self._person.id, "kind": stretch.kind}
        series = (await self._session.execute(_SERIES, given)).all()
        rows = (
            await self._session.execute(
                _PAGE,
                {
                    "owner": self._person.id,
                    "series": [row.id for row in series],
                    "start": midnight(stretch.first or _FIRST_DAY, self._person),
                    "stop": midnight(_after(stretch.last or _LAST_DAY), self._person),
                    "at": at,
                    "number": number,
                    "identity": identity,
                    "limit": limit + 1,
                },
            )
        ).all()
        follow = None
        if len(rows) > limit:
            last = rows[limit - 1]
            follow = self._tokens.seal(scope, [last.at.isoformat(), last.series, last.identity])
        return _as_columns(stretch.kind, series, rows[:limit], follow)

    async def days(self, stretch: Stretch) -> dict[str, Any]:
        """What each day comes to, each second counted once."""
        counted = await self._counted(stretch)
        days = sorted(counted)
        told = [_told(stretch.kind, counted[day]) for day in days]
        return {
            "kind": stretch.kind,
            "unit": KINDS[stretch.kind].unit,
            "aggregation": _aggregation(stretch.kind),
            "days": days,
            "values": [one["value"] for one in told],
            "low": [one["low"] for one in told],
            "high": [one["high"] for one in told],
            "counted": [one["counted"] for one in told],
            "suppressed": [one["suppressed"] for one in told],
        }

    async def day(self, kind: str, day: dt.date) -> dict[str, Any]:
        """The readings that made a day's value, and those that were suppressed, each with the part
        of it that counts."""
        counted = await self._counted(Stretch(kind=kind, first=day, last=day))
        weighed = counted.get(day, [])
        return {
            "kind": kind,
            "unit": KINDS[kind].unit,
            "aggregation": _aggregation(kind),
            "day": day,
            **_told(kind, weighed),
            "readings": [
                {
                    "at": point.at,
                    "until": point.until,
                    "value": point.value,
                    "source": point.source,
                    "part": round(part, 4),
                    "censor": {-1: "<", 1: ">"}.get(point.censor),
                }
                for point, part in weighed
            ],
        }

    async def _counted(self, stretch: Stretch) -> Mapping[dt.date, list[tuple[Point, float]]]:
        person = self._person
        first, last = stretch.first or person.today(), stretch.last or person.today()
        # What began the evening before may belong to the first day.
        start = midnight(first - dt.timedelta(1), person)
        points = await points_of(
            self._session, person, [stretch.kind], start, midnight(_after(last), person)
        )
        ranks = await ranks_of(self._session, person)
        days: dict[dt.date, list[tuple[Point, float]]] = defaultdict(list)
        for point, part in _weighed(stretch.kind, points, ranks):
            day = local_day(point.end if KINDS[stretch.kind].is_interval else point.at, person.zone)
            if first <= day <= last:
                days[day].append((point, part))
        return days

    def _place(self, scope: str, cursor: str | None) -> tuple[dt.datetime, int, int]:
        if cursor is None:
            return _FURTHEST, 0, 0
        match self._tokens.unseal(scope, cursor):
            case [str(at), int(number), int(identity)]:
                return dt.datetime.fromisoformat(at), number, identity
        raise InvalidInputError.at(("query", "cursor"), "not a cursor of this list")


def _weighed(
    kind: str, points: Sequence[Point], ranks: Mapping[str, int]
) -> Iterator[tuple[Point, float]]:
    """Each with the part of it that counts."""
    starts = np.array([point.at.timestamp() for point in points], dtype=np.float64)
    ends = np.array([point.end.timestamp() for point in points], dtype=np.float64)
    order = np.array([ranks.get(p.source, len(ranks)) for p in points], dtype=np.int64)
    if kind in SUMS:
        parts = shares(starts, ends, order)
    else:
        parts = unshadowed(starts, order, _SAME_SECONDS).astype(np.float64)
    return zip(points, parts.tolist(), strict=True)


def _told(kind: str, weighed: Sequence[tuple[Point, float]]) -> dict[str, Any]:
    # `Low` and `High` count at the device's limit.
    used = [(point.value, part) for point, part in weighed if part > 0]
    values = [value for value, _ in used]
    total = sum(value * part for value, part in used)
    mean = total / len(used) if used and kind not in SUMS else total
    return {
        "value": round(mean, 4) if used else None,
        "low": min(values, default=None),
        "high": max(values, default=None),
        "counted": len(used),
        "suppressed": sum(part < 1 for _, part in weighed),
    }


def _aggregation(kind: str) -> str:
    return Aggregation.SUM if kind in SUMS else Aggregation.MEAN


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(1)


def _as_columns(kind: str, series: Sequence[Any], rows: Sequence[Any], follow: str | None) -> str:
    places = {row.id: n for n, row in enumerate(series)}
    told = {
        "kind": kind,
        "unit": KINDS[kind].unit,
        "series": [{"source": row.source, "unit": row.unit} for row in series],
        "of": [places[row.series] for row in rows],
        "at": [_milliseconds(row.at) for row in rows],
        "until": [None if row.until is None else _milliseconds(row.until) for row in rows],
        "value": [row.value for row in rows],
        "original": [row.original for row in rows],
        "censor": [row.censor or 0 for row in rows],
        "next": follow,
    }
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def _milliseconds(instant: dt.datetime) -> int:
    return round(instant.timestamp() * 1_000)


_TAKE_BACK = text(
    "DELETE FROM readings WHERE user_id = :owner AND batch_id = ANY(:batches) RETURNING 1"
)


async def take_back(session: AsyncSession, person: Person, *batch_ids: UUID) -> int:
    """Remove the readings of batches; how many there were."""
    gone = await session.execute(_TAKE_BACK, {"owner": person.id, "batches": list(batch_ids)})
    return len(gone.all())
