"""The daily feature matrix: the entries of all trackers as one row a day."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from app.catalog import CATALOGUE, Aggregation, Catalogue, Column, Formula, Lag, Metric, tracker
from app.ml.types import DailyValues, FloatArray

if TYPE_CHECKING:
    import pandas as pd

ReadRows = Callable[[str, Mapping[str, object]], Awaitable[Sequence[Sequence[Any]]]]
"""Runs a statement with named parameters and gives its rows."""

_FUNCTIONS = {
    Aggregation.SUM: "sum",
    Aggregation.MEAN: "avg",
    Aggregation.MINIMUM: "min",
    Aggregation.MAXIMUM: "max",
    Aggregation.DEVIATION: "stddev_samp",
}


def feature_statement(catalogue: Catalogue = CATALOGUE) -> str:
    """One PostgreSQL statement for `:user_id`, `:start` and `:stop`, the last included.

    It gives a row for each day, in order: the day, then a float8 for each metric that comes from
    a column, in the order of the catalogue; null where nothing was logged.
    """
    selected = "".join(f",\n       {place}" for place in column_places(catalogue))
    between = "between cast(:start as date) and cast(:stop as date)"
    joins = daily_joins(catalogue, user="cast(:user_id as uuid)", days=between)
    # Every inserted word is the catalogue's; what a user says comes in as a parameter.
    return (
        f"select calendar.day{selected}\n"  # noqa: S608 (see above)
        "from (\n"
        "  select cast(:start as date) + n as day\n"
        "  from generate_series(0, cast(:stop as date) - cast(:start as date)) as n\n"
        f") as calendar\n{joins}order by calendar.day"
    )


def column_places(catalogue: Catalogue) -> list[str]:
    """Where `daily_joins` has the metrics that come from columns, in the catalogue's order."""
    return [f'{source.tracker}."{metric.key}"' for metric, source in catalogue.columns()]


def daily_joins(catalogue: Catalogue, *, user: str, days: str) -> str:
    """Each tracker's entries as one row a day, joined to `calendar.day`.

    `user` is an expression for the user's id, `days` a condition on a day: both SQL of ours.
    """
    by_tracker = sorted(catalogue.columns(), key=lambda pair: pair[1].tracker)
    groups = groupby(by_tracker, lambda pair: pair[1].tracker)
    return "".join(_join(key, list(pairs), user, days) for key, pairs in groups)


def _join(key: str, pairs: list[tuple[Metric, Column]], user: str, days: str) -> str:
    daily = "".join(f',\n         {aggregate(source)} as "{m.key}"' for m, source in pairs)
    return (
        f"left join (\n  select date as day{daily}\n  from {tracker(key).table}\n"  # noqa: S608 (as in feature_statement)
        f"  where user_id = {user}\n"
        f"    and date {days}\n"
        f"  group by date\n) as {key} on {key}.day = calendar.day\n"
    )


def aggregate(source: Column) -> str:
    """The day's value in SQL: a float8, null where nothing was logged."""
    value, kept = number(source), chosen(source)
    if source.aggregation is not Aggregation.LAST:
        where = f" filter (where {' and '.join(kept)})" if kept else ""
        return f"{_FUNCTIONS[source.aggregation]}({value}){where}"
    latest = f"{tracker(source.tracker).instant} desc nulls last, created_at desc, id desc"
    known = " and ".join([f"{source.column} is not null", *kept])
    return f"(array_agg({value} order by {latest}) filter (where {known}))[1]"


def number(source: Column) -> str:
    """An entry's value in SQL: a float8, null where it has none."""
    if not source.codes:
        return f"cast({source.column} as float8)"
    cases = " ".join(f"when {_literal(word)} then {code}" for word, code in source.codes.items())
    return f"cast(case {source.column} {cases} end as float8)"


def chosen(source: Column) -> list[str]:
    """The conditions in SQL on entries that count."""
    return [f"{column} = {_literal(wanted)}" for column, wanted in source.where.items()]


def _literal(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


@lru_cache(maxsize=64)
def lookback(catalogue: Catalogue = CATALOGUE) -> int:
    """The days that the formulas need before the first wanted day."""
    reach = dict.fromkeys(catalogue.keys, 0)
    for metric, formula in catalogue.formulas():
        reach[metric.key] = max(reach[key] + days for key, days in _inputs(formula))
    return max(reach.values(), default=0)


def _inputs(formula: Formula) -> list[tuple[str, int]]:
    """The metrics that a formula reads, each with how many days earlier."""
    return [(i.key, i.days) if isinstance(i, Lag) else (i, 0) for i in formula.inputs]


def daily_values(rows: Sequence[Sequence[Any]], *, catalogue: Catalogue = CATALOGUE) -> DailyValues:
    """The statement's rows with the formulas added.

    Formulas on the first `lookback` days are unknown where they reach back before the first row.
    Raises ValueError where the rows are not consecutive days.
    """
    days = tuple(row[0] for row in rows)
    if any(later - day != timedelta(1) for day, later in pairwise(days)):
        raise ValueError("the rows must be consecutive days")
    logged = np.array([row[1:] for row in rows], dtype=np.float64)
    logged = rounded(logged.reshape(len(days), len(catalogue.columns())))
    return DailyValues(days, catalogue.keys, with_formulas(logged, catalogue))


_DECIMALS = 9
"""Far beyond what anything is logged with."""


def rounded(logged: FloatArray) -> FloatArray:
    """What comes from columns. The same entries come to sums and means that differ in their last
    digits by the order in which PostgreSQL adds them up, and would seem changed."""
    return np.asarray(np.round(logged, _DECIMALS), dtype=np.float64)


def with_formulas(logged: FloatArray, catalogue: Catalogue = CATALOGUE) -> FloatArray:
    """Every metric of consecutive days, shape (..., days, keys), from those that come from columns,
    shape (..., days, columns)."""
    values = np.full((*logged.shape[:-1], len(catalogue.keys)), np.nan)
    place = _places(catalogue)
    values[..., [place[metric.key] for metric, _ in catalogue.columns()]] = logged
    values[~np.isfinite(values)] = np.nan
    for metric, formula in catalogue.formulas():
        inputs = [_earlier(values[..., place[key]], lag) for key, lag in _inputs(formula)]
        values[..., place[metric.key]] = _computed(metric, formula, inputs)
    return values


@lru_cache(maxsize=64)
def _places(catalogue: Catalogue) -> Mapping[str, int]:
    return {key: index for index, key in enumerate(catalogue.keys)}


def _earlier(column: FloatArray, days: int) -> FloatArray:
    """Each value of the last axis as it was so many days before."""
    kept = column[..., : max(0, column.shape[-1] - days)]
    ahead = np.full((*column.shape[:-1], min(days, column.shape[-1])), np.nan)
    return np.concatenate([ahead, kept], axis=-1)


def _computed(metric: Metric, formula: Formula, inputs: list[FloatArray]) -> FloatArray:
    with np.errstate(all="ignore"):
        result = np.asarray(formula.function(*inputs), dtype=np.float64)
    plausible = (result >= metric.plausible.low) & (result <= metric.plausible.high)
    return np.where(plausible, result, np.nan)


def feature_frame(values: DailyValues, catalogue: Catalogue = CATALOGUE) -> "pd.DataFrame":
    """The values as a frame: `date`, every metric, then every alias of a metric."""
    import pandas as pd  # takes most of a second, and only this frame needs it

    columns: dict[str, object] = {"date": list(values.days)}
    columns |= {key: values.column(key) for key in catalogue.keys}
    columns |= {
        alias: values.column(metric.key) for metric in catalogue.metrics for alias in metric.aliases
    }
    return pd.DataFrame(columns)


async def read_daily_values(
    user_id: UUID,
    start: date,
    stop: date,
    *,
    read: ReadRows,
    catalogue: Catalogue = CATALOGUE,
) -> DailyValues:
    """The user's days from `start` to `stop`, both included."""
    ahead = lookback(catalogue)
    wanted = {"user_id": user_id, "start": start - timedelta(ahead), "stop": stop}
    values = daily_values(await read(feature_statement(catalogue), wanted), catalogue=catalogue)
    return values.rows(ahead, len(values.days))


async def build_daily_feature_matrix(
    user_id: UUID,
    days: int = 60,
    *,
    read: ReadRows,
    today: date,
    catalogue: Catalogue = CATALOGUE,
) -> "pd.DataFrame":
    """The plan's feature matrix: the last `days` days, today included, as `feature_frame` says.

    Raises ValueError for fewer days than one.
    """
    if days < 1:
        raise ValueError("days must be at least 1")
    start = today - timedelta(days - 1)
    values = await read_daily_values(user_id, start, today, read=read, catalogue=catalogue)
    return feature_frame(values, catalogue)
