"""The days of an invented person as every metric would read them, before anything is written down.

Each metric with a `typical` row swings around the person's own mean as a first-order
autoregression. Metrics that belong together share a factor, both in what is usual for the person
and in what a day brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.catalog import Catalogue, Column, Metric, Range, Scale, Typical
from app.utils.enums import ConditionType

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Moves = Mapping[str, FloatArray]

# Loadings: two metrics correlate by the sum over the factors of the product of their loadings.
FACTORS: Mapping[str, Mapping[str, float]] = {
    "appetite": {
        "total_calories": 0.95,
        "total_protein": 0.65,
        "total_carbs": 0.65,
        "total_fats": 0.65,
        "total_sugar": 0.5,
        "total_fiber": 0.4,
        "total_sodium": 0.6,
    },
    "rest": {
        "sleep_hours": 0.8,
        "sleep_quality": 0.8,
        "deep_sleep_minutes": 0.6,
        "rem_sleep_minutes": 0.6,
        "awakenings": -0.6,
        "hrv": 0.35,
        "resting_hr": -0.35,
    },
    "recovery": {
        "hrv": 0.7,
        "resting_hr": -0.7,
        "respiratory_rate": -0.4,
        "body_temperature": -0.3,
    },
    "exertion": {
        "exercise_minutes": 0.9,
        "exercise_calories": 0.9,
        "exercise_distance": 0.7,
        "exercise_sets": 0.6,
    },
    "effort": {
        "exercise_heart_rate_avg": 0.9,
        "exercise_heart_rate_max": 0.8,
        "exercise_intensity_avg": 0.6,
    },
    "pressure": {"bp_systolic": 0.87, "bp_diastolic": 0.87},
    "size": {"weight": 0.85, "waist": 0.75, "muscle_mass": 0.7, "body_fat_pct": 0.5},
    "glucose": {
        "blood_glucose_avg": 0.95,
        "glucose_fasting": 0.9,
        "glucose_pre_meal": 0.9,
        "glucose_post_meal": 0.9,
        "glucose_bedtime": 0.9,
        "insulin_units": 0.5,
        "hba1c": 0.6,
    },
    "lipids": {"cholesterol_ldl": 0.6, "triglycerides": 0.5, "cholesterol_hdl": -0.4},
}

# A condition adds to a person's mean and widens the day-to-day spread by a factor.
CONDITION_EFFECTS: Mapping[ConditionType, Mapping[str, tuple[float, float]]] = {
    ConditionType.DIABETES: {
        "blood_glucose_avg": (38, 1.8),
        "glucose_fasting": (30, 1.8),
        "glucose_pre_meal": (32, 1.8),
        "glucose_post_meal": (48, 1.8),
        "glucose_bedtime": (38, 1.8),
        "hba1c": (1.4, 1.0),
    },
    ConditionType.HYPERTENSION: {"bp_systolic": (17, 1.2), "bp_diastolic": (9, 1.2)},
    ConditionType.HEART: {
        "cholesterol_ldl": (25, 1.0),
        "cholesterol_hdl": (-6, 1.0),
        "triglycerides": (35, 1.0),
    },
    ConditionType.OTHER: {},
}

# The followers' values are scaled by the same factor as the leader's.
FOLLOWERS: Mapping[str, tuple[str, ...]] = {
    "total_calories": (
        "total_protein",
        "total_carbs",
        "total_fats",
        "total_sugar",
        "total_fiber",
        "total_sodium",
    ),
    "exercise_minutes": ("exercise_calories", "exercise_distance"),
    "blood_glucose_avg": (
        "glucose_fasting",
        "glucose_pre_meal",
        "glucose_post_meal",
        "glucose_bedtime",
    ),
}

# Readings of one day, by the metric that they are readings of; the day's mean follows from them.
GLUCOSE_READINGS = (
    "glucose_fasting",
    "glucose_pre_meal",
    "glucose_post_meal",
    "glucose_post_meal",
    "glucose_bedtime",
)
KCAL_PER_GRAM = {"total_protein": 4.0, "total_carbs": 4.0, "total_fats": 9.0}

# Narrower than plausible: what a person who is up and about would log.
BELIEVABLE = {
    "sleep_hours": Range(2, 13),
    "exercise_minutes": Range(8, 600),
    "exercise_calories": Range(20, 4_000),
    "exercise_distance": Range(0.5, 150),
    "exercise_sets": Range(1, 60),
    "exercise_reps": Range(1, 60),
    "exercise_weight_max": Range(2, 300),
    "insulin_units": Range(4, 150),
    "spo2": Range(80, 100),
}
_FURTHEST_PERSON = 2.2
_FURTHEST_DAY = 3.5


def is_relative(metric: Metric) -> bool:
    """Whether the metric swings by factors: it is watched so, or would else come near zero."""
    typical = metric.typical
    wide = typical is not None and typical.within > typical.mean / 10
    return wide or (metric.watch is not None and metric.watch.scale is not Scale.IDENTITY)


def correlation(first: str, second: str) -> float:
    """The correlation of what a day brings to two metrics."""
    return sum(loads.get(first, 0.0) * loads.get(second, 0.0) for loads in FACTORS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One person's days. `usual` is their own version of the catalogue's typical rows, `z` holds
    each day's distance from it in within-person standard deviations."""

    metrics: Mapping[str, Metric]
    sources: Mapping[str, Column]
    usual: Mapping[str, Typical]
    weekend: BoolArray
    z: Mapping[str, FloatArray]

    def cut(self, start: int, stop: int) -> "Series":
        """The same person on the days from `start` up to but not including `stop`."""
        days = slice(start, stop)
        return replace(
            self,
            weekend=self.weekend[days],
            z={key: swings[days] for key, swings in self.z.items()},
        )

    def spread(self, key: str) -> float:
        """The within-person standard deviation; of the logarithm for a metric that is relative."""
        usual = self.usual[key]
        return usual.within / usual.mean if is_relative(self.metrics[key]) else usual.within

    def values(self, moves: Moves) -> dict[str, FloatArray]:
        """Every metric's daily values, moved by as many within-person standard deviations."""
        values = {key: self._value(key, moves.get(key, 0.0)) for key in self.usual}
        for leader, followers in FOLLOWERS.items():
            if leader in moves:
                factor = np.exp(self.spread(leader) * moves[leader])
                values |= {key: values[key] * factor for key in followers}
        return self._settled(values)

    def distance(self, key: str, before: FloatArray, after: FloatArray) -> FloatArray:
        """How far one series of values lies from another, in the units of a move."""
        change = np.log(after / before) if is_relative(self.metrics[key]) else after - before
        return np.asarray(change / self.spread(key))

    def _value(self, key: str, move: FloatArray | float) -> FloatArray:
        usual, spread = self.usual[key], self.spread(key)
        level = usual.mean + usual.weekend * self.weekend
        swing = spread * (self.z[key] + move)
        if is_relative(self.metrics[key]):
            return np.asarray(level * np.exp(swing - spread**2 / 2))
        return level + swing

    def _settled(self, values: dict[str, FloatArray]) -> dict[str, FloatArray]:
        """The values made believable and consistent with each other."""
        settled = {}
        for key, value in values.items():
            bounds = BELIEVABLE.get(key, self.metrics[key].plausible)
            settled[key] = np.clip(value, bounds.low, bounds.high)
        settled["bp_diastolic"] = np.minimum(settled["bp_diastolic"], settled["bp_systolic"] - 15)
        settled["exercise_heart_rate_max"] = np.maximum(
            settled["exercise_heart_rate_max"], settled["exercise_heart_rate_avg"] + 8
        )
        stages = settled["deep_sleep_minutes"] + settled["rem_sleep_minutes"]
        share = np.minimum(1.0, 0.7 * 60 * settled["sleep_hours"] / stages)
        for key in ("deep_sleep_minutes", "rem_sleep_minutes"):
            settled[key] = settled[key] * share
        for key, most in (("total_sugar", 0.9), ("total_fiber", 0.4)):
            settled[key] = np.minimum(settled[key], most * settled["total_carbs"])
        return settled | self._sums(settled)

    @staticmethod
    def _sums(values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """The values that follow from others: energy from Atwater's factors, mean glucose from the
        readings, and total cholesterol by Friedewald (1972)."""
        readings = np.stack([values[key] for key in GLUCOSE_READINGS])
        return {
            "total_calories": energy(values),
            "blood_glucose_avg": readings.mean(axis=0),
            "cholesterol_total": values["cholesterol_ldl"]
            + values["cholesterol_hdl"]
            + values["triglycerides"] / 5,
        }


def energy(grams: Mapping[str, FloatArray]) -> FloatArray:
    """Kilocalories of the day's macronutrients."""
    return np.asarray(sum(grams[key] * kcal for key, kcal in KCAL_PER_GRAM.items()))


def invent_series(
    rng: np.random.Generator,
    weekend: BoolArray,
    *,
    conditions: tuple[ConditionType, ...],
    catalogue: Catalogue,
) -> Series:
    """A person drawn from the catalogue's typical rows, over as many days as `weekend` has."""
    rows = [(m, source, m.typical) for m, source in catalogue.columns() if m.typical is not None]
    metrics = {metric.key: metric for metric, _, _ in rows}
    places = _mixed(rng, 1, tuple(metrics))[0]
    usual = {
        metric.key: _own(metric, typical, float(place), conditions)
        for (metric, _, typical), place in zip(rows, places, strict=True)
    }
    usual = _fed(usual)
    shocks = _mixed(rng, len(weekend), tuple(metrics))
    carried = np.array([row.autocorrelation for row in usual.values()])
    swings = np.empty_like(shocks)
    swings[0] = shocks[0]
    fresh = np.sqrt(1 - carried**2) * shocks
    for day in range(1, len(weekend)):
        swings[day] = carried * swings[day - 1] + fresh[day]
    swings = np.clip(swings, -_FURTHEST_DAY, _FURTHEST_DAY)
    z = {key: np.ascontiguousarray(swings[:, n]) for n, key in enumerate(metrics)}
    sources = {metric.key: source for metric, source, _ in rows}
    return Series(metrics=metrics, sources=sources, usual=usual, weekend=weekend, z=z)


def _mixed(rng: np.random.Generator, rows: int, keys: tuple[str, ...]) -> FloatArray:
    """Standard normal numbers, one row a day and one column a metric, correlated as FACTORS say."""
    loads = np.array([[row.get(key, 0.0) for row in FACTORS.values()] for key in keys])
    own = np.sqrt(1 - (loads**2).sum(axis=1))
    shared = rng.standard_normal((rows, len(FACTORS)))
    return np.asarray(shared @ loads.T + own * rng.standard_normal((rows, len(keys))))


def _own(
    metric: Metric, typical: Typical, place: float, conditions: tuple[ConditionType, ...]
) -> Typical:
    """What is typical of a person who stands at `place` among people, in standard deviations."""
    offset = typical.between * float(np.clip(place, -_FURTHEST_PERSON, _FURTHEST_PERSON))
    mean, within = typical.mean + offset, typical.within
    for condition in conditions:
        shift, widening = CONDITION_EFFECTS[condition].get(metric.key, (0.0, 1.0))
        mean, within = mean + shift, within * widening
    if is_relative(metric):
        within *= mean / typical.mean
    return replace(typical, mean=mean, within=within)


def _fed(usual: dict[str, Typical]) -> dict[str, Typical]:
    """Macronutrients scaled to the person's energy, which else would be neither's typical mean."""
    kcal = sum(usual[key].mean * kcal for key, kcal in KCAL_PER_GRAM.items())
    scale = usual["total_calories"].mean / kcal
    return usual | {
        key: replace(usual[key], mean=usual[key].mean * scale, within=usual[key].within * scale)
        for key in KCAL_PER_GRAM
    }
