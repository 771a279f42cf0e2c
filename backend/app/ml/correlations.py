"""Which daily metrics of one person go together, on the same day or some days later.

What is done, and why it does not cry wolf:

1. Slow change and the weekday are taken out of each metric (`without_calendar`): two things that
   both rose this spring, or both differ on Sundays, are no relation.
2. The correlation is that of normal scores, a rank correlation: one strange day decides nothing.
   (Van der Waerden 1952; with Blom's positions, 1958.)
3. Neighbouring days resemble each other, so that n days are worth fewer: with the autocorrelations
   a(k) and b(k) of the two metrics, n / (1 + 2 sum w(k) a(k) b(k)), w(k) the share of days that
   have a common day k days later. (Bartlett 1935, doi 10.2307/2342284; Bayley and Hammersley 1946,
   10.2307/2983560; Quenouille 1947; compared by Pyper and Peterman 1998, 10.1139/f98-104.) The sum
   ends before the first product that is not positive, as later ones are noise, and no product
   counts less than in a first-order autoregression, whose long memory short records understate.
   The terms of the calendar cost a day each.
4. The p-value and the interval are Fisher's (1921), with the effective days for n.
5. Every pair is tried at every lag in both orders. The smallest p-value of a pair counts as many
   times as lags were tried (Bonferroni), and over all pairs the false discovery rate is held by
   Benjamini and Yekutieli (2001, 10.1214/aos/1013699998). Theirs holds however the tests depend on
   each other. Benjamini and Hochberg's (1995) asks for positive dependence, which two-sided tests
   of pairs that share metrics do not have.
6. The intervals of what is told are wider, since telling chooses the extreme ones: of the told
   intervals at most that rate misses (Benjamini and Yekutieli 2005, 10.1198/016214504000001907).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

import numpy as np

from app.ml.calendar_effects import calendar_basis, without_calendar
from app.ml.statistics import two_sided_p
from app.ml.types import FloatArray, IntArray

LONGEST_LAG = 3
FALSE_DISCOVERIES = 0.05
MINIMUM_EFFECTIVE_DAYS = 20
MOST_COMMON_SHARE = 0.8
"""A metric that says the same on more of its days says too little to go with anything."""

_LONGEST_MEMORY = 30
_normal_quantile = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Column `later` went with column `earlier` of `lag` days before; their order says nothing at
    lag 0. `days` have both, and are worth `effective_days` independent ones. `p_value` is that of
    the pair, its lags counted; `adjusted_p` the false discovery rate at which it is first told."""

    earlier: int
    later: int
    lag: int
    r: float
    low: float
    high: float
    days: int
    effective_days: float
    p_value: float
    adjusted_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found, the surest first, among how many pairs and tests (a pair at a lag)."""

    found: tuple[Correlation, ...]
    pairs: int
    tests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tests:
    """Every pair at every lag, shape (lags and orders, pairs); NaN where too few days are known."""

    settings: tuple[tuple[int, bool], ...]
    r: FloatArray
    days: IntArray
    effective_days: FloatArray
    p_value: FloatArray


def find_correlations(
    values: FloatArray,
    pairs: Sequence[tuple[int, int]],
    *,
    false_discoveries: float = FALSE_DISCOVERIES,
    longest_lag: int = LONGEST_LAG,
) -> Search:
    """The pairs of columns, of consecutive days with the shape (days, metrics), that go together.

    A pair without 20 effective days at any lag is not looked at. Each pair is told once, at the
    lag where it is surest.
    """
    tests = _tests(normal_scores(without_calendar(_varied(values))), pairs, longest_lag)
    tried = np.isfinite(tests.p_value).sum(axis=0)
    looked_at = np.flatnonzero(tried)
    if not len(looked_at):
        return Search(found=(), pairs=0, tests=0)
    p_values = np.minimum(1.0, np.nanmin(tests.p_value[:, looked_at], axis=0) * tried[looked_at])
    adjusted = adjusted_for_discoveries(p_values)
    told = np.flatnonzero(adjusted <= false_discoveries)
    level = false_discoveries * len(told) / (len(looked_at) * _harmonic(len(looked_at)))
    found = [
        _told(tests, pairs, looked_at[n], float(p_values[n]), float(adjusted[n]), level)
        for n in told
    ]
    return Search(
        found=tuple(sorted(found, key=lambda seen: (seen.p_value, -abs(seen.r)))),
        pairs=len(looked_at),
        tests=int(tried.sum()),
    )


def normal_scores(values: FloatArray) -> FloatArray:
    """Each column's ranks among its known values as quantiles of the normal distribution."""
    scores = np.full(values.shape, np.nan)
    for column in range(values.shape[1]):
        known = np.isfinite(values[:, column])
        if known.any():
            rank = _ranks(values[known, column])
            scores[known, column] = _normal_quantile((rank - 0.375) / (known.sum() + 0.25))
    return scores


def adjusted_for_discoveries(p_values: FloatArray) -> FloatArray:
    """Benjamini and Yekutieli's: the false discovery rate at which each is first discovered."""
    count = len(p_values)
    order = np.argsort(p_values)
    rates = p_values[order] * count * _harmonic(count) / np.arange(1, count + 1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum.accumulate(rates[::-1])[::-1]
    return np.minimum(adjusted, 1.0)


def autocorrelations(scores: FloatArray) -> FloatArray:
    """Each column's correlation with itself 1, 2, ... days later, shape (lags, metrics), over the
    days that are known; 0 where there are none."""
    known = np.isfinite(scores)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, scores - np.where(known, scores, 0).sum(axis=0) / count, 0.0)
    spread = np.maximum((centred**2).sum(axis=0) / count, 1e-12)
    memory = min(_LONGEST_MEMORY, len(scores) // 5)
    return np.stack(
        [
            (centred[k:] * centred[:-k]).sum(axis=0)
            / np.maximum((known[k:] & known[:-k]).sum(axis=0), 1)
            / spread
            for k in range(1, memory + 1)
        ]
    )


def _varied(values: FloatArray) -> FloatArray:
    """The values, all unknown in a column that is nearly constant: what the calendar would leave
    of it is the fit's own pattern."""
    kept = values.copy()
    for column in range(values.shape[1]):
        known = values[np.isfinite(values[:, column]), column]
        _, counts = np.unique(known, return_counts=True)
        if counts.max(initial=0) > MOST_COMMON_SHARE * len(known):
            kept[:, column] = np.nan
    return kept


def _ranks(values: FloatArray) -> FloatArray:
    """From 1; equal values share the mean of their ranks."""
    size = max(float(np.abs(values).max()), 1e-300)
    # Equal values come out of the fit with different rounding errors.
    _, place, counts = np.unique(
        np.round(values / size, 9), return_inverse=True, return_counts=True
    )
    ranks: FloatArray = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks


def _tests(scores: FloatArray, pairs: Sequence[tuple[int, int]], longest_lag: int) -> _Tests:
    ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    products = _shared_memory(autocorrelations(scores), ends)
    terms = calendar_basis(len(scores)).shape[1]
    settings = ((0, False), *product(range(1, longest_lag + 1), (False, True)))
    rows = [
        _row(scores, ends[:, ::-1] if swapped else ends, lag, products, terms)
        for lag, swapped in settings
    ]
    r, days, effective = (np.stack(part) for part in zip(*rows, strict=True))
    enough = effective >= MINIMUM_EFFECTIVE_DAYS
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)) * np.sqrt(np.maximum(effective - 3, 0))
    return _Tests(
        settings=settings,
        r=r,
        days=days,
        effective_days=effective,
        p_value=np.where(enough, two_sided_p(z), np.nan),
    )


def _shared_memory(memory: FloatArray, ends: IntArray) -> FloatArray:
    """The products of the autocorrelations of each pair, shape (lags, pairs), from `memory`."""
    products = memory[:, ends[:, 0]] * memory[:, ends[:, 1]]
    products *= np.cumprod(products > 0, axis=0)
    powers = np.arange(1, len(products) + 1)[:, np.newaxis]
    shared: FloatArray = np.maximum(products, products[:1] ** powers)
    return shared


def _row(
    scores: FloatArray, ends: IntArray, lag: int, products: FloatArray, terms: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    """The correlation, the common days and the effective days of each pair at one lag."""
    earlier, later = scores[: len(scores) - lag, ends[:, 0]], scores[lag:, ends[:, 1]]
    both = np.isfinite(earlier) & np.isfinite(later)
    days = both.sum(axis=0)
    count = np.maximum(days, 1)
    first, second = _centred(earlier, both, count), _centred(later, both, count)
    spread = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    r = (first * second).sum(axis=0) / np.maximum(spread, 1e-12)
    weights = [(both[k:] & both[:-k]).sum(axis=0) / count for k in range(1, len(products) + 1)]
    inflation = 1 + 2 * (np.stack(weights) * products).sum(axis=0)
    return r, days, np.maximum(days - terms, 0) / inflation


def _centred(scores: FloatArray, both: np.ndarray, count: IntArray) -> FloatArray:
    mean = np.where(both, scores, 0).sum(axis=0) / count
    return np.where(both, scores - mean, 0.0)


def _told(
    tests: _Tests,
    pairs: Sequence[tuple[int, int]],
    pair: int,
    p_value: float,
    adjusted_p: float,
    level: float,
) -> Correlation:
    best = int(np.nanargmin(tests.p_value[:, pair]))
    lag, swapped = tests.settings[best]
    earlier, later = reversed(pairs[pair]) if swapped else pairs[pair]
    r, effective = float(tests.r[best, pair]), float(tests.effective_days[best, pair])
    tried = int(np.isfinite(tests.p_value[:, pair]).sum())
    reach = -NormalDist().inv_cdf(level / tried / 2) / math.sqrt(effective - 3)
    middle = math.atanh(max(-1 + 1e-12, min(r, 1 - 1e-12)))
    return Correlation(
        earlier=earlier,
        later=later,
        lag=lag,
        r=r,
        low=math.tanh(middle - reach),
        high=math.tanh(middle + reach),
        days=int(tests.days[best, pair]),
        effective_days=effective,
        p_value=p_value,
        adjusted_p=adjusted_p,
    )


def _harmonic(count: int) -> float:
    return sum(1 / n for n in range(1, count + 1))
