"""Judging a person's days by their wishes: which are told, and who else finds them strange."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date

import numpy as np

from app.catalog import CATALOGUE, Catalogue
from app.ml import ensemble, rating
from app.ml.budget import DAYS_PER_MONTH, adapted_level
from app.ml.clinical import QUIET_DAYS
from app.ml.detectors import Detector, ZScoreDetector
from app.ml.detectors.base import Scores, walk_forward
from app.ml.ensemble import Opinion, combine, default_detectors
from app.ml.priors import Priors, current
from app.ml.rating import Rated, rate
from app.ml.trailing import trailing
from app.ml.types import BoolArray, DailyValues, Detected, FloatArray, Wishes
from app.utils.enums import DetectorType

__all__ = ["DAYS_PER_MONTH", "LOOKBACK", "judge"]

VERSION = "joint-1"

BUDGET_DAYS = 60
"""The days before a day whose alarms moved its level."""

LOOKBACK = max(BUDGET_DAYS + rating.LOOKBACK, QUIET_DAYS, ensemble.LOOKBACK)
"""The days before a day that its verdict rests on, at most."""

BLAMED = 0.2
"""The share of a day's evidence from which a metric is named beside the first."""


def judge(
    values: DailyValues,
    *,
    since: date,
    until: date,
    wishes: Wishes = Wishes(),  # noqa: B008 (frozen)
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
) -> Detected:
    """What is strange from `since` to `until`, both included.

    A day is told when its p-value reaches the level that the person's budget leaves; then the
    plan's detectors are asked too. `values` should reach back `LOOKBACK` days before `since`;
    earlier days than its first count as days on which nothing was logged.
    """
    inside = [index for index, day in enumerate(values.days) if since <= day <= until]
    tested = range(inside[0], inside[-1] + 1) if inside else range(0)
    first = max(0, tested.start - BUDGET_DAYS)
    rated = rate(
        values,
        range(first, tested.stop),
        catalogue=catalogue,
        priors=priors or current(),
        learned_from=_learned_from(values, wishes),
        accepted=wishes.accepted,
    )
    asked = slice(tested.start - first, None)
    before = trailing(rated.p_value[:, np.newaxis], BUDGET_DAYS, lag=1)[asked, 0]
    told = rated.p_value[asked] <= adapted_level(before, wishes.alarms_per_month)
    opinions = [
        _joint(rated, asked, told, values, catalogue),
        *_witnesses(values, tested, told, wishes, catalogue),
    ]
    newest = trailing(rated.p_value[:, np.newaxis], BUDGET_DAYS, lag=0)[-1:, 0]
    return Detected(
        findings=combine(
            values, tested, opinions, conditions=wishes.conditions, catalogue=catalogue
        ),
        alarm_days=int(told.sum()),
        days_judged=int(np.isfinite(rated.p_value[asked]).sum()),
        level=float(adapted_level(newest, wishes.alarms_per_month).mean()) if inside else np.nan,
    )


def _learned_from(values: DailyValues, wishes: Wishes) -> BoolArray | None:
    if not wishes.set_aside:
        return None
    return np.array([day not in wishes.set_aside for day in values.days])


def _joint(
    rated: Rated, asked: slice, told: BoolArray, values: DailyValues, catalogue: Catalogue
) -> Opinion:
    """The ratings as an opinion: the told days, and the metrics to blame for them."""
    columns = [values.keys.index(metric.key) for metric in catalogue.watched]
    days = len(told)
    scores = Scores.unknown(days, len(values.keys))
    scores.joint_p[:] = rated.p_value[asked]
    shares = _shares(rated.evidence[asked])
    scores.contribution[:, columns] = shares
    scores.baseline[:, columns] = rated.baseline[asked]
    scores.usual_low[:, columns] = rated.usual_low[asked]
    scores.usual_high[:, columns] = rated.usual_high[asked]
    scores.history[:, columns] = rated.history[asked]
    scores.history_from[:, columns] = rated.history_from[asked]
    strange = np.zeros((days, len(values.keys)), dtype=bool)
    largest = shares.max(axis=1, keepdims=True, initial=0)
    blamed = (shares > 0) & ((shares >= largest) | (shares >= BLAMED))
    strange[:, columns] = blamed & told[:, np.newaxis]
    return Opinion(DetectorType.ENSEMBLE, VERSION, scores, strange)


def _shares(evidence: FloatArray) -> FloatArray:
    squares = evidence**2
    total = squares.sum(axis=1, keepdims=True)
    return np.asarray(squares / np.where(total > 0, total, 1))


def _witnesses(
    values: DailyValues, tested: range, told: BoolArray, wishes: Wishes, catalogue: Catalogue
) -> Iterator[Opinion]:
    """The plan's detectors: about the told days, and of their own accord about metrics that the
    person set a limit for."""
    limited = [values.keys.index(catalogue[name].key) for name in wishes.thresholds]
    for detector in default_detectors(wishes.thresholds, catalogue=catalogue):
        on_their_own = isinstance(detector, ZScoreDetector) and bool(limited)
        wanted = np.ones_like(told) if on_their_own else told
        if not wanted.any():
            continue
        scores = _scores_of(detector, values, tested, wanted)
        decided = detector.decide(scores)
        strange = decided & told[:, np.newaxis]
        if on_their_own:
            strange[:, limited] = decided[:, limited]
        yield Opinion(detector.detector_type, detector.version, scores, strange)


def _scores_of(detector: Detector, values: DailyValues, tested: range, wanted: BoolArray) -> Scores:
    """The detector's scores of the wanted days among the tested ones."""
    scores = Scores.unknown(len(tested), len(values.keys))
    for start, stop in _runs(wanted):
        part = walk_forward(detector, values, tested[start:stop])
        for field in fields(Scores):
            getattr(scores, field.name)[start:stop] = getattr(part, field.name)
    return scores


def _runs(wanted: BoolArray) -> Sequence[tuple[int, int]]:
    """Where stretches of true begin and end."""
    edges = np.flatnonzero(np.diff(wanted.astype(np.int8), prepend=0, append=0))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
