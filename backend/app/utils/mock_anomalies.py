"""Anomalies for an invented person: what goes wrong, when, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from app.catalog import Adverse
from app.utils.mock_series import BoolArray, FloatArray, Series, correlation


class AnomalyKind(StrEnum):
    SPIKE = "spike"
    SHIFT = "shift"
    DRIFT = "drift"
    BROKEN_COMBINATION = "broken_combination"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectedAnomaly:
    """The truth about one anomaly.

    `metrics` are those that were moved, or the watched ones of the tracker that was lost; what
    hangs together with them (the macronutrients of calories, the readings of mean glucose) moves
    along unnamed. `size` is the peak in within-person standard deviations, on the log scale for a
    metric that swings by factors, and 0 for entries that are missing. `end` is inclusive.
    """

    kind: AnomalyKind
    metrics: tuple[str, ...]
    start: date
    end: date
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to change: `moves` by metric in within-person standard deviations, `lost` by tracker,
    and the days on which the person feels ill."""

    truth: tuple[InjectedAnomaly, ...]
    moves: Mapping[str, FloatArray]
    lost: Mapping[str, BoolArray]
    ill: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """How one kind looks: days and sizes from lowest to highest, and the metrics it may take."""

    days: tuple[int, int]
    sizes: tuple[float, float]
    weight: float
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    kind: AnomalyKind
    keys: tuple[str, ...]
    start: int
    stop: int
    size: float
    moves: Mapping[str, FloatArray]


def _each(*keys: str) -> tuple[tuple[str, ...], ...]:
    return tuple((key,) for key in keys)


_ILLNESS = ("resting_hr", "hrv", "body_temperature", "sleep_quality")
_TOGETHER = (
    ("resting_hr", "hrv"),
    ("sleep_hours", "sleep_quality"),
    ("bp_systolic", "bp_diastolic"),
)
_SHAPES: Mapping[AnomalyKind, _Shape] = {
    # Weight neither drifts nor shifts: going back within a night would be an anomaly untold.
    AnomalyKind.DRIFT: _Shape(
        days=(14, 21),
        sizes=(3.0, 4.5),
        weight=0.05,
        groups=_each(
            "resting_hr",
            "hrv",
            "bp_systolic",
            "sleep_hours",
            "sleep_quality",
            "blood_glucose_avg",
        ),
    ),
    AnomalyKind.MISSING: _Shape(days=(3, 7), sizes=(0.0, 0.0), weight=0.1),
    AnomalyKind.SHIFT: _Shape(
        days=(3, 6),
        sizes=(2.5, 4.0),
        weight=0.25,
        groups=(
            *(_ILLNESS, _ILLNESS),  # the most frequent, and the rarest to find days for
            *_TOGETHER,
            ("respiratory_rate", "spo2"),
            *_each("blood_glucose_avg", "total_calories", "total_sugar"),
        ),
    ),
    AnomalyKind.BROKEN_COMBINATION: _Shape(
        days=(1, 2), sizes=(1.6, 1.95), weight=0.2, groups=_TOGETHER
    ),
    # Diastolic pressure alone would come too close to systolic.
    AnomalyKind.SPIKE: _Shape(
        days=(1, 1),
        sizes=(4.0, 7.0),
        weight=0.4,
        groups=_each(
            "total_calories",
            "total_sugar",
            "sleep_hours",
            "sleep_quality",
            "exercise_minutes",
            "resting_hr",
            "hrv",
            "bp_systolic",
            "respiratory_rate",
            "body_temperature",
            "spo2",
            "weight",
            "blood_glucose_avg",
        ),
    ),
}
_MISSABLE = ("nutrition", "sleep", "vitals", "body", "chronic")  # no workout may just be a rest

_BASELINE_DAYS = 35
_SHORT_BASELINE_DAYS = 20
_DAYS_PER_ANOMALY = 15
GAP_DAYS = 3
_TRIES = 400
_LARGEST_FACTOR = 4.0
_WITHIN_USUAL = 2.4  # a broken combination is strange in neither metric alone


def plan_anomalies(
    rng: np.random.Generator,
    series: Series,
    dates: Sequence[date],
    *,
    present: Mapping[str, BoolArray],
) -> Plan:
    """About one anomaly per fifteen days, apart from each other and after a quiet baseline."""
    days = len(dates)
    baseline = _BASELINE_DAYS if days > _BASELINE_DAYS + 10 else _SHORT_BASELINE_DAYS
    free = np.arange(days) >= baseline
    events = []
    for kind in _kinds(rng, days, days - baseline):
        event = _placed(rng, kind, series, free=free, present=present)
        if event is not None:
            free[max(0, event.start - GAP_DAYS) : event.stop + GAP_DAYS] = False
            events.append(event)
    return _plan(sorted(events, key=lambda event: event.start), dates, series)


def no_anomalies(days: int) -> Plan:
    """A plan that changes nothing."""
    return Plan(truth=(), moves={}, lost={}, ill=np.zeros(days, dtype=bool))


def _kinds(rng: np.random.Generator, days: int, window: int) -> list[AnomalyKind]:
    """Which kinds, longest first so that they find room: each that fits once, then by weight."""
    count = round(days / _DAYS_PER_ANOMALY) if days > _BASELINE_DAYS + 10 else days // 30
    fitting = [kind for kind, shape in _SHAPES.items() if 4 * shape.days[1] <= window]
    if not fitting:
        return []
    weights = np.array([_SHAPES[kind].weight for kind in fitting])
    once = rng.permutation(len(fitting))[:count]
    more = rng.choice(len(fitting), size=count - len(once), p=weights / weights.sum())
    return [fitting[n] for n in (*sorted(once), *sorted(more))]


def _placed(
    rng: np.random.Generator,
    kind: AnomalyKind,
    series: Series,
    *,
    free: BoolArray,
    present: Mapping[str, BoolArray],
) -> _Event | None:
    """One anomaly of the kind on free days where it really shows; None if no place is found."""
    for _ in range(_TRIES):
        event = _drawn(rng, kind, series, days=len(free))
        if (
            event.stop <= len(free)
            and free[event.start : event.stop].all()
            and _is_logged(event, series, present)
            and _shows(event, series)
        ):
            return event
    return None


def _drawn(rng: np.random.Generator, kind: AnomalyKind, series: Series, *, days: int) -> _Event:
    shape = _SHAPES[kind]
    groups = _tracker_groups(series) if kind is AnomalyKind.MISSING else shape.groups
    keys = groups[rng.integers(len(groups))]
    length = int(rng.integers(shape.days[0], shape.days[1] + 1))
    size = float(rng.uniform(*shape.sizes))
    if kind is AnomalyKind.SPIKE:
        size = min(size, _largest(series, keys[0]))
    start = int(rng.integers(days))
    rising = kind is AnomalyKind.DRIFT
    profile = np.linspace(1 / length, 1, length) if rising else np.ones(length)
    signs = () if kind is AnomalyKind.MISSING else _signs(rng, kind, series, keys)
    moves = {key: sign * size * profile for key, sign in zip(keys, signs, strict=False)}
    size = round(size, 2)
    return _Event(kind=kind, keys=keys, start=start, stop=start + length, size=size, moves=moves)


def _tracker_groups(series: Series) -> tuple[tuple[str, ...], ...]:
    """The watched metrics of each tracker whose entries may go missing."""
    watched = [key for key in series.usual if series.metrics[key].watch is not None]
    return tuple(
        tuple(key for key in watched if series.sources[key].tracker == tracker)
        for tracker in _MISSABLE
    )


def _largest(series: Series, key: str) -> float:
    """The size beyond which a metric that swings by factors stops being believable."""
    usual = series.usual[key]
    return float(np.log(_LARGEST_FACTOR)) * usual.mean / usual.within


def _signs(
    rng: np.random.Generator, kind: AnomalyKind, series: Series, keys: tuple[str, ...]
) -> tuple[int, ...]:
    either = int(rng.choice((-1, 1)))
    if kind is AnomalyKind.BROKEN_COMBINATION:
        first, second = keys
        return either, -either if correlation(first, second) > 0 else either
    return tuple(_adverse_sign(series, key) or either for key in keys)


def _adverse_sign(series: Series, key: str) -> int:
    watch = series.metrics[key].watch
    adverse = Adverse.BOTH if watch is None else watch.adverse
    return {Adverse.HIGH: 1, Adverse.LOW: -1, Adverse.BOTH: 0}[adverse]


def _is_logged(event: _Event, series: Series, present: Mapping[str, BoolArray]) -> bool:
    """Whether the first, the last and most other days have entries that can show the anomaly."""
    for tracker in {series.sources[key].tracker for key in event.keys}:
        logged = present[tracker][event.start : event.stop]
        if not (logged[0] and logged[-1] and logged.mean() > 0.6):
            return False
    return True


def _shows(event: _Event, series: Series) -> bool:
    """Whether the person's own swings leave the anomaly visible, and no bound cuts it."""
    around = series.cut(event.start, event.stop)
    along = {key: move * around.z[key] for key, move in event.moves.items()}
    if event.kind is AnomalyKind.BROKEN_COMBINATION:
        moved = [around.z[key] + move for key, move in event.moves.items()]
        if np.min(sum(along.values())) < 0 or np.max(np.abs(moved)) > _WITHIN_USUAL:
            return False
    elif any(swing.sum() < -0.3 * event.size * len(swing) for swing in along.values()):
        return False
    before, after = around.values({}), around.values(event.moves)
    return all(
        np.allclose(around.distance(key, before[key], after[key]), move, atol=0.1)
        for key, move in event.moves.items()
    )


def _plan(events: Sequence[_Event], dates: Sequence[date], series: Series) -> Plan:
    days = len(dates)
    moves: dict[str, FloatArray] = {}
    lost: dict[str, BoolArray] = {}
    ill = np.zeros(days, dtype=bool)
    for event in events:
        at = slice(event.start, event.stop)
        for key, move in event.moves.items():
            moves.setdefault(key, np.zeros(days))[at] = move
        if event.kind is AnomalyKind.MISSING:
            lost.setdefault(series.sources[event.keys[0]].tracker, np.zeros(days, dtype=bool))[
                at
            ] = 1
        ill[at] |= event.keys == _ILLNESS
    truth = tuple(_told(event, dates) for event in events)
    return Plan(truth=truth, moves=moves, lost=lost, ill=ill)


def _told(event: _Event, dates: Sequence[date]) -> InjectedAnomaly:
    return InjectedAnomaly(
        kind=event.kind,
        metrics=event.keys,
        start=dates[event.start],
        end=dates[event.stop - 1],
        size=event.size,
    )
