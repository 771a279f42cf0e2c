"""The people that detectors are measured on, read from any folder of daily CSVs."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np

from app.catalog import Catalogue, Formula, Lag, Metric
from app.ml.types import DailyValues, FloatArray
from benchmarks.detection.columns import PREFIX_OF_LABELS, catalogue_of

FEWEST_VALUES = 20
"""A metric that a person has fewer values of is not theirs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """One person's daily values on a regular calendar, NaN where nothing is known.

    `values.keys` are the keys of the catalogue, in its order. `labels` hold what the data says
    about days, shape (days,), by name without the prefix.
    """

    pack: str
    name: str
    catalogue: Catalogue
    values: DailyValues
    labels: Mapping[str, FloatArray]

    @cached_property
    def watched(self) -> tuple[int, ...]:
        """The columns of the metrics that detectors watch."""
        return tuple(
            self.values.keys.index(metric.key)
            for metric in self.catalogue.metrics
            if metric.watch is not None
        )

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The watched metrics."""
        return tuple(self.catalogue.metrics[column] for column in self.watched)

    def with_values(self, values: FloatArray) -> "Person":
        """The same person with other values; what formulas derive from them follows."""
        derived = values.copy()
        place = {key: index for index, key in enumerate(self.values.keys)}
        for metric, formula in self.catalogue.formulas():
            inputs = [_lagged(derived, place, source) for source in formula.inputs]
            with np.errstate(all="ignore"):
                result = np.asarray(formula.function(*inputs), dtype=np.float64)
            derived[:, place[metric.key]] = np.where(np.isfinite(result), result, np.nan)
        return replace(self, values=replace(self.values, values=derived))

    def touched_by(self, column: int) -> frozenset[int]:
        """The column itself, and those of formulas that read it, directly or not."""
        touched = {self.values.keys[column]}
        for metric, formula in self.catalogue.formulas():
            if touched & set(_inputs(formula)):
                touched.add(metric.key)
        return frozenset(self.values.keys.index(key) for key in touched)


def _inputs(formula: Formula) -> Iterator[str]:
    return (source.key if isinstance(source, Lag) else source for source in formula.inputs)


def _lagged(values: FloatArray, place: Mapping[str, int], source: str | Lag) -> FloatArray:
    if isinstance(source, str):
        return values[:, place[source]]
    column = values[:, place[source.key]]
    return np.concatenate([np.full(min(source.days, len(column)), np.nan), column[: -source.days]])


def read_packs(folder: Path) -> dict[str, list[Person]]:
    """Everyone in the folder, by pack: a sub-folder's CSVs are one pack, as is a single CSV.

    Raises FileNotFoundError for a folder without a CSV.
    """
    packs: dict[str, list[Person]] = {}
    for path in sorted((*folder.glob("*.csv"), *folder.glob("*/*.csv"))):
        pack = path.stem if path.parent == folder else path.parent.name
        packs.setdefault(pack, []).extend(read_people(path, pack))
    if not packs:
        raise FileNotFoundError(f"no CSV in {folder}")
    return packs


def read_people(path: Path, pack: str) -> list[Person]:
    """Everyone in one CSV with the columns user, date, metrics and label_*."""
    rows: defaultdict[str, dict[date, Mapping[str, str]]] = defaultdict(dict)
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        columns = tuple(reader.fieldnames or ())
        for row in reader:
            rows[row["user"]][date.fromisoformat(row["date"])] = row
    return [_person(pack, name, rows[name], columns) for name in sorted(rows)]


def _person(
    pack: str, name: str, rows: Mapping[date, Mapping[str, str]], columns: Sequence[str]
) -> Person:
    first, last = min(rows), max(rows)
    days = tuple(first + timedelta(n) for n in range((last - first).days + 1))
    series = {
        column: np.array([_number(rows[day][column]) if day in rows else np.nan for day in days])
        for column in columns
        if column.startswith(PREFIX_OF_LABELS) or catalogue_of([column])[1]
    }
    return person_of(pack, name, days, series)


def person_of(
    pack: str, name: str, days: tuple[date, ...], series: Mapping[str, FloatArray]
) -> Person:
    """A person from series by column name; metrics with too few values are dropped."""
    known = [column for column, s in series.items() if np.isfinite(s).sum() >= FEWEST_VALUES]
    catalogue, columns = catalogue_of(known)
    values = np.column_stack([series[c] for c in columns]) if columns else np.empty((len(days), 0))
    labels = {
        column.removeprefix(PREFIX_OF_LABELS): values
        for column, values in series.items()
        if column.startswith(PREFIX_OF_LABELS)
    }
    return Person(
        pack=pack,
        name=name,
        catalogue=catalogue,
        values=DailyValues(days, catalogue.keys, values),
        labels=labels,
    )


def _number(text: str) -> float:
    return float(text) if text else np.nan
