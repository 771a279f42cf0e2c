"""One figure for a whole day, and how rarely a healthy person's day reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.catalog import Catalogue, Metric
from app.ml.departures import (
    BASELINE_DAYS,
    BEHIND,
    DEVIATION,
    SAME_WEEKDAYS,
    Departures,
    departures,
)
from app.ml.priors import Priors
from app.ml.scales import to_unit
from app.ml.statistics import SMALLEST
from app.ml.strangeness import LONGEST_LAG, MEMORY_DAYS, REFIT_DAYS, Strangeness, strangeness
from app.ml.trailing import trailing
from app.ml.types import Accepted, BoolArray, DailyValues, FloatArray, IntArray
from app.utils.enums import Direction

OWN_DAYS = 90
"""The earlier days whose scores a day's score is compared with."""

OWN_WEIGHT = 40
"""The population's share of days counts like so many own ones."""

LENIENCY = 0.8
"""What is left of the evidence after each "not unusual for me", on that metric and side."""

USUAL_SPREADS = 2.0

REACH = max(BEHIND.values()) + BASELINE_DAYS + 7 * SAME_WEEKDAYS + LONGEST_LAG + MEMORY_DAYS
"""The days before a block of REFIT_DAYS that its strangeness rests on, at most."""

LOOKBACK = OWN_DAYS + REFIT_DAYS + REACH
"""The days before a day that its p-value rests on, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """Of each rated day: its `score`, higher is stranger, and the `p_value` of that; NaN where
    nothing could be judged. Arrays of the shape (days, watched metrics): the evidence `above` and
    `below`; in the metric's unit, `baseline` and the usual range; the number of the baseline's
    days with a value, and the ordinal of the first, or 0.
    """

    score: FloatArray
    p_value: FloatArray
    above: FloatArray
    below: FloatArray
    baseline: FloatArray
    usual_low: FloatArray
    usual_high: FloatArray
    history: IntArray
    history_from: IntArray

    @property
    def evidence(self) -> FloatArray:
        return np.maximum(self.above, self.below)


def rate(
    values: DailyValues,
    days: range,
    *,
    catalogue: Catalogue,
    priors: Priors,
    learned_from: BoolArray | None = None,
    accepted: Sequence[Accepted] = (),
) -> Rated:
    """The days at the indices `days`, each from itself and earlier ones.

    Nothing is learned from days that are false in `learned_from`. Days before the first row count
    as days on which nothing was logged.
    """
    first = max(0, days.start - OWN_DAYS)
    rows = np.arange(first, days.stop)
    metrics = catalogue.watched
    found, known = _found(values, rows, metrics, priors, learned_from)
    left_above, left_below = _left(values, rows, metrics, accepted)
    above, below = found.strangeness.above * left_above, found.strangeness.below * left_below
    score = _score(np.maximum(above, below), known, priors)
    p_value = _p_value(score, priors)
    asked = slice(days.start - first, None)
    return Rated(
        score=score[asked],
        p_value=p_value[asked],
        above=above[asked],
        below=below[asked],
        **_usual(found, metrics, rows, asked, _widened(values, rows, metrics, accepted)),
        history=found.departures.history[rows][asked],
        history_from=_first_day(found.departures, values, rows)[asked],
    )


def _first_day(found: Departures, values: DailyValues, rows: IntArray) -> IntArray:
    """The ordinal of the baseline's first day with a value, or 0 without any."""
    ordinals = np.array([values.days[row].toordinal() for row in rows])[:, np.newaxis]
    return np.where(found.history[rows] > 0, ordinals - found.oldest[rows], 0)


@dataclass(frozen=True, slots=True)
class _Found:
    departures: Departures
    strangeness: Strangeness


def _found(
    values: DailyValues,
    rows: IntArray,
    metrics: Sequence[Metric],
    priors: Priors,
    learned_from: BoolArray | None,
) -> tuple[_Found, IntArray]:
    columns = [values.keys.index(metric.key) for metric in metrics]
    of_metrics = priors.of(metrics)
    all_departures = departures(
        values.values[:, columns], metrics, of_metrics.carried, learned_from=learned_from
    )
    ordinals = np.array([values.days[row].toordinal() for row in rows], dtype=np.int64)
    strange = strangeness(
        all_departures.values,
        rows,
        rows - ordinals % REFIT_DAYS,
        of_metrics,
        learned_from=learned_from,
    )
    judged = np.isfinite(all_departures.values[DEVIATION][rows] / strange.spread)
    return _Found(all_departures, strange), judged.sum(axis=1)


def _score(evidence: FloatArray, known: IntArray, priors: Priors) -> FloatArray:
    """The strongest evidence, a share of the second, less what chance adds among many metrics."""
    ordered = np.sort(np.pad(evidence, ((0, 0), (2, 0))), axis=1)
    crowd = priors.crowd * np.log(np.maximum(known, 1))
    score = ordered[:, -1] + priors.second * ordered[:, -2] - crowd
    return np.where(known > 0, score, np.nan)


def _p_value(score: FloatArray, priors: Priors) -> FloatArray:
    """The share of days as strange: the population's, and the person's own before each day."""
    before = trailing(score[:, np.newaxis], OWN_DAYS, lag=1)[:, 0]
    as_strange = (before >= score[:, np.newaxis]).sum(axis=1)
    count = np.isfinite(before).sum(axis=1)
    mixed = (as_strange + OWN_WEIGHT * population_share(score, priors)) / (count + OWN_WEIGHT)
    return np.asarray(np.maximum(mixed, SMALLEST))


def population_share(score: FloatArray, priors: Priors) -> FloatArray:
    """The share of healthy people's days that reach the score; beyond the table it falls
    exponentially, as fast as over the table's last decade."""
    scores, shares = (np.array(column) for column in zip(*priors.tail, strict=True))
    logs = np.log(shares)
    decade = int(np.searchsorted(-shares, -10 * shares[-1]))
    slope = (logs[-1] - logs[decade]) / (scores[-1] - scores[decade])
    beyond = logs[-1] + slope * (score - scores[-1])
    return np.asarray(np.exp(np.where(score > scores[-1], beyond, np.interp(score, scores, logs))))


def _usual(
    found: _Found,
    metrics: Sequence[Metric],
    rows: IntArray,
    asked: slice,
    widened: tuple[FloatArray, FloatArray],
) -> dict[str, FloatArray]:
    """The baseline and the usual range, in units; what a person called usual lies inside."""
    centre = found.departures.baseline[rows][asked]
    half = USUAL_SPREADS * found.strangeness.spread[asked]
    centre = np.where(np.isfinite(half), centre, np.nan)
    low, high = (to_unit(edge, metrics) for edge in (centre - half, centre + half))
    lowest, highest = (edge[asked] for edge in widened)
    return {
        "baseline": to_unit(centre, metrics),
        "usual_low": np.where(np.isfinite(low), np.fmin(low, lowest), np.nan),
        "usual_high": np.where(np.isfinite(high), np.fmax(high, highest), np.nan),
    }


def _left(
    values: DailyValues, rows: IntArray, metrics: Sequence[Metric], accepted: Sequence[Accepted]
) -> tuple[FloatArray, FloatArray]:
    """What is left of the evidence above and below, once a person called its like usual."""
    keys = [metric.key for metric in metrics]
    left = {side: np.ones((len(rows), len(keys))) for side in Direction}
    days = np.array([values.days[row].toordinal() for row in rows])
    for answer in accepted:
        if answer.metric in keys:
            later = days > answer.day.toordinal()
            left[answer.direction][later, keys.index(answer.metric)] *= LENIENCY
    return left[Direction.ABOVE], left[Direction.BELOW]


def _widened(
    values: DailyValues, rows: IntArray, metrics: Sequence[Metric], accepted: Sequence[Accepted]
) -> tuple[FloatArray, FloatArray]:
    """The lowest and highest value that a person called usual before each day; NaN without any."""
    lowest, highest = np.full((2, len(rows), len(metrics)), np.nan)
    keys = [metric.key for metric in metrics]
    days = np.array([values.days[row].toordinal() for row in rows])
    for answer in accepted:
        if answer.metric in keys and answer.day in values.days:
            column = keys.index(answer.metric)
            value = values.column(answer.metric)[values.days.index(answer.day)]
            later = days > answer.day.toordinal()
            lowest[later, column] = np.fmin(lowest[later, column], value)
            highest[later, column] = np.fmax(highest[later, column], value)
    return lowest, highest
