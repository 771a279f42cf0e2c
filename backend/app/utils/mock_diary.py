"""The days of an invented person: when they do what, and what is known of each day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from app.catalog import Column, quantity
from app.utils.enums import ConditionType
from app.utils.mock_series import BoolArray, FloatArray

Row = dict[str, object]
Shown = dict[str, list[Any]]  # by column, one item a day

# Shares of days without entries; the food log is also forgotten for lack of time.
_GAPS = {"nutrition": 0.07, "sleep": 0.03, "vitals": 0.03, "body": 0.07, "chronic": 0.04}
_LAST_MINUTE = 24 * 60 - 1

# What a scale, a label or a meter shows; other numbers with a fraction have one decimal.
_STEPS = {
    ("nutrition", "calories"): 1.0,
    ("nutrition", "sodium_mg"): 1.0,
    ("exercise", "weight_kg"): 2.5,
    ("chronic", "blood_glucose_mgdl"): 1.0,
    ("chronic", "insulin_units"): 1.0,
    ("chronic", "cholesterol_total"): 1.0,
    ("chronic", "cholesterol_ldl"): 1.0,
    ("chronic", "cholesterol_hdl"): 1.0,
    ("chronic", "triglycerides"): 1.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """When the person does what. Minutes count from midnight; `present` is by tracker and day."""

    waking: NDArray[np.int64]
    present: Mapping[str, BoolArray]

    def without(self, lost: Mapping[str, BoolArray]) -> "Habits":
        """The same habits with the lost days of each tracker not present."""
        kept = {tracker: self.present[tracker] & ~days for tracker, days in lost.items()}
        return replace(self, present={**self.present, **kept})


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """What the rows of one person are made of: `values` by metric and day, and by metric the
    column it is read from."""

    dates: Sequence[date]
    zone: ZoneInfo
    habits: Habits
    values: Mapping[str, FloatArray]
    ill: BoolArray
    conditions: tuple[ConditionType, ...]
    sources: Mapping[str, Column]

    def days(self, tracker: str) -> Iterator[int]:
        """The days on which the tracker was used."""
        return (int(day) for day in np.flatnonzero(self.habits.present[tracker]))

    def moment(self, day: int, minute: float) -> datetime:
        """The local time on that very day, moved forward where the clock skipped it."""
        since_midnight = timedelta(minutes=min(round(minute), _LAST_MINUTE))
        wall = datetime.combine(self.dates[day], time()) + since_midnight
        return wall.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)

    def shown(self, tracker: str) -> Shown:
        """What the tracker's devices show, where a column holds a metric's value as it is."""
        return {
            source.column: recorded(tracker, source.column, self.values[key])
            for key, source in self.sources.items()
            if source.tracker == tracker and not source.where and not source.codes
        }


def on_day(shown: Shown, day: int, *, unknown: Collection[str] = ()) -> Row:
    """The columns of one day's row, except for what was not measured."""
    return {
        column: None if column in unknown else numbers[day] for column, numbers in shown.items()
    }


def invent_habits(rng: np.random.Generator, dates: Sequence[date], weekend: BoolArray) -> Habits:
    days = len(dates)
    chronotype = float(np.clip(rng.normal(420, 40), 345, 480))
    late = rng.uniform(15, 60)
    waking = chronotype + late * weekend + np.clip(rng.normal(0, 18, days), -45, 45)
    present = {tracker: rng.random(days) >= gap for tracker, gap in _GAPS.items()}
    return Habits(
        waking=np.rint(waking).astype(np.int64),
        present=present | {"exercise": _training_days(rng, days)},
    )


def _training_days(rng: np.random.Generator, days: int) -> BoolArray:
    """Four to six days a week, the week beginning with the first day."""
    usual = int(rng.integers(4, 7))
    weeks = -(-days // 7)
    counts = np.clip(usual + rng.integers(-1, 2, weeks), 4, 6)
    order = rng.permuted(np.tile(np.arange(7), (weeks, 1)), axis=1)
    return np.asarray((order < counts[:, None]).ravel()[:days])


def recorded(tracker: str, column: str, values: FloatArray) -> list[Any]:
    """The numbers as a device shows them, inside what the column may hold; nested as given."""
    row = quantity(tracker, column)
    step = 1.0 if row.integer else _STEPS.get((tracker, column), 0.1)
    shown = np.rint(np.clip(values, row.plausible.low, row.plausible.high) / step) * step
    numbers = shown.astype(np.int64) if row.integer else shown.round(1)
    return list(numbers.tolist())
