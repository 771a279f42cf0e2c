"""`python -m benchmarks.detection.cost`: what judging a new day costs, in CPU time.

Reading is left out. Everything is measured in one run, by turns, and set against fitting and asking
one forest of scikit-learn on 60 days, which is a part of the textbook's way.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click
import numpy as np
from sklearn.ensemble import IsolationForest

from app.ml.batch import Candidate, judge_days
from app.ml.judging import LOOKBACK, Detected, judge
from app.ml.memory import Memory
from app.ml.types import DailyValues, Wishes
from app.utils.mock_data import invent_person
from benchmarks.detection.invented_product import END, as_daily_values
from benchmarks.detection.tables import aligned

_Result = TypeVar("_Result")

WEEK = 7
WISHES = Wishes()
AFRESH = 3
"""So many people are also judged without memory, and so many forests fitted, each day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU milliseconds for one person: of a person and day of a week the usual and the mean, which
    has those in it who are told something and the day on which everything is learned anew. Of a
    batch the usual is that of its days, on each of which some are told something."""

    usual_day: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """`told` is the share of days with findings."""

    people: int
    batch_size: int
    told: float
    forest: Cost
    afresh: Cost
    alone: Cost
    batch: Cost


def measure(people: int, batch_size: int) -> Costs:
    """Of a week of `people` who are invented; a batch has each as often as it takes."""
    everyone = [_person(seed) for seed in range(people)]
    memories = [_judge(values.rows(0, LOOKBACK + 1), None)[1].memory for values in everyone]
    forest: list[list[float]] = [[] for _ in range(WEEK)]
    afresh: list[list[float]] = [[] for _ in range(WEEK)]
    alone: list[list[float]] = [[] for _ in range(WEEK)]
    batch: list[list[float]] = [[] for _ in range(WEEK)]
    told = 0
    for n in range(WEEK):
        windows = [values.rows(n + 1, n + LOOKBACK + 2) for values in everyone]
        for window in windows[:AFRESH]:
            forest[n].append(_forest(window))
            afresh[n].append(_judge(window, None)[0])
        batch[n].append(_in_batch(windows, memories, batch_size))
        judged = [_judge(*one) for one in zip(windows, memories, strict=True)]
        alone[n] += [spent for spent, _ in judged]
        told += sum(bool(found.findings) for _, found in judged)
        memories = [found.memory for _, found in judged]
    return Costs(
        people=people,
        batch_size=batch_size,
        told=told / WEEK / people,
        forest=_cost(forest),
        afresh=_cost(afresh),
        alone=_cost(alone),
        batch=_cost(batch),
    )


def _person(seed: int) -> DailyValues:
    days = LOOKBACK + 1 + WEEK
    person = invent_person(
        seed=seed, days=days, end=END, zone=ZoneInfo("UTC"), anomalies=True, conditions=()
    )
    return as_daily_values(person, [END - timedelta(ago) for ago in reversed(range(days))])


def _spent(work: Callable[[], _Result]) -> tuple[float, _Result]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def _judge(window: DailyValues, memory: Memory | None) -> tuple[float, Detected]:
    day = window.days[-1]
    return _spent(lambda: judge(window, since=day, until=day, wishes=WISHES, memory=memory))


def _forest(window: DailyValues) -> float:
    points = np.nan_to_num(window.values[-60:, :12])
    return _spent(lambda: IsolationForest(n_estimators=100).fit(points).score_samples(points))[0]


def _in_batch(
    windows: Sequence[DailyValues], memories: Sequence[Memory | None], size: int
) -> float:
    """For one person: the batch, and those who have to be judged alone after it."""
    chosen = [n % len(windows) for n in range(size)]
    people = [Candidate(values=windows[n], wishes=WISHES, memory=memories[n]) for n in chosen]

    def work(day: date) -> None:
        for n, detected in zip(chosen, judge_days(people, day), strict=True):
            if detected is None:
                judge(windows[n], since=day, until=day, wishes=WISHES, memory=memories[n])

    return _spent(lambda: work(windows[0].days[-1]))[0] / size


def _cost(days: Sequence[Sequence[float]]) -> Cost:
    by_day = [statistics.median(spent) for spent in days]
    everything = [spent for day in days for spent in day]
    return Cost(usual_day=1e3 * statistics.median(by_day), mean=1e3 * statistics.fmean(everything))


def shown(costs: Costs) -> str:
    """As a table."""
    ways = {
        "one person, nothing remembered": costs.afresh,
        "one person": costs.alone,
        f"{costs.batch_size} people at once": costs.batch,
        "one forest of scikit-learn": costs.forest,
    }
    header = ["CPU milliseconds a person and new day", "usual day", "mean of a week", "forest = 1"]
    rows = [
        [
            way,
            f"{cost.usual_day:.2f}",
            f"{cost.mean:.2f}",
            f"{cost.usual_day / costs.forest.usual_day:.3f}",
        ]
        for way, cost in ways.items()
    ]
    return (
        aligned(header, rows)
        + f"\n\n{costs.people} invented people, who are told something on {costs.told:.0%} of days."
    )


@click.command(help=__doc__)
@click.option("--people", default=60, show_default=True)
@click.option("--batch", "batch_size", default=1_000, show_default=True)
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path))
def main(*, people: int, batch_size: int, file: Path | None) -> None:
    costs = measure(people, batch_size)
    if file:
        file.write_text(json.dumps(asdict(costs), indent=1))
    click.echo(shown(costs))


if __name__ == "__main__":
    main()
