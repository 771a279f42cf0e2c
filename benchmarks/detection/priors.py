"""`python -m benchmarks.detection.priors`: makes the priors that VitalIQ ships.

Everything is learned from invented people of both generators: what is usual from healthy ones, the
weights of the kinds of departures from ones with injected anomalies. Two figures come from
elsewhere, see CARRIED and FURTHER_A_DECADE.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import click
import numpy as np

from app.catalog import Catalogue
from app.ml.departures import KINDS, departures
from app.ml.learning import learn
from app.ml.priors import Priors, shipped
from app.ml.strangeness import REFIT_DAYS, strangeness
from app.ml.types import BoolArray, DailyValues, FloatArray
from benchmarks.detection.cases import Background, Crowd
from benchmarks.detection.columns import catalogue_of
from benchmarks.detection.inject import Injected
from benchmarks.detection.people import Person

VERSION = "invented-2"
FIRST_SEED = 100
"""Seeds that the benchmark does not use."""

CARRIED = {"resting_hr": 0.8, "weight": 0.7, "hrv": 0.2, "blood_glucose_avg": 0.26}
"""Day-to-day correlations measured on people with wearables and glucose sensors (LifeSnaps, doi
10.1038/s41597-022-01764-x; PMData, doi 10.1145/3339825.3394926; Glucose-ML collections): invented
people know no physiology, so these count."""

FURTHER_A_DECADE = 0.45
"""How much further from their median the days of those people reach than those of invented ones,
for each power of ten that days are rarer than the median one."""

FLAT = Priors(
    version="none",
    spread={},
    carried=CARRIED,
    correlation={},
    weights=(1 / len(KINDS),) * len(KINDS),
    second=0.2,
    crowd=0.35,
    tail=((0.0, 1.0), (5.0, 0.01), (8.0, 0.001)),
)
ROUNDS = 4
SMALLEST_WEIGHT = 0.02


@dataclass(frozen=True, slots=True)
class _Sample:
    """One injected person: the evidence of each kind of departure, shape (kinds, days, metrics)."""

    above: FloatArray
    below: FloatArray
    truth: BoolArray
    judged: BoolArray


def make(people: int, days: int, kept: Priors | None = None) -> Priors:
    """The priors to ship, with the weights of `kept` or with new ones."""
    crowd = Crowd(people=people, days=days)
    healthy = [person for pack in crowd.everyone(FIRST_SEED).values() for person in pack]
    catalogue, values = _together(healthy)
    base = learn(values, FLAT, version=VERSION, catalogue=catalogue)
    weights, second = (kept.weights, kept.second) if kept else _weights(crowd, base)
    base = replace(base, carried={**base.carried, **CARRIED}, weights=weights, second=second)
    final = learn(values, base, version=VERSION, catalogue=catalogue)
    return replace(final, carried={**final.carried, **CARRIED}, tail=stretched(final.tail))


def stretched(tail: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The table with the scores above the median further from it."""
    middle = next(score for score, share in tail if share <= 0.5)
    return tuple(
        (score if share >= 0.5 else round(middle + (score - middle) * _stretch(share), 3), share)
        for score, share in tail
    )


def _stretch(share: float) -> float:
    return 1 + FURTHER_A_DECADE * math.log10(0.5 / share)


def _together(people: Sequence[Person]) -> tuple[Catalogue, list[DailyValues]]:
    """One catalogue for all, and everyone's days in its columns."""
    metrics = {metric.key: metric for person in people for metric in person.metrics}
    catalogue, keys = catalogue_of(metrics)
    return catalogue, [_filled(person, keys) for person in people]


def _filled(person: Person, keys: Sequence[str]) -> DailyValues:
    own = {key: person.values.column(key) for key in person.values.keys}
    nothing = np.full(len(person.values.days), np.nan)
    columns = [own.get(key, nothing) for key in keys]
    return DailyValues(person.values.days, tuple(keys), np.column_stack(columns))


def _weights(crowd: Crowd, priors: Priors) -> tuple[tuple[float, ...], float]:
    """By logistic regression of anomalous days on the evidence of their strangest metric, kind by
    kind; which metric that is follows from the weights, so a few rounds are made."""
    from sklearn.linear_model import LogisticRegression

    samples = [
        _sample(case.injected, priors)
        for background in Background
        for case in crowd.cases([FIRST_SEED + 1], background)
    ]
    truth = np.concatenate([sample.truth[sample.judged] for sample in samples])
    weights, second = np.full(len(KINDS), 1 / len(KINDS)), 0.0
    for _ in range(ROUNDS):
        rows = np.concatenate([_rows(sample, weights)[sample.judged] for sample in samples])
        found = LogisticRegression(C=1.0, max_iter=500).fit(rows, truth).coef_[0]
        weights, second = np.maximum(found[:-1], SMALLEST_WEIGHT), float(max(found[-1], 0))
    return tuple(round(float(weight), 3) for weight in weights), round(second, 3)


def _sample(injected: Injected, priors: Priors) -> _Sample:
    person = injected.person
    arrays = priors.of(person.metrics)
    found = departures(person.values.values[:, person.watched], person.metrics, arrays.carried)
    days = np.arange(len(person.values.days))
    ordinals = np.array([day.toordinal() for day in person.values.days])
    alone = [replace(arrays, weights=row) for row in np.eye(len(KINDS))]
    parts = [strangeness(found.values, days, days - ordinals % REFIT_DAYS, one) for one in alone]
    return _Sample(
        above=np.stack([part.above for part in parts]),
        below=np.stack([part.below for part in parts]),
        truth=injected.truth,
        judged=injected.judged,
    )


def _rows(sample: _Sample, weights: FloatArray) -> FloatArray:
    """Each day's evidence by kind of its strangest metric and side, then the second's sum."""
    sides = np.concatenate([sample.above, sample.below], axis=2)
    sums = np.einsum("k,kds->ds", weights, sides)
    first = sums.argmax(axis=1)
    metrics = sample.above.shape[2]
    best = np.maximum(sums[:, :metrics], sums[:, metrics:])
    second = np.sort(best, axis=1)[:, -2] if metrics > 1 else np.zeros(len(sums))
    return np.column_stack([sides[:, np.arange(len(first)), first].T, second])


@click.command()
@click.option("--people", default=60, show_default=True, help="How many of each generator.")
@click.option("--days", default=200, show_default=True)
@click.option("--keep-weights", is_flag=True, help="Learn all but the weights of departures anew.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def main(*, people: int, days: int, keep_weights: bool, out: Path | None) -> None:
    """Learns the constants and writes them where VitalIQ finds them."""
    text = make(people, days, shipped() if keep_weights else None).written()
    place = out or Path(str(resources.files("app.ml") / "priors.json"))
    place.write_text(text)
    click.echo(f"{place}: {len(json.loads(text)['spread'])} metrics")


if __name__ == "__main__":
    main()
