"""An invented person: entries in every tracker from a seed, with anomalies whose truth is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from app.catalog import CATALOGUE, Catalogue, Typical
from app.utils.enums import ConditionType, Sex
from app.utils.mock_anomalies import AnomalyKind, InjectedAnomaly, no_anomalies, plan_anomalies
from app.utils.mock_diary import Diary, invent_habits
from app.utils.mock_entries import write_entries
from app.utils.mock_series import invent_series

__all__ = ["AnomalyKind", "InjectedAnomaly", "InventedPerson", "invent_person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPerson:
    """`entries` holds by tracker the rows of its table, as they would be logged."""

    entries: Mapping[str, tuple[Mapping[str, object], ...]]
    truth: tuple[InjectedAnomaly, ...]
    height_cm: float
    sex: Sex
    date_of_birth: date
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Build:
    height_cm: float
    sex: Sex
    date_of_birth: date


def invent_person(
    *,
    seed: int,
    days: int,
    end: date,
    zone: ZoneInfo,
    anomalies: bool = True,
    conditions: tuple[str, ...] = (),
    catalogue: Catalogue = CATALOGUE,
) -> InventedPerson:
    """A person who logged `days` days up to and including `end`, the same for the same arguments.

    Without anomalies the person is the same in everything else. Raises ValueError for less than
    one day or an unknown condition, and KeyError for a catalogue without the metrics that the
    rows are made of.
    """
    if days < 1:
        raise ValueError(f"days must be at least 1, not {days}")
    known = tuple(dict.fromkeys(ConditionType(condition) for condition in conditions))
    dates = tuple(end - timedelta(days=ago) for ago in reversed(range(days)))
    weekend = np.array([day.weekday() >= 5 for day in dates])
    for_series, for_build, for_habits, for_plan, for_rows = np.random.default_rng(seed).spawn(5)

    series = invent_series(for_series, weekend, conditions=known, catalogue=catalogue)
    build = _build(for_build, series.usual, end)
    habits = invent_habits(for_habits, dates, weekend)
    if anomalies:
        plan = plan_anomalies(for_plan, series, dates, present=habits.present)
    else:
        plan = no_anomalies(days)
    diary = Diary(
        dates=dates,
        zone=zone,
        habits=habits.without(plan.lost),
        values=series.values(plan.moves),
        ill=plan.ill,
        conditions=known,
        sources=series.sources,
    )
    return InventedPerson(
        entries=write_entries(for_rows, diary),
        truth=plan.truth,
        height_cm=build.height_cm,
        sex=build.sex,
        date_of_birth=build.date_of_birth,
        conditions=conditions,
    )


def _build(rng: np.random.Generator, usual: Mapping[str, Typical], end: date) -> _Build:
    """Height from the weight by a body mass index that grows a little with it; 25 to 65 years."""
    weight, fat = usual["weight"].mean, usual["body_fat_pct"].mean
    bmi = 24.4 + 0.12 * (weight - 74) + rng.normal(0, 1.2)
    height = round(100 * float(np.sqrt(weight / bmi)))
    year = end.year - int(rng.integers(25, 66))
    return _Build(
        height_cm=float(height),
        sex=Sex.MALE
        if (height - 173) / 8 - (fat - 25) / 5 + rng.normal(0, 0.5) > 0
        else Sex.FEMALE,
        date_of_birth=date(year, int(rng.integers(1, 13)), int(rng.integers(1, 29))),
    )
