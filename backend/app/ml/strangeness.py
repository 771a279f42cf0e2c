"""How strange each metric of a day is: its departures in units of the person's own spread, beyond
what the other metrics explain, added over all lengths of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from app.ml.departures import KINDS
from app.ml.priors import MetricPriors
from app.ml.trailing import count_true, high_quantile, quantiles, zero_unless
from app.ml.types import BoolArray, FloatArray, IntArray

MEMORY_DAYS = 150
"""The days before a block that spreads and correlations are learned from."""

REFIT_DAYS = 7
"""They are learned anew each week."""

LONGEST_LAG = max(KINDS) - 1

FEWEST_VALUES = 5
PRIOR_DAYS = 12
"""The person's own spread counts as much as the prior one after so many independent values."""

PRIOR_ROWS = 20
RIDGE = 0.05
"""The share of every correlation that is not believed."""

CLIP = 6.0
CLIP_LEARNED = 3.0
"""Departures count, and teach correlations, up to so many spreads."""

MOST_EVIDENCE = 8.0

TAIL_SHARE, TAIL_FEWEST = 0.9, 15
BEYOND_SHARE = 0.95
TAIL = NormalDist().inv_cdf((1 + TAIL_SHARE) / 2)
BEYOND = NormalDist().inv_cdf((1 + BEYOND_SHARE) / 2)
"""Where these shares of normal values end, signs ignored."""

TRUST, DOUBT = 6.0, 6.0
"""Departures count (n + 6) / (n + 12) after n independent values: a spread from few is as often too
large as too small, but alarms come where it is too small. So invented people reach high scores as
often after one month as after four."""

INDEPENDENT = {1: 1.0, 2: 0.7, 3: 0.5, 5: 0.35, 7: 0.25, 14: 0.15}
"""How many independent values a mean of so many days is worth, a day."""

NARROWER = {1: 1.0, 2: 0.85, 3: 0.75, 5: 0.7, 7: 0.65, 14: 0.6}
"""How much narrower than single days their means spread around an older baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangeness:
    """`above` and `below` are the evidence that a metric is too high or too low, shape (cases,
    metrics), 0 where it is unknown; `spread` is that of single days; `pull` are the conditional
    departures that the evidence is the sum of, shape (kinds, cases, metrics)."""

    above: FloatArray
    below: FloatArray
    spread: FloatArray
    pull: FloatArray

    def parts(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the distances of the day lose without each metric, summed over kinds, where it is
        too high and where it is too low."""
        return _weighed(np.maximum(self.pull, 0) ** 2, weights), _weighed(
            np.minimum(self.pull, 0) ** 2, weights
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was learned of each kind of departure before each block: its `spread` and the `tail`,
    how much further than normal it reaches, shape (kinds, blocks, metrics), and the `correlation`
    of the metrics, shape (kinds, blocks, metrics, metrics)."""

    spread: FloatArray
    correlation: FloatArray
    tail: FloatArray

    def at(self, blocks: IntArray) -> "Fit":
        """The blocks at these places, one for each case."""
        return Fit(
            spread=self.spread[:, blocks],
            correlation=self.correlation[:, blocks],
            tail=self.tail[:, blocks],
        )

    def alone(self, block: int) -> "Fit":
        """The block at this place, which lets the memory of the others go."""
        one = slice(block, block + 1)
        return Fit(
            spread=self.spread[:, one].copy(),
            correlation=self.correlation[:, one].copy(),
            tail=self.tail[:, one].copy(),
        )


def strangeness(
    departures: FloatArray,
    days: IntArray,
    blocks: IntArray,
    priors: MetricPriors,
    *,
    learned_from: BoolArray | None = None,
) -> Strangeness:
    """Of the days at the indices `days` of `departures` (kinds, days, metrics).

    `blocks` are the indices of the first days of their blocks, which may lie before the first day;
    only what lies before a block has been learned from, and nothing from days that are false in
    `learned_from`. `priors` are those of the metrics.
    """
    starts, place = np.unique(blocks, return_inverse=True)
    fitted = fit(departures, starts, priors, learned_from=learned_from)
    return evidence(departures[:, days], fitted.at(place), priors.weights)


def evidence(departures: FloatArray, fitted: Fit, weights: FloatArray) -> Strangeness:
    """Of cases, each with what was learned before it: `departures` has the shape (kinds, cases,
    metrics), and so has the fit.

    The evidence is the sum over kinds of the conditional departure, that is of what the others'
    departures that day do not explain, (inv(R) z)_i / sqrt(inv(R)_ii), one sign at a time. Its
    square is what the day's Mahalanobis distance loses without the metric: `parts` names causes by
    the squares. The sum itself was measured to find more than the distance does.
    """
    pull = _conditional(departures / fitted.spread, fitted.correlation) / fitted.tail
    pull = np.clip(pull, -MOST_EVIDENCE, MOST_EVIDENCE)
    return Strangeness(
        above=_weighed(np.maximum(pull, 0), weights),
        below=_weighed(np.maximum(-pull, 0), weights),
        spread=fitted.spread[0],
        pull=pull,
    )


def _weighed(pull: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray((weights[:, np.newaxis, np.newaxis] * pull).sum(axis=0))


def fit(
    departures: FloatArray,
    starts: IntArray,
    priors: MetricPriors,
    *,
    learned_from: BoolArray | None = None,
) -> Fit:
    """Learn from the `MEMORY_DAYS` before each of the indices `starts` of `departures` (kinds,
    days, metrics)."""
    taught = departures
    if learned_from is not None:
        taught = np.where(learned_from[:, np.newaxis], departures, np.nan)
    past = [_past(kind, starts, lag_of(length)) for kind, length in zip(taught, KINDS, strict=True)]
    return fit_past(np.stack(past), priors)


def lag_of(length: int) -> int:
    """So many days before a block end those that it learns from: the current run must not teach
    that it is usual."""
    return max(1, length - 1)


def fit_past(past: FloatArray, priors: MetricPriors) -> Fit:
    """Learn from what each block has behind it, shape (kinds, blocks, MEMORY_DAYS, metrics)."""
    by_metric = np.ascontiguousarray(np.swapaxes(past, -2, -1))
    spread = _spread(by_metric, priors)
    scaled = _Scaled.of(by_metric / spread[..., np.newaxis])
    correlation = _correlation(scaled, priors.correlation)
    return Fit(spread=spread, correlation=correlation, tail=_heaviness(scaled, correlation))


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Departures in units of the spread, shape (..., metrics, days), 0 where not `known`."""

    values: FloatArray
    known: BoolArray
    count: IntArray

    @classmethod
    def of(cls, values: FloatArray) -> "_Scaled":
        known = np.isfinite(values)
        clipped = np.clip(zero_unless(known, values), -CLIP, CLIP)
        return cls(clipped, known, count_true(known))


def _past(values: FloatArray, starts: IntArray, lag: int) -> FloatArray:
    """The days that each block learns from, shape (blocks, MEMORY_DAYS, metrics)."""
    rows = starts[:, np.newaxis] - lag - np.arange(MEMORY_DAYS)[::-1]
    inside = (rows >= 0) & (rows < len(values))
    kept = values[np.clip(rows, 0, len(values) - 1)]
    return np.where(inside[..., np.newaxis], kept, np.nan)


def _by_kind(table: Mapping[int, float]) -> FloatArray:
    """The table's figure for each kind's length, shape (kinds, 1, 1)."""
    return np.array([table[length] for length in KINDS])[:, np.newaxis, np.newaxis]


def _spread(past: FloatArray, priors: MetricPriors) -> FloatArray:
    """A robust standard deviation, pulled towards the prior one, that minds heavy tails too; of the
    last axis."""
    known = np.isfinite(past)
    count = count_true(known)
    own = np.where(count >= FEWEST_VALUES, _own_spread(past, known, count), np.nan)
    expected = np.where(np.isfinite(priors.spread), priors.spread * _by_kind(NARROWER), own)
    worth = np.where(np.isfinite(own), count * _by_kind(INDEPENDENT), 0)
    squares = worth * np.nan_to_num(own) ** 2 + PRIOR_DAYS * expected**2
    spread = np.fmax(np.sqrt(squares / (worth + PRIOR_DAYS)), expected / 4)
    tail = high_quantile(np.abs(zero_unless(known, past)), TAIL_SHARE, known=count)
    spread = np.where(count >= TAIL_FEWEST, (spread + tail / TAIL) / 2, spread)
    return np.where(np.isnan(spread), np.nan, np.fmax(spread, priors.floor))


def _own_spread(past: FloatArray, known: BoolArray, count: IntArray) -> FloatArray:
    """From the quartiles; the second term keeps metrics alive that are mostly equal."""
    low, middle, high = quantiles(past, 0.25, 0.5, 0.75, known=count)
    quartiles = (high - low) / 1.349
    reach = np.where(quartiles > 0, 3 * quartiles, np.inf)[..., np.newaxis]
    off = zero_unless(known, past - middle[..., np.newaxis])
    np.minimum(np.maximum(off, -reach, out=off), reach, out=off)  # sooner than np.clip
    off *= off
    deviation = np.sqrt(off.sum(axis=-1) / np.maximum(count, 1))
    return np.asarray(np.fmax(quartiles, 0.6 * deviation))


def _correlation(scaled: _Scaled, prior: FloatArray) -> FloatArray:
    """The person's own correlations, shrunken to the prior ones, (..., metrics, metrics)."""
    known = scaled.known.astype(np.float64)
    z = np.clip(scaled.values, -CLIP_LEARNED, CLIP_LEARNED)
    across = z @ np.swapaxes(z, -2, -1)
    squares = z**2 @ np.swapaxes(known, -2, -1)
    together = known @ np.swapaxes(known, -2, -1)
    own = across / np.sqrt(np.maximum(squares * np.swapaxes(squares, -2, -1), 1e-12))
    own = np.where(together > FEWEST_VALUES, own, 0)
    mixed = (together * own + PRIOR_ROWS * prior) / (together + PRIOR_ROWS)
    diagonal = np.arange(mixed.shape[-1])
    mixed[..., diagonal, diagonal] = 1
    return (1 - RIDGE) * _possible(mixed) + RIDGE * np.eye(mixed.shape[-1])


def _possible(correlation: FloatArray) -> FloatArray:
    """The nearest matrices without negative eigenvalues: pairs that are known on different days
    may contradict each other. Most do not, and stay as they are."""
    if _are_definite(correlation):
        return correlation
    result = correlation.copy()
    for place in np.ndindex(correlation.shape[:-2]):
        if not _are_definite(correlation[place]):
            result[place] = _mended(correlation[place])
    return result


def _are_definite(matrices: FloatArray) -> bool:
    try:
        np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        return False
    return True


def _mended(correlation: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(correlation)
    mended = (vectors * np.maximum(values, 0)) @ vectors.T
    size = np.sqrt(np.maximum(np.diagonal(mended), 1e-9))
    return np.asarray(mended / np.outer(size, size))


def _conditional(z: FloatArray, correlation: FloatArray) -> FloatArray:
    """What of each departure the day's other known ones leave unexplained, in deviations."""
    known = np.isfinite(z)
    clipped = np.where(known, np.clip(z, -CLIP, CLIP), 0)
    diagonal = np.arange(z.shape[-1])
    matrix = correlation * (known[..., :, np.newaxis] & known[..., np.newaxis, :])
    matrix[..., diagonal, diagonal] = 1
    inverse = np.linalg.inv(matrix)
    pull = (inverse @ clipped[..., np.newaxis])[..., 0]
    return np.where(known, pull / np.sqrt(inverse[..., diagonal, diagonal]), 0)


def _heaviness(scaled: _Scaled, correlation: FloatArray) -> FloatArray:
    """How much further than normal the person's conditional departures reach, by metric; more so
    while few values say it."""
    inverse = np.linalg.inv(correlation)
    diagonal = np.arange(correlation.shape[-1])
    pull = np.abs(inverse @ scaled.values)
    pull /= np.sqrt(inverse[..., diagonal, diagonal])[..., np.newaxis]
    reached = high_quantile(zero_unless(scaled.known, pull), BEYOND_SHARE, known=scaled.count)
    worth = scaled.count * _by_kind(INDEPENDENT)
    ratio = np.where(worth > 0, reached / BEYOND, 1)
    tail = np.fmax(np.fmax(ratio, 0.2) ** (worth / (worth + PRIOR_DAYS)), 0.5)
    return np.asarray(tail * (1 + DOUBT / (worth + TRUST)))
