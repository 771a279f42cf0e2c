"""Invented people of a second generator, built unlike the product's.

The noise has heavy tails, every metric has a weekly pattern of the person's own, levels wander
and change regime, devices round and are not worn for reasons that the values know, and metrics
move together by loadings that differ from person to person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from app.ml.types import FloatArray
from benchmarks.detection.people import Person, person_of

PACK = "invented-other"
FIRST = date(2025, 9, 1)
STREAM = 7_919


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trait:
    """A metric as this generator makes it; `factor` metrics are multiplied instead of added to.

    `load` are its ties to the day's strain, activity and sugar; `step` is what its device shows.
    """

    column: str
    middle: float
    between: float
    within: float
    memory: float
    load: tuple[float, float, float]
    step: float
    factor: bool = False
    least: float = -np.inf
    most: float = np.inf


_TRAITS = (
    _Trait(column="resting_hr", middle=64, between=7, within=2.4, memory=0.6,
           load=(0.8, -0.1, 0.1), step=1, least=38, most=110),
    _Trait(column="hrv", middle=42, between=0.4, within=0.2, memory=0.2, factor=True,
           load=(-0.8, 0.1, -0.1), step=1, least=6, most=180),
    _Trait(column="breathing_rate", middle=15.2, between=1.5, within=0.5, memory=0.5,
           load=(0.5, 0.0, 0.0), step=0.2, least=9, most=26),
    _Trait(column="skin_temp", middle=33.9, between=0.5, within=0.35, memory=0.4,
           load=(0.4, -0.2, 0.0), step=0.1, least=29, most=38),
    _Trait(column="sleep_hours", middle=7.0, between=0.7, within=0.9, memory=0.05,
           load=(-0.3, 0.2, 0.0), step=0.05, least=2, most=12),
    _Trait(column="sleep_efficiency", middle=91, between=3, within=2.5, memory=0.1,
           load=(-0.4, 0.0, 0.0), step=1, least=55, most=99),
    _Trait(column="steps", middle=7_800, between=0.4, within=0.4, memory=0.1, factor=True,
           load=(-0.2, 0.85, 0.0), step=1, least=150, most=45_000),
    _Trait(column="sedentary_minutes", middle=690, between=80, within=85, memory=0.1,
           load=(0.1, -0.8, 0.0), step=1, least=180, most=1_300),
    _Trait(column="weight", middle=78, between=14, within=0.45, memory=0.9,
           load=(0.0, -0.1, 0.1), step=0.2, least=40, most=180),
    _Trait(column="bp_systolic", middle=124, between=10, within=6.5, memory=0.2,
           load=(0.8, -0.1, 0.0), step=2, least=85, most=200),
    _Trait(column="bp_diastolic", middle=78, between=7, within=4.5, memory=0.2,
           load=(0.8, -0.1, 0.0), step=2, least=45, most=125),
    _Trait(column="blood_glucose_avg", middle=148, between=0.15, within=0.14, memory=0.25,
           factor=True, load=(0.2, -0.1, 0.85), step=1, least=60, most=380),
    _Trait(column="glucose_min", middle=76, between=0.12, within=0.17, memory=0.05, factor=True,
           load=(0.0, -0.1, 0.4), step=1, least=35, most=250),
    _Trait(column="glucose_max", middle=236, between=0.15, within=0.17, memory=0.1, factor=True,
           load=(0.2, -0.1, 0.8), step=1, least=90, most=520),
)  # fmt: skip

_SETS: tuple[frozenset[str], ...] = (
    frozenset({"resting_hr", "hrv", "breathing_rate", "skin_temp", "sleep_hours",
               "sleep_efficiency", "steps", "sedentary_minutes"}),
    frozenset({"resting_hr", "sleep_hours", "steps", "weight", "bp_systolic", "bp_diastolic"}),
    frozenset({"blood_glucose_avg", "glucose_min", "glucose_max", "sleep_hours", "steps"}),
)  # fmt: skip
"""What a watch shows, what a family home measures, what a glucose sensor adds."""


def invented(seed: int, people: int, days: int) -> list[Person]:
    return [
        _person(np.random.default_rng((STREAM, seed, number)), f"{seed}-{number}", number, days)
        for number in range(people)
    ]


def _person(rng: np.random.Generator, name: str, number: int, days: int) -> Person:
    calendar = tuple(FIRST + timedelta(n) for n in range(days))
    traits = [trait for trait in _TRAITS if trait.column in _SETS[number % len(_SETS)]]
    factors = np.column_stack([_carried(rng, days, 0.35) for _ in range(3)])
    weekday = np.array([day.weekday() for day in calendar])
    series = {trait.column: _series(rng, trait, factors, weekday) for trait in traits}
    series["exercise_minutes"] = _workouts(rng, factors[:, 1], weekday)
    return person_of(PACK, name, calendar, _worn(rng, series, factors, weekday))


def _heavy(rng: np.random.Generator, days: int) -> FloatArray:
    """Student's t of 4 degrees, of unit variance."""
    return np.asarray(rng.standard_t(4, days) / np.sqrt(2))


def _carried(rng: np.random.Generator, days: int, memory: float) -> FloatArray:
    fresh = _heavy(rng, days) * np.sqrt(1 - memory**2)
    level = np.empty(days)
    level[0] = fresh[0]
    for day in range(1, days):
        level[day] = memory * level[day - 1] + fresh[day]
    return level


def _series(
    rng: np.random.Generator, trait: _Trait, factors: FloatArray, weekday: FloatArray
) -> FloatArray:
    days = len(weekday)
    load = np.array(trait.load) * rng.uniform(0.6, 1.25, 3)
    alone = np.sqrt(max(0.15, 1 - (load**2).sum()))
    swing = factors @ load + alone * _carried(rng, days, trait.memory)
    swing += 0.45 * rng.standard_normal(7)[weekday]
    swing += _wander(rng, days)
    within = trait.within * rng.uniform(0.7, 1.4)
    if trait.factor:
        usual = trait.middle * np.exp(trait.between * rng.standard_normal())
        values = usual * np.exp(within * swing)
    else:
        values = trait.middle + trait.between * rng.standard_normal() + within * swing
    shown = np.clip(np.round(values / trait.step) * trait.step, trait.least, trait.most)
    return np.asarray(shown)


def _wander(rng: np.random.Generator, days: int) -> FloatArray:
    """A season's slow wave, and now and then a new way of living that comes within two weeks."""
    day = np.arange(days)
    wave = rng.uniform(0.1, 0.6) * np.sin(2 * np.pi * (day / rng.uniform(90, 240) + rng.random()))
    for start in np.flatnonzero(rng.random(days) < 1 / 120):
        wave = wave + 0.8 * rng.standard_normal() * np.clip((day - start) / 14, 0, 1)
    return np.asarray(wave)


def _workouts(rng: np.random.Generator, activity: FloatArray, weekday: FloatArray) -> FloatArray:
    """Training on some weekdays, else none: zero on most days."""
    habit = rng.beta(0.6, 0.8, 7)[weekday]
    done = rng.random(len(weekday)) < np.clip(habit + 0.12 * activity, 0, 1)
    minutes = rng.uniform(25, 70) * np.exp(0.3 * activity + 0.25 * _heavy(rng, len(weekday)))
    return np.where(done, np.clip(np.round(minutes), 5, 400), 0.0)


def _worn(
    rng: np.random.Generator,
    series: Mapping[str, FloatArray],
    factors: FloatArray,
    weekday: FloatArray,
) -> dict[str, FloatArray]:
    """The series with what was not recorded: the device in a drawer, or left off on weekends and
    on bad days."""
    days = len(weekday)
    drawer = np.zeros(days, dtype=bool)
    for start in np.flatnonzero(rng.random(days) < 1 / 60):
        drawer[start : start + int(rng.integers(2, 9))] = True
    careless = 0.03 + 0.06 * (weekday >= 5) + 0.06 * (factors[:, 0] > 1.2)
    return {
        column: np.where(drawer | (rng.random(days) < careless), np.nan, values)
        for column, values in series.items()
    }
