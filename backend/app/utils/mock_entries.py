"""An invented person's entries: the daily values as the rows that would have been logged.

What is random here never depends on the values, so that a person with anomalies differs from the
same person without them in nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, timedelta
from typing import NamedTuple

import numpy as np

from app.catalog import TRACKERS
from app.utils.enums import ExerciseType, Intensity, PartOfDay
from app.utils.mock_chronic import write_chronic
from app.utils.mock_diary import Diary, Row, Shown, on_day, recorded
from app.utils.mock_meals import write_meals
from app.utils.mock_series import BoolArray


class _Workout(NamedTuple):
    """`often` is its share of workouts, `unmeasured` names the columns that do not apply to it.
    Without `names` it is named by its speed."""

    kind: ExerciseType
    often: float
    names: tuple[str, ...]
    unmeasured: tuple[str, ...]


_LIFTED = ("sets", "reps", "weight_kg")
_PULSE = ("heart_rate_avg", "heart_rate_max")
_LIFTS = ("Squat", "Bench press", "Deadlift", "Overhead press")
_WORKOUTS = (
    _Workout(ExerciseType.CARDIO, 0.45, (), _LIFTED),
    _Workout(ExerciseType.STRENGTH, 0.3, _LIFTS, ("distance_km",)),
    _Workout(
        ExerciseType.FLEXIBILITY,
        0.11,
        ("Yoga", "Pilates", "Stretching"),
        ("distance_km", *_LIFTED, *_PULSE),
    ),
    _Workout(
        ExerciseType.SPORTS,
        0.1,
        ("Football", "Tennis", "Badminton", "Climbing"),
        ("distance_km", *_LIFTED),
    ),
    _Workout(ExerciseType.OTHER, 0.04, ("Gardening", "Dancing"), ("distance_km", *_LIFTED)),
)
_CARDIO_BY_SPEED = ((6.5, "Brisk walk"), (13.0, "Running"), (float("inf"), "Cycling"))  # km/h

_EVENING_RISE = {
    "resting_hr": 3,
    "bp_systolic": 5,
    "bp_diastolic": 2,
}


def write_entries(rng: np.random.Generator, diary: Diary) -> dict[str, tuple[Row, ...]]:
    """The rows of every tracker, day by day."""
    streams = rng.spawn(len(TRACKERS))
    return {
        tracker.key: tuple(_WRITERS[tracker.key](stream, diary))
        for tracker, stream in zip(TRACKERS, streams, strict=True)
    }


def _nights(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    staged = rng.random(len(diary.dates)) < 0.96
    shown = diary.shown("sleep")
    for day in diary.days("sleep"):
        woke = diary.moment(day, diary.habits.waking[day])
        slept = timedelta(minutes=round(60 * diary.values["sleep_hours"][day]))
        unknown = () if staged[day] else ("deep_sleep_minutes", "rem_sleep_minutes")
        yield {
            "date": diary.dates[day],
            "bedtime": (woke.astimezone(UTC) - slept).astimezone(diary.zone),
            "wake_time": woke,
            **on_day(shown, day, unknown=unknown),
            "duration_hours": round(slept / timedelta(hours=1), 2),
            "notes": None,
        }


def _workouts(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    days = len(diary.dates)
    chosen = rng.choice(len(_WORKOUTS), size=days, p=[workout.often for workout in _WORKOUTS])
    variants = rng.random(days)
    delays = rng.normal(0, 40, days).clip(-90, 90)
    shown = diary.shown("exercise")
    intensities = _intensities(diary)
    for day in diary.days("exercise"):
        workout = _WORKOUTS[chosen[day]]
        after_waking = 150 if diary.dates[day].weekday() >= 5 else 640
        minute = diary.habits.waking[day] + after_waking + delays[day]
        yield {
            "date": diary.dates[day],
            "occurred_at": diary.moment(day, minute),
            "exercise_type": workout.kind,
            "exercise_name": _exercise_name(diary, day, workout.names, variants[day]),
            "intensity": intensities[day],
            **on_day(shown, day, unknown=workout.unmeasured),
            "notes": None,
        }


def _exercise_name(diary: Diary, day: int, names: tuple[str, ...], variant: float) -> str:
    if names:
        return names[int(variant * len(names))]
    speed = 60 * diary.values["exercise_distance"][day] / diary.values["exercise_minutes"][day]
    return next(name for below, name in _CARDIO_BY_SPEED if speed < below)


def _intensities(diary: Diary) -> list[Intensity]:
    """Each day's member with the nearest code."""
    codes = diary.sources["exercise_intensity_avg"].codes
    return [
        Intensity(min(codes, key=lambda name: abs(codes[name] - value)))
        for value in diary.values["exercise_intensity_avg"].tolist()
    ]


def _vital_signs(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    """Everything in the morning, and on some days pulse and pressure again in the evening."""
    days = len(diary.dates)
    again = rng.random(days) < 0.4
    delays = rng.uniform(5, 30, days)
    morning, evening = _twice(diary, again)
    for day in diary.days("vitals"):
        waking = diary.habits.waking[day] + delays[day]
        parts = ((PartOfDay.MORNING, waking, morning), (PartOfDay.EVENING, waking + 780, evening))
        for part, minute, shown in parts[: 1 + again[day]]:
            yield {
                "date": diary.dates[day],
                "occurred_at": diary.moment(day, minute),
                "time_of_day": part,
                **on_day(shown, day),
            }


def _twice(diary: Diary, again: BoolArray) -> tuple[Shown, Shown]:
    """Morning and evening, which is higher, so that the mean of both is the day's value."""
    morning = diary.shown("vitals")
    evening: Shown = {column: [None] * len(again) for column in morning}
    for key, rise in _EVENING_RISE.items():
        column, values = diary.sources[key].column, diary.values[key]
        low = recorded("vitals", column, values - again * rise / 2)
        morning[column] = low
        evening[column] = recorded("vitals", column, 2 * values - np.array(low))
    return morning, evening


def _weighings(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    days = len(diary.dates)
    composition, measured = rng.random(days) < 0.4, rng.random(days) < 0.15
    delays = rng.uniform(5, 20, days)
    shown = diary.shown("body")
    for day in diary.days("body"):
        unknown = (
            *(() if composition[day] else ("body_fat_pct", "muscle_mass_kg")),
            *(() if measured[day] else ("waist_cm",)),
        )
        yield {
            "date": diary.dates[day],
            "occurred_at": diary.moment(day, diary.habits.waking[day] + delays[day]),
            **on_day(shown, day, unknown=unknown),
            "notes": None,
        }


_WRITERS: Mapping[str, Callable[[np.random.Generator, Diary], Iterator[Row]]] = {
    "nutrition": write_meals,
    "sleep": _nights,
    "exercise": _workouts,
    "vitals": _vital_signs,
    "body": _weighings,
    "chronic": write_chronic,
}
