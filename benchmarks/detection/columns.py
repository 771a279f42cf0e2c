"""How the columns of a folder of daily CSVs are read: a metric of the catalogue, a row here, or
left out."""

from collections.abc import Iterable
from dataclasses import replace

from app.catalog import (
    CATALOGUE,
    Adverse,
    Aggregation,
    Catalogue,
    Column,
    Metric,
    Range,
    Scale,
    Watch,
)

PREFIX_OF_LABELS = "label_"


def _row(
    key: str,
    unit: str,
    low: float,
    high: float,
    *,
    family: str,
    floor: float,
    scale: Scale = Scale.IDENTITY,
    adverse: Adverse = Adverse.BOTH,
) -> Metric:
    return Metric(
        key=key,
        label=key.replace("_", " "),
        unit=unit,
        decimals=1,
        family=family,
        source=Column(tracker="file", column=key, aggregation=Aggregation.MEAN),
        plausible=Range(low, high),
        watch=Watch(floor=floor, scale=scale, adverse=adverse),
    )


_COUNTED = Scale.LOG1P  # minutes, steps and units: many days at or near zero
_FACTOR = Scale.LOG  # swings by factors

ROWS = (
    # On a logarithmic scale, days on which the watch lay at home would drown all others.
    _row("steps", "1", 0, 80_000, family="activity", floor=4, scale=Scale.SQRT,
         adverse=Adverse.LOW),
    _row("sedentary_minutes", "min", 0, 1_440, family="activity", floor=15, adverse=Adverse.HIGH),
    _row("sleep_efficiency", "%", 20, 100, family="sleep", floor=1, adverse=Adverse.LOW),
    _row("deep_sleep_min", "min", 0, 400, family="sleep", floor=5, adverse=Adverse.LOW),
    _row("skin_temp", "Cel", 25, 42, family="temperature", floor=0.15, adverse=Adverse.HIGH),
    _row("hr_spot", "/min", 30, 200, family="heart_rate", floor=1, adverse=Adverse.HIGH),
    _row("hr_avg", "/min", 30, 200, family="heart_rate", floor=1, adverse=Adverse.HIGH),
    _row("hr_min", "/min", 25, 200, family="heart_rate", floor=1, adverse=Adverse.HIGH),
    _row("glucose_night_avg", "mg/dL", 20, 600, family="glucose", floor=0.05, scale=_FACTOR,
         adverse=Adverse.HIGH),
    _row("glucose_prebreakfast", "mg/dL", 20, 600, family="glucose", floor=0.06, scale=_FACTOR),
    _row("glucose_presupper", "mg/dL", 20, 600, family="glucose", floor=0.06, scale=_FACTOR),
    # Here the coefficient of variation in per cent; the catalogue means a spread in mg/dL.
    _row("glucose_variability", "%", 2, 120, family="glucose", floor=0.05, scale=_FACTOR,
         adverse=Adverse.HIGH),
    _row("tbr_70", "%", 0, 100, family="glucose", floor=0.2, scale=_COUNTED, adverse=Adverse.HIGH),
    _row("tar_180", "%", 0, 100, family="glucose", floor=0.1, scale=_COUNTED, adverse=Adverse.HIGH),
    _row("insulin_regular", "[iU]", 0, 200, family="insulin", floor=0.1, scale=_COUNTED),
    _row("insulin_nph", "[iU]", 0, 200, family="insulin", floor=0.1, scale=_COUNTED),
)  # fmt: skip
"""Columns that the catalogue does not have, or means otherwise."""

BELIEVABLE = {
    "exercise_minutes": Range(0, 600),
    "sleep_hours": Range(0.5, 16),
    "sleep_quality": Range(1, 100),
    "resting_hr": Range(30, 130),
    "hrv": Range(3, 250),
    "respiratory_rate": Range(6, 40),
    "spo2": Range(75, 100),
    "weight": Range(30, 250),
    "body_temperature": Range(34, 41.5),
    "bp_systolic": Range(70, 240),
    "bp_diastolic": Range(40, 140),
    "blood_glucose_avg": Range(40, 450),
    "glucose_min": Range(20, 400),
    "glucose_max": Range(40, 600),
    "total_calories": Range(300, 9_000),
    "total_sugar": Range(1, 800),
}
"""Narrower than plausible: what a living person's day can hold, where injections end."""

_ROWS = {row.key: row for row in ROWS}


def metric_of(column: str) -> Metric | None:
    """The metric that a column holds, as values of their own; None for one that is left out.

    Left out are labels, self-reports, counts of readings, and near copies of other columns
    (calories burned of steps, light activity of sedentary minutes, spreads of variability).
    """
    if column in _ROWS:
        return _ROWS[column]
    if column not in CATALOGUE or CATALOGUE[column].watch is None:
        return None
    metric = CATALOGUE[column]
    return replace(
        metric, source=Column(tracker="file", column=column, aggregation=Aggregation.MEAN)
    )


def catalogue_of(columns: Iterable[str]) -> tuple[Catalogue, tuple[str, ...]]:
    """A catalogue of the columns that are metrics, and those columns, in its order."""
    chosen = {column: metric for column in columns if (metric := metric_of(column))}
    return Catalogue(chosen.values()), tuple(chosen)


def bounds(metric: Metric) -> Range:
    return BELIEVABLE.get(metric.key, metric.plausible)
