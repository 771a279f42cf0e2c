"""One figure for a whole day, and how rarely a healthy person's day reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache

import numpy as np

from app.catalog import Catalogue, Metric
from app.ml import departures as departing
from app.ml.departures import BASELINE_DAYS, DEVIATION, Departures, departures
from app.ml.priors import MetricPriors, Priors
from app.ml.scales import to_unit
from app.ml.statistics import SMALLEST
from app.ml.strangeness import (
    LONGEST_LAG,
    MEMORY_DAYS,
    REFIT_DAYS,
    Fit,
    Strangeness,
    evidence,
    fit,
)
from app.ml.trailing import count_before, count_true, trailing
from app.ml.types import Accepted, BoolArray, DailyValues, FloatArray, IntArray
from app.utils.enums import Direction

OWN_DAYS = 90
"""The earlier days whose scores a day's score is compared with."""

OWN_WEIGHT = 60
"""The population's share of days counts like so many own ones."""

LENIENCY = 0.8
"""What is left of the evidence after each "not unusual for me", on that metric and side."""

USUAL_SPREADS = 2.0

LEARNED_REACH = LONGEST_LAG + MEMORY_DAYS - 2 + departing.REACH
"""The days before the last day before a block that what was learned rests on."""

REACH = REFIT_DAYS + LEARNED_REACH
"""The days before a day that its score rests on, at most."""

LOOKBACK = OWN_DAYS + REACH
"""The days before a day that its p-value rests on, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned before the block of `REFIT_DAYS` that begins on the day `block`; and the
    middles of the last days up to `day`, which the day after it needs."""

    block: date
    fit: Fit
    day: date
    middles: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of each day: its `score`, higher is stranger; NaN where nothing could be judged. Arrays of
    the shape (days, watched metrics): the evidence `above` and `below`; how much each metric is to
    `blame`; on the metric's scale, the `centre` and the `spread` of what is usual; the number of
    the baseline's days with a value, and how many days ago the first of them was. `learned` is what
    the last day's block rests on.
    """

    score: FloatArray
    above: FloatArray
    below: FloatArray
    blame: FloatArray
    centre: FloatArray
    spread: FloatArray
    history: IntArray
    oldest: IntArray
    learned: Learned | None

    def rows(self, chosen: slice) -> "Measured":
        """Some of the days."""
        arrays = {name: getattr(self, name)[chosen] for name in _BY_DAY}
        return replace(self, **arrays)

    @classmethod
    def joined(cls, parts: Sequence["Measured"]) -> "Measured":
        """The days of one after those of another; what they rest on is left out."""
        arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in _BY_DAY}
        return cls(**arrays, learned=None)


_BY_DAY = tuple(field.name for field in fields(Measured) if field.name != "learned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual, in the metrics' units, shape (days, watched metrics). `history` counts the
    baseline's days with a value, `history_from` is the ordinal of the first, or 0."""

    baseline: FloatArray
    low: FloatArray
    high: FloatArray
    history: IntArray
    history_from: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """What was measured of each day, and the `p_value` of its score."""

    measured: Measured
    p_value: FloatArray


def rate(
    values: DailyValues,
    days: range,
    *,
    catalogue: Catalogue,
    priors: Priors,
    learned_from: BoolArray | None = None,
    accepted: Sequence[Accepted] = (),
) -> Rated:
    """The days at the indices `days`, each from itself and earlier ones, as `measure` does it."""
    first = max(0, days.start - OWN_DAYS)
    measured = measure(
        values,
        range(first, days.stop),
        catalogue=catalogue,
        priors=priors,
        learned_from=learned_from,
        accepted=accepted,
    )
    asked = slice(days.start - first, None)
    p_value = p_values(measured.score, priors)[asked]
    return Rated(measured=measured.rows(asked), p_value=p_value)


def measure(
    values: DailyValues,
    days: range,
    *,
    catalogue: Catalogue,
    priors: Priors,
    learned_from: BoolArray | None = None,
    accepted: Sequence[Accepted] = (),
    learned: Learned | None = None,
) -> Measured:
    """The days at the indices `days`, each from itself and earlier ones.

    Nothing is learned from days that are false in `learned_from`. Days before the first row count
    as days on which nothing was logged. With what was `learned` before their block, days of one
    block cost no more learning.
    """
    rows = np.arange(days.start, days.stop)
    if not days:
        return _nothing(len(catalogue.watched))
    found = _found(values, rows, catalogue, priors, learned_from, learned)
    left_above, left_below = left(values, days, catalogue.watched, accepted)
    above, below = left_above * found.strangeness.above, left_below * found.strangeness.below
    part_above, part_below = found.strangeness.parts(priors_of(priors, catalogue).weights)
    return Measured(
        score=score_of(np.maximum(above, below), found.known, priors),
        above=above,
        below=below,
        # Parts are squares, and so is what is left of them.
        blame=np.maximum(left_above**2 * part_above, left_below**2 * part_below),
        centre=found.departures.baseline[found.place],
        spread=found.strangeness.spread,
        history=found.departures.history,
        oldest=found.departures.oldest,
        learned=found.learned,
    )


def _nothing(metrics: int) -> Measured:
    none, count = np.empty((0, metrics)), np.empty((0, metrics), dtype=np.int64)
    return Measured(
        score=none[:, 0],
        above=none,
        below=none,
        blame=none,
        centre=none,
        spread=none,
        history=count,
        oldest=count,
        learned=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The rated days lie at `place` among the days of `departures`; `known` counts the metrics that
    say something about each."""

    departures: Departures
    place: IntArray
    strangeness: Strangeness
    known: IntArray
    learned: Learned


def _found(
    values: DailyValues,
    rows: IntArray,
    catalogue: Catalogue,
    priors: Priors,
    learned_from: BoolArray | None,
    learned: Learned | None,
) -> _Found:
    ordinals = rows + values.days[0].toordinal()
    blocks = ordinals - ordinals % REFIT_DAYS
    at_hand = learned is not None and bool((blocks == learned.block.toordinal()).all())
    middles = None
    if learned is not None and at_hand and learned.day.toordinal() + 1 == ordinals[0]:
        middles = learned.middles
    reach = (BASELINE_DAYS if middles is not None else departing.REACH) if at_hand else REACH
    begin = max(0, int(rows[0]) - reach)
    first = min(reach, departing.REACH) if begin else 0
    taught = None if learned_from is None else learned_from[begin : rows[-1] + 1]
    of_metrics = priors_of(priors, catalogue)
    columns = [values.keys.index(metric.key) for metric in catalogue.watched]
    departed = departures(
        values.values[begin : rows[-1] + 1, columns],
        catalogue.watched,
        of_metrics.carried,
        learned_from=taught,
        first=first,
        new=int(rows[0]) - begin,
        middles=middles if begin else None,
    )
    place = rows - begin - first
    if at_hand and learned is not None:
        fitted, of_block = learned.fit, np.zeros(len(rows), dtype=np.int64)
    else:
        starts, of_block = np.unique(place - ordinals % REFIT_DAYS, return_inverse=True)
        kept = None if taught is None else taught[first:]
        fitted = fit(departed.values, starts, of_metrics, learned_from=kept)
    strange = evidence(departed.values[:, place], fitted.at(of_block), of_metrics.weights)
    known = np.isfinite(departed.values[DEVIATION][place] / strange.spread).sum(axis=1)
    return _Found(
        departures=departed,
        place=place,
        strangeness=strange,
        known=known,
        learned=Learned(
            block=date.fromordinal(int(blocks[-1])),
            fit=fitted.at(of_block[-1:]),
            day=values.days[rows[-1]],
            middles=departed.middles if len(departed.middles) == departing.MIDDLES else None,
        ),
    )


@cache
def priors_of(priors: Priors, catalogue: Catalogue) -> MetricPriors:
    return priors.of(catalogue.watched)


def score_of(evidence: FloatArray, known: IntArray, priors: Priors) -> FloatArray:
    """The strongest evidence, a share of the second, less what chance adds among many metrics."""
    ordered = np.sort(np.concatenate([np.zeros((len(evidence), 2)), evidence], axis=1), axis=1)
    crowd = priors.crowd * np.log(np.maximum(known, 1))
    score = ordered[:, -1] + priors.second * ordered[:, -2] - crowd
    return np.where(known > 0, score, np.nan)


def p_values(score: FloatArray, priors: Priors, *, first: int = 0) -> FloatArray:
    """The share of days as strange, of the rows from `first` on; `score` has the shape (days,) or
    (days, people): the population's share, and the person's own before each day."""
    columns = score.reshape(len(score), -1)
    before, newest = trailing(columns, OWN_DAYS, lag=1)[first:], columns[first:]
    as_strange = count_true(before >= newest[..., np.newaxis])
    count = count_before(np.isfinite(columns), OWN_DAYS, first=first)
    mixed = (as_strange + OWN_WEIGHT * population_share(newest, priors)) / (count + OWN_WEIGHT)
    return np.asarray(np.maximum(mixed, SMALLEST).reshape(-1, *score.shape[1:]))


def population_share(score: FloatArray, priors: Priors) -> FloatArray:
    """The share of healthy people's days that reach the score; beyond the table it falls
    exponentially, as fast as over the table's last decade."""
    scores, shares = (np.array(column) for column in zip(*priors.tail, strict=True))
    logs = np.log(shares)
    decade = int(np.searchsorted(-shares, -10 * shares[-1]))
    slope = (logs[-1] - logs[decade]) / (scores[-1] - scores[decade])
    beyond = logs[-1] + slope * (score - scores[-1])
    return np.asarray(np.exp(np.where(score > scores[-1], beyond, np.interp(score, scores, logs))))


def usual(
    measured: Measured,
    values: DailyValues,
    days: range,
    *,
    catalogue: Catalogue,
    accepted: Sequence[Accepted] = (),
) -> Usual:
    """Of the measured days, which are those at the indices `days`; what a person called usual lies
    inside."""
    metrics = catalogue.watched
    half = USUAL_SPREADS * measured.spread
    centre = np.where(np.isfinite(half), measured.centre, np.nan)
    baseline, low, high = to_unit(np.stack([centre, centre - half, centre + half]), metrics)
    lowest, highest = _widened(values, days, metrics, accepted)
    ordinals = _ordinals(values, days)[:, np.newaxis]
    return Usual(
        baseline=baseline,
        low=np.where(np.isfinite(low), np.fmin(low, lowest), np.nan),
        high=np.where(np.isfinite(high), np.fmax(high, highest), np.nan),
        history=measured.history,
        history_from=np.where(measured.history > 0, ordinals - measured.oldest, 0),
    )


def _ordinals(values: DailyValues, days: range) -> IntArray:
    return np.arange(days.start, days.stop) + values.days[0].toordinal()


def left(
    values: DailyValues, rows: range, metrics: Sequence[Metric], accepted: Sequence[Accepted]
) -> tuple[FloatArray, FloatArray]:
    """What is left of the evidence above and below, once a person called its like usual."""
    keys = [metric.key for metric in metrics]
    left = {side: np.ones((len(rows), len(keys))) for side in Direction}
    days = _ordinals(values, rows)
    for answer in accepted:
        if answer.metric in keys:
            later = days > answer.day.toordinal()
            left[answer.direction][later, keys.index(answer.metric)] *= LENIENCY
    return left[Direction.ABOVE], left[Direction.BELOW]


def _widened(
    values: DailyValues, rows: range, metrics: Sequence[Metric], accepted: Sequence[Accepted]
) -> tuple[FloatArray, FloatArray]:
    """The lowest and highest value that a person called usual before each day; NaN without any."""
    lowest, highest = np.full((2, len(rows), len(metrics)), np.nan)
    keys = [metric.key for metric in metrics]
    days = _ordinals(values, rows)
    for answer in accepted:
        if answer.metric in keys and answer.day in values.days:
            column = keys.index(answer.metric)
            value = values.column(answer.metric)[values.days.index(answer.day)]
            later = days > answer.day.toordinal()
            lowest[later, column] = np.fmin(lowest[later, column], value)
            highest[later, column] = np.fmax(highest[later, column], value)
    return lowest, highest
