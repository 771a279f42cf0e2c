"""What the readings of some days come to as entries of the trackers: pure, nothing is stored.

Decisions, each for a kind of readings:

- Vital signs that are taken many times a day (resting heart rate, variability, breathing, oxygen,
  temperature) become one entry a day with their mean. Of several sources that have the kind on that
  day the one that goes first counts. Of RMSSD and SDNN, which are not comparable, only the one that
  the person had first becomes `hrv_ms`.
- Each blood pressure, two readings of one source at one instant, is an entry.
- The body's last values of a day are an entry.
- Glucose, insulin and laboratory values are an entry each instant. A day with more than
  MOST_A_DAY glucose values, of a sensor, is told by MOST_A_DAY of them, which keep its lowest and
  highest and, by even ranks, its mean, spread and time in range; all of them stay readings. `Low`
  and `High` count at the device's limit, the least that is known of them: left out, a day with lows
  would look like one without. Their entry says so in its notes.
- A night is an entry: stages of one source with no more than NIGHT_GAP between them. Where nights
  of two sources overlap, the one that goes first counts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import quantity
from app.importers.kinds import KINDS
from app.ml.merging import representatives, sessions, union, unshadowed
from app.services.logged_entries import part_of_day
from app.services.people import Person
from app.services.reading_points import Point, means_of, points_of
from app.utils.enums import ConditionType, MeasurementContext, PartOfDay
from app.utils.time import local_day

MOST_A_DAY = 24
NIGHT_GAP = dt.timedelta(hours=2)
SHORTEST_SLEEP = dt.timedelta(minutes=15)
SAME_GLUCOSE = dt.timedelta(seconds=150)
SAME_MOMENT = dt.timedelta(seconds=60)
_VITALS = {
    "resting_heart_rate": "resting_heart_rate",
    "hrv_rmssd": "hrv_ms",
    "hrv_sdnn": "hrv_ms",
    "respiratory_rate": "respiratory_rate",
    "spo2": "spo2",
    "body_temperature": "body_temperature",
}
_BODY = {
    "weight": "weight_kg",
    "body_fat": "body_fat_pct",
    "muscle_mass": "muscle_mass_kg",
    "waist": "waist_cm",
}
_LIPIDS = ("cholesterol_total", "cholesterol_ldl", "cholesterol_hdl", "triglycerides")
_CHRONIC = {
    "glucose": "blood_glucose_mgdl",
    "insulin": "insulin_units",
    "hba1c": "hba1c_pct",
    **{kind: kind for kind in _LIPIDS},
}
_PRESSURES = ("blood_pressure_systolic", "blood_pressure_diastolic")
ASLEEP = ("sleep_asleep", "sleep_light", "sleep_deep", "sleep_rem")
_STAGED = ("sleep_light", "sleep_deep", "sleep_rem")
_NIGHT = (*ASLEEP, "sleep_awake", "sleep_in_bed")


class Derived(NamedTuple):
    """What an entry is made of; `name` knows it again, within its family."""

    day: dt.date
    name: str
    given: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Whose readings they are, whose word goes first, and what else decides."""

    person: Person
    ranks: Mapping[str, int]
    hrv: str | None
    has_diabetes: bool

    def rank(self, point: Point) -> int:
        return self.ranks.get(point.source, len(self.ranks))

    def day(self, point: Point) -> dt.date:
        return local_day(point.end, self.person.zone)


Read = Callable[
    [AsyncSession, Person, Sequence[str], dt.datetime, dt.datetime], Awaitable[list[Point]]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Kinds that become entries of one tracker together, of what `read` tells of their readings.
    `spread` is how many days after its own a reading may still change an entry."""

    key: str
    tracker: str
    kinds: tuple[str, ...]
    make: Callable[[Sequence[Point], Situation], Iterator[Derived]]
    read: Read = points_of
    spread: int = 0


def _vitals(points: Sequence[Point], situation: Situation) -> Iterator[Derived]:
    by_day: dict[dt.date, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        if not (point.kind.startswith("hrv_") and point.kind != situation.hrv):
            by_day[situation.day(point)][point.kind].append(point)
    for day, kinds in by_day.items():
        given: dict[str, object] = {"date": day, "time_of_day": PartOfDay.MORNING}
        for kind, some in kinds.items():
            mean = min(some, key=situation.rank).value
            given[_VITALS[kind]] = as_stored("vitals", _VITALS[kind], mean)
        yield Derived(day, str(day), given)


def _pressures(points: Sequence[Point], situation: Situation) -> Iterator[Derived]:
    at_once: dict[tuple[dt.datetime, str], dict[str, Point]] = defaultdict(dict)
    for point in points:
        at_once[point.at, point.source].setdefault(point.kind, point)
    pairs = [pair for pair in at_once.values() if len(pair) == len(_PRESSURES)]
    uppers = [pair[_PRESSURES[0]] for pair in pairs]
    for pair, upper, counts in zip(
        pairs, uppers, _not_shadowed(uppers, situation, SAME_MOMENT), strict=True
    ):
        if counts:
            local = upper.at.astimezone(situation.person.zone)
            values = {k: as_stored("vitals", k, pair[k].value) for k in _PRESSURES}
            told = {"occurred_at": upper.at, "time_of_day": part_of_day(local.hour)}
            yield Derived(situation.day(upper), _instant(upper.at), told | values)


def _body(points: Sequence[Point], situation: Situation) -> Iterator[Derived]:
    last: dict[dt.date, dict[str, Point]] = defaultdict(dict)
    for point in sorted(points, key=lambda p: (p.at, -situation.rank(p))):
        last[situation.day(point)][point.kind] = point
    for day, kinds in last.items():
        given = {_BODY[kind]: point.value for kind, point in kinds.items()}
        at = max(point.at for point in kinds.values())
        yield Derived(day, str(day), {"occurred_at": at, **given})


def _chronic(points: Sequence[Point], situation: Situation) -> Iterator[Derived]:
    rows: dict[dt.datetime, dict[str, object]] = defaultdict(dict)
    beyond: dict[dt.datetime, list[str]] = defaultdict(list)
    for kind, column in _CHRONIC.items():
        of_kind = [point for point in points if point.kind == kind]
        same = SAME_GLUCOSE if kind == "glucose" else SAME_MOMENT
        flags = _not_shadowed(of_kind, situation, same)
        counted = [point for point, counts in zip(of_kind, flags, strict=True) if counts]
        for point in _told_by(counted, situation) if kind == "glucose" else counted:
            if column not in rows[point.at]:
                rows[point.at][column] = point.value
                beyond[point.at] += _beyond(point)
    for at, values in sorted(rows.items()):
        given: dict[str, object] = {
            "occurred_at": at,
            "time_of_day": MeasurementContext.OTHER,
            "condition_type": _condition(values, situation),
            "notes": "; ".join(beyond[at]) or None,
        }
        day = local_day(at, situation.person.zone)
        yield Derived(day, _instant(at), given | values)


def _beyond(point: Point) -> Iterator[str]:
    """In signs, which every language reads: `< 40 mg/dL`."""
    if point.censor:
        yield f"{'<' if point.censor < 0 else '>'} {point.value:g} {KINDS[point.kind].unit}"


def _told_by(points: Sequence[Point], situation: Situation) -> Iterator[Point]:
    by_day: dict[dt.date, list[Point]] = defaultdict(list)
    for point in points:
        by_day[situation.day(point)].append(point)
    for some in by_day.values():
        values = np.array([point.value for point in some])
        yield from (some[place] for place in representatives(values, MOST_A_DAY))


def _condition(values: Mapping[str, object], situation: Situation) -> ConditionType:
    if situation.has_diabetes or "insulin_units" in values:
        return ConditionType.DIABETES
    return ConditionType.HEART if set(values) <= set(_LIPIDS) else ConditionType.OTHER


def _nights(points: Sequence[Point], situation: Situation) -> Iterator[Derived]:
    kept: list[tuple[dt.datetime, dt.datetime, Mapping[str, object]]] = []
    for source in sorted({p.source for p in points}, key=lambda s: situation.ranks.get(s, 0)):
        own = [p for p in points if p.source == source and p.until is not None]
        for some in _sessions(own):
            night = _night(some)
            if night is None:
                continue
            start, end, _ = night
            if not any(start < other[1] and other[0] < end for other in kept):
                kept.append(night)
    counts: dict[dt.date, int] = defaultdict(int)
    for start, end, told in sorted(kept, key=lambda one: one[0]):
        day = local_day(end, situation.person.zone)
        counts[day] += 1
        yield Derived(day, f"{day}/{counts[day]}", {"bedtime": start, "wake_time": end, **told})


def _sessions(points: Sequence[Point]) -> Iterator[list[Point]]:
    starts, ends = _seconds([p.at for p in points]), _seconds([p.end for p in points])
    for places in sessions(starts, ends, NIGHT_GAP.total_seconds()):
        yield [points[place] for place in places]


def _night(
    points: Sequence[Point],
) -> tuple[dt.datetime, dt.datetime, Mapping[str, object]] | None:
    """From falling asleep to waking up; from going to bed where no more is known."""
    asleep = [p for p in points if p.kind in ASLEEP]
    within = asleep or [p for p in points if p.kind == "sleep_in_bed"]
    if not within:
        return None
    start, end = min(p.at for p in within), max(p.end for p in within)
    if end - start < SHORTEST_SLEEP:
        return None
    if not any(p.kind in _STAGED for p in asleep):
        return start, end, {}
    awake = [p for p in points if p.kind == "sleep_awake" and start < p.at and p.end < end]
    return (
        start,
        end,
        {
            "deep_sleep_minutes": _minutes(points, "sleep_deep"),
            "rem_sleep_minutes": _minutes(points, "sleep_rem"),
            "awakenings": len(awake),
        },
    )


def _minutes(points: Sequence[Point], kind: str) -> int:
    own = [p for p in points if p.kind == kind]
    starts, ends = union(_seconds([p.at for p in own]), _seconds([p.end for p in own]))
    return round(float((ends - starts).sum()) / 60)


def _not_shadowed(
    points: Sequence[Point], situation: Situation, same: dt.timedelta
) -> Sequence[bool]:
    ranks = np.array([situation.rank(point) for point in points], dtype=np.int64)
    times = _seconds([point.at for point in points])
    return [bool(flag) for flag in unshadowed(times, ranks, same.total_seconds())]


def _seconds(instants: Sequence[dt.datetime]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([instant.timestamp() for instant in instants], dtype=np.float64)


def _instant(at: dt.datetime) -> str:
    return f"{at.timestamp():.0f}"


def as_stored(tracker: str, column: str, value: float) -> float | int:
    return round(value) if quantity(tracker, column).integer else value


FAMILIES = (
    Family(key="vitals", tracker="vitals", kinds=tuple(_VITALS), make=_vitals, read=means_of),
    Family(key="pressure", tracker="vitals", kinds=_PRESSURES, make=_pressures),
    Family(key="body", tracker="body", kinds=tuple(_BODY), make=_body),
    Family(key="chronic", tracker="chronic", kinds=tuple(_CHRONIC), make=_chronic),
    Family(key="sleep", tracker="sleep", kinds=_NIGHT, make=_nights, spread=1),
)
