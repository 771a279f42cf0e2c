"""How far each metric departs from the person's own past, over several lengths of time.

Every figure of a day rests on that day and earlier ones. All are on the metric's scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.catalog import Metric
from app.ml.scales import to_scale
from app.ml.sliding import medians_before, medians_of
from app.ml.trailing import count_before, counts_before, means_of_last, shifted
from app.ml.types import BoolArray, FloatArray, IntArray

BASELINE_DAYS = 63
FEWEST_DAYS = 8
"""Fewer values in the baseline's days give no verdict."""

LENGTHS = (2, 3, 5, 7, 14)
"""The shifts looked for: means of so many days."""

BEHIND = {1: 1, 2: 4, 3: 7, 5: 9, 7: 14, 14: 24}
"""How many days before the newest a baseline ends, by the length of what is compared with it: far
enough that a shift or drift does not become its own baseline."""

SAME_WEEKDAYS = 6
WEEKDAY_WEIGHT = 8
"""The weekday's own level counts n / (n + 8) after n weeks."""

FORGOTTEN_DAYS = 3
"""After so many days without a value nothing carries over."""

_RECENT = max(LENGTHS) - 1

MIDDLES = 7 * SAME_WEEKDAYS + _RECENT
"""The days before a day whose middles its departures rest on."""

REACH = BASELINE_DAYS + MIDDLES
"""The days before a day that its departures rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Departures by kind, shape (kinds, days, metrics); NaN is unknown.

    The kinds are `KINDS`: the day's deviation from its baseline, what of it is new since the last
    value, and the mean of the last 2, 3, 5, 7, 14 days against an older baseline. `baseline` has
    the shape (days, metrics) and includes the weekday's own level. Of the new days only, `history`
    counts the values that it rests on, and `oldest` is how many days ago the first of them was.
    `middles` are the baselines without the weekday's level of the last `MIDDLES` days, as many as
    there are.
    """

    values: FloatArray
    baseline: FloatArray
    history: IntArray
    oldest: IntArray
    middles: FloatArray


DEVIATION = 0
"""The first kind."""

KINDS = (1, 1, *LENGTHS)
"""The length in days of each kind of departure."""


def departures(
    values: FloatArray,
    metrics: Sequence[Metric],
    carried: FloatArray,
    *,
    learned_from: BoolArray | None = None,
    first: int = 0,
    new: int = 0,
    middles: FloatArray | None = None,
) -> Departures:
    """Of the days from the index `first` on; the days before it are a past only. From the index
    `new` on, which is not before the first, they are new.

    `values` has the shape (days, metrics), in the metrics' units; days are consecutive. `carried`
    is each metric's day-to-day correlation. Days that are false in `learned_from` are compared with
    the past, and never become a part of it. The `middles` of the `MIDDLES` days before the new
    ones, where they are known, save much of the work.
    """
    scaled = to_scale(values, metrics)
    kept = scaled if learned_from is None else np.where(learned_from[:, np.newaxis], scaled, np.nan)
    return scaled_departures(scaled, kept, carried, first=first, new=new, middles=middles)


def scaled_departures(
    scaled: FloatArray,
    kept: FloatArray,
    carried: FloatArray,
    *,
    first: int,
    new: int,
    middles: FloatArray | None,
) -> Departures:
    """Like `departures`, of any columns that are on their scales already; the past is `kept`."""
    recent = max(0, first - _RECENT)
    older = max(0, recent - 7 * SAME_WEEKDAYS)
    middle = _middles(kept, older) if middles is None else _completed(middles, kept, older, new)
    history, oldest = counts_before(kept, BASELINE_DAYS, first=new)
    weekday = _weekday(kept[older:] - middle, recent - older)
    level = scaled[recent:] - weekday
    deviation = scaled[recent:] - middle[recent - older :] - weekday
    wanted = slice(first - recent, None)
    ends = slice(first - older, None)
    known = np.isfinite(level[wanted])
    shifts = [
        np.where(known, mean[wanted], np.nan) - shifted(middle, BEHIND[length] - 1)[ends]
        for length, mean in zip(LENGTHS, means_of_last(level, LENGTHS), strict=True)
    ]
    return Departures(
        values=np.stack([deviation[wanted], _innovation(deviation, carried)[wanted], *shifts]),
        baseline=middle[ends] + weekday[wanted],
        history=history,
        oldest=oldest,
        middles=middle[-MIDDLES:],
    )


def _middles(kept: FloatArray, first: int) -> FloatArray:
    """The baselines without the weekday's level, from the row `first` on."""
    count = count_before(np.isfinite(kept), BASELINE_DAYS, first=first)
    return np.where(count >= FEWEST_DAYS, medians_before(kept, BASELINE_DAYS, count), np.nan)


def _completed(middles: FloatArray, kept: FloatArray, first: int, new: int) -> FloatArray:
    """The same, where those of the days before the row `new` are known."""
    known = middles[-(new - first) :]
    before = new - len(known)
    older = [_middles(kept[:before], first)] if first < before else []
    return np.concatenate([*older, known, _middles(kept, new)])


def _weekday(residuals: FloatArray, first: int) -> FloatArray:
    """The middle of the same weekday's last residuals, shrunken towards nothing, from the row
    `first` on."""
    weeks = np.full((SAME_WEEKDAYS, len(residuals) - first, residuals.shape[1]), np.nan)
    for ago, week in enumerate(weeks, start=1):
        past = residuals[max(0, first - 7 * ago) : max(0, len(residuals) - 7 * ago)]
        week[len(week) - len(past) :] = past
    middle, count = medians_of(weeks)
    return np.where(count > 0, count / (count + WEEKDAY_WEIGHT) * middle, 0.0)


def _innovation(deviation: FloatArray, carried: FloatArray) -> FloatArray:
    """What the last known deviation, at most 3 days old, does not explain."""
    expected = np.zeros_like(deviation)
    for days in range(FORGOTTEN_DAYS, 0, -1):
        earlier = shifted(deviation, days)
        expected = np.where(np.isfinite(earlier), carried**days * earlier, expected)
    return np.asarray(deviation - expected)
