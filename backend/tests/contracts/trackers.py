"""The six trackers as tests see them: one row each."""

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.catalog import QUANTITIES, Quantity
from app.models import (
    BodyMetrics,
    ChronicMetrics,
    Entry,
    ExerciseEntry,
    FoodEntry,
    SleepEntry,
    VitalSigns,
)
from app.schemas.base import EntryIn, EntryOut
from app.schemas.body import BodyMetricsIn, BodyMetricsOut
from app.schemas.chronic import ChronicMetricsIn, ChronicMetricsOut
from app.schemas.exercise import ExerciseEntryIn, ExerciseEntryOut
from app.schemas.food import FoodEntryIn, FoodEntryOut
from app.schemas.sleep import SleepEntryIn, SleepEntryOut
from app.schemas.vitals import VitalSignsIn, VitalSignsOut
from app.utils.enums import (
    ConditionType,
    ExerciseType,
    Intensity,
    MealType,
    MeasurementContext,
    PartOfDay,
)

Body = dict[str, Any]
_TIMES = ("bedtime", "wake_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerCase:
    """A tracker with its schemas, its table, its own filters, and the least that it takes."""

    key: str
    taken: type[EntryIn]
    given: type[EntryOut]
    model: type[Entry]
    smallest: Mapping[str, Any]
    filters: Mapping[str, type[StrEnum]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/{self.key}"

    @property
    def instant(self) -> str:
        """The field whose instant decides the day."""
        return "wake_time" if "wake_time" in self.taken.model_fields else "occurred_at"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(row for row in QUANTITIES if row.tracker == self.key)

    def example(self, **changes: Any) -> Body:
        """The documented example, changed."""
        documented: Any = self.taken.model_config["json_schema_extra"]
        example: Body = deepcopy(documented["example"])
        return example | changes

    def on(self, day: dt.date, **changes: Any) -> Body:
        """The example on that day; its night ends on that morning."""
        body = self.example(date=day.isoformat())
        for name in [name for name in _TIMES if name in body]:
            moment = dt.datetime.fromisoformat(body[name])
            evening = dt.timedelta(days=name == "bedtime")
            body[name] = dt.datetime.combine(day - evening, moment.time()).isoformat()
        return body | changes

    def happening(self, instant: str) -> Body:
        """The smallest entry, known to have happened (a night: to have ended) then."""
        if self.instant == "occurred_at":
            return {**self.smallest, "occurred_at": instant}
        bedtime = dt.datetime.fromisoformat(instant) - dt.timedelta(hours=8)
        return {"bedtime": bedtime.isoformat(), "wake_time": instant}

    def with_value(self, column: str, value: object) -> Body:
        """The smallest entry that can hold that column, with it."""
        spoken = self.taken.says if column in self.taken.says else ()
        return {k: v for k, v in self.smallest.items() if k not in spoken} | {column: value}


TRACKERS = (
    TrackerCase(
        key="nutrition",
        taken=FoodEntryIn,
        given=FoodEntryOut,
        model=FoodEntry,
        smallest={"meal_type": "snack", "food_name": "Apple", "calories": 80},
        filters={"meal_type": MealType},
    ),
    TrackerCase(
        key="sleep",
        taken=SleepEntryIn,
        given=SleepEntryOut,
        model=SleepEntry,
        smallest={"duration_hours": 7.5},
    ),
    TrackerCase(
        key="exercise",
        taken=ExerciseEntryIn,
        given=ExerciseEntryOut,
        model=ExerciseEntry,
        smallest={"exercise_type": "other", "exercise_name": "Gardening", "duration_minutes": 30},
        filters={"exercise_type": ExerciseType, "intensity": Intensity},
    ),
    TrackerCase(
        key="vitals",
        taken=VitalSignsIn,
        given=VitalSignsOut,
        model=VitalSigns,
        smallest={"time_of_day": "night", "spo2": 96},
        filters={"time_of_day": PartOfDay},
    ),
    TrackerCase(
        key="body",
        taken=BodyMetricsIn,
        given=BodyMetricsOut,
        model=BodyMetrics,
        smallest={"weight_kg": 70.5},
    ),
    TrackerCase(
        key="chronic",
        taken=ChronicMetricsIn,
        given=ChronicMetricsOut,
        model=ChronicMetrics,
        smallest={"time_of_day": "other", "condition_type": "other", "symptoms": "Tired"},
        filters={"condition_type": ConditionType, "time_of_day": MeasurementContext},
    ),
)
