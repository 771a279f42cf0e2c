"""Invented people of the product's own generator, as daily values."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from app.catalog import CATALOGUE, Aggregation, Catalogue, Column, Formula, Lag, Metric, tracker
from app.ml.feature_engineering import daily_values
from app.ml.types import DailyValues
from app.utils.mock_data import InventedPerson, invent_person
from benchmarks.detection.people import FEWEST_VALUES, Person

PACK = "invented"
END = date(2026, 6, 30)
CONDITIONS = ((), ("diabetes",), (), ("hypertension",))

_Row = Mapping[str, object]
_AGGREGATES: Mapping[Aggregation, Callable[[Sequence[float]], float]] = {
    Aggregation.SUM: sum,
    Aggregation.MEAN: statistics.fmean,
    Aggregation.MINIMUM: min,
    Aggregation.MAXIMUM: max,
    Aggregation.LAST: lambda values: values[-1],
    Aggregation.DEVIATION: lambda v: statistics.stdev(v) if len(v) > 1 else float("nan"),
}


def invented(seed: int, people: int, days: int) -> list[Person]:
    """People without anomalies, a quarter with diabetes and a quarter with hypertension."""
    return [_person(seed, number, days) for number in range(people)]


def _person(seed: int, number: int, days: int) -> Person:
    person = invent_person(
        seed=1_000 * seed + number,
        days=days,
        end=END,
        zone=ZoneInfo("UTC"),
        anomalies=False,
        conditions=CONDITIONS[number % len(CONDITIONS)],
    )
    calendar = [date.fromordinal(END.toordinal() - ago) for ago in reversed(range(days))]
    values = as_daily_values(person, calendar)
    return _without_gaps(f"{seed}-{number}", values)


def as_daily_values(person: InventedPerson, calendar: Sequence[date]) -> DailyValues:
    """What an invented person logged, as the product would read it from the database."""
    daily = [_of_day(source, person.entries[source.tracker]) for _, source in CATALOGUE.columns()]
    return daily_values([(day, *(column.get(day) for column in daily)) for day in calendar])


def _of_day(source: Column, rows: Sequence[_Row]) -> dict[date, float]:
    """The column's value by day, aggregated as the product's statement does it."""
    kept: defaultdict[date, list[float]] = defaultdict(list)
    instant = tracker(source.tracker).instant
    for row in sorted(rows, key=lambda row: str(row[instant])):
        value = row.get(source.column)
        if value is None or any(row[column] != word for column, word in source.where.items()):
            continue
        number = source.codes[str(value)] if source.codes else float(str(value))
        kept[date.fromisoformat(str(row["date"]))].append(number)
    return {day: _AGGREGATES[source.aggregation](numbers) for day, numbers in kept.items()}


def _without_gaps(name: str, values: DailyValues) -> Person:
    """The person with the metrics that they log often enough, and what derives from those."""
    known = np.isfinite(values.values).sum(axis=0) >= FEWEST_VALUES
    kept: dict[str, Metric] = {}
    for metric, enough in zip(CATALOGUE.metrics, known, strict=True):
        source = metric.source
        inputs = _inputs(source) if isinstance(source, Formula) else set()
        if enough and inputs <= set(kept):
            kept[metric.key] = metric
    columns = [values.keys.index(key) for key in kept]
    person = Person(
        pack=PACK,
        name=name,
        catalogue=Catalogue(kept.values()),
        values=DailyValues(values.days, tuple(kept), values.values[:, columns]),
        labels={},
    )
    return person.with_values(person.values.values)


def _inputs(formula: Formula) -> set[str]:
    return {source.key if isinstance(source, Lag) else source for source in formula.inputs}
