"""Judging a person's days by their wishes: which are told, and who else finds them strange."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np

from app.catalog import CATALOGUE, Catalogue
from app.ml import ensemble, rating
from app.ml.budget import DAYS_PER_MONTH, adapted_level
from app.ml.clinical import QUIET_DAYS, any_broken
from app.ml.detectors import Detector, ZScoreDetector
from app.ml.detectors.base import Scores, walk_forward
from app.ml.ensemble import Opinion, between, combine, default_detectors, ranked
from app.ml.memory import Memory, model_of, recall, remembered
from app.ml.priors import Priors, current
from app.ml.rating import OWN_DAYS, Measured, measure, p_values, usual
from app.ml.trailing import trailing
from app.ml.types import BoolArray, DailyValues, Finding, FloatArray, Wishes
from app.utils.enums import DetectorType

__all__ = ["DAYS_PER_MONTH", "LOOKBACK", "Detected", "News", "findings_of", "judge"]

VERSION = "joint-2"

BUDGET_DAYS = 60
"""The days before a day whose alarms moved its level."""

LOOKBACK = max(BUDGET_DAYS + rating.LOOKBACK, QUIET_DAYS, ensemble.LOOKBACK)
"""The days before a day that its verdict rests on, at most."""

BLAMED = 0.2
"""The share of a day's blame from which a metric is named beside the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """The findings of a span, the gravest first, and what the budget made of it.

    Of the `days_judged` that could be judged, up to and with the span's last, `alarm_days` were
    told as unusual; clinical limits are not counted. `level` is the p-value from which the next
    day is told. `memory` makes the next run cheap.
    """

    findings: tuple[Finding, ...]
    alarm_days: int
    days_judged: int
    level: float
    memory: Memory | None = field(compare=False)


def judge(
    values: DailyValues,
    *,
    since: date,
    until: date,
    wishes: Wishes = Wishes(),  # noqa: B008 (frozen)
    catalogue: Catalogue = CATALOGUE,
    priors: Priors | None = None,
    memory: Memory | None = None,
) -> Detected:
    """What is strange from `since` to `until`, both included.

    A day is told when its p-value reaches the level that the person's budget leaves; then the
    plan's detectors are asked too. `values` should reach back `LOOKBACK` days before `since`;
    earlier days than its first count as days on which nothing was logged. The `memory` of an
    earlier run changes what it costs, never what it says.
    """
    asked = between(values, since, until)
    if not asked:
        return Detected(findings=(), alarm_days=0, days_judged=0, level=np.nan, memory=memory)
    needed = range(max(0, asked.start - BUDGET_DAYS - OWN_DAYS), asked.stop)
    priors = priors or current()
    model = model_of(catalogue, priors)
    recalled = recall(
        memory, values, needed=needed, asked=asked, wishes=wishes, lookback=LOOKBACK, model=model
    )
    fresh = range(asked.start + recalled.judged, asked.stop)
    begin = min(needed.start + len(recalled.scores), fresh.start)
    measured = measure(
        values,
        range(begin, asked.stop),
        catalogue=catalogue,
        priors=priors,
        learned_from=_learned_from(values, wishes),
        accepted=wishes.accepted,
        learned=recalled.learned,
    )
    scores = np.concatenate([recalled.scores[: begin - needed.start], measured.score])
    p_value = p_values(scores, priors)
    told, level = _told(p_value, len(asked), wishes)
    news = News(
        rows=fresh,
        measured=measured.rows(slice(fresh.start - begin, None)),
        p_value=p_value[len(needed) - len(fresh) :],
        told=told[recalled.judged :],
    )
    made = findings_of(news, values, wishes, catalogue) if fresh else ()
    findings = ranked([*recalled.findings, *made])
    return Detected(
        findings=findings,
        alarm_days=int(told.sum()),
        days_judged=int(np.isfinite(p_value[-len(asked) :]).sum()),
        level=level,
        memory=remembered(
            memory,
            recalled,
            values,
            needed=needed,
            asked=asked,
            wishes=wishes,
            scores=scores,
            findings=findings,
            learned=measured.learned or recalled.learned,
            model=model,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The rows that findings are made for, what was measured of each, and which are told."""

    rows: range
    measured: Measured
    p_value: FloatArray
    told: BoolArray


def _told(p_value: FloatArray, asked: int, wishes: Wishes) -> tuple[BoolArray, float]:
    """Which of the last `asked` days are told, and the level of the day after."""
    ends = np.append(p_value, np.nan)[:, np.newaxis]
    level = adapted_level(
        trailing(ends, BUDGET_DAYS, lag=1)[-asked - 1 :, 0], wishes.alarms_per_month
    )
    return p_value[-asked:] <= level[:-1], float(level[-1])


def _learned_from(values: DailyValues, wishes: Wishes) -> BoolArray | None:
    if not wishes.set_aside:
        return None
    return np.array([day not in wishes.set_aside for day in values.days])


def findings_of(
    news: News, values: DailyValues, wishes: Wishes, catalogue: Catalogue
) -> Sequence[Finding]:
    """None, at little cost, where no day is told, no limit broken and no own limit set."""
    quiet = not (news.told.any() or wishes.thresholds)
    if quiet and not any_broken(values, news.rows, catalogue.metrics, wishes.conditions):
        return ()
    opinions = [
        _joint(news, values, wishes, catalogue),
        *_witnesses(news, values, wishes, catalogue),
    ]
    return combine(values, news.rows, opinions, conditions=wishes.conditions, catalogue=catalogue)


def _joint(news: News, values: DailyValues, wishes: Wishes, catalogue: Catalogue) -> Opinion:
    """What was measured as an opinion: the told days, and the metrics to blame for them."""
    columns = [values.keys.index(metric.key) for metric in catalogue.watched]
    measured, days = news.measured, len(news.rows)
    scores = Scores.unknown(days, len(values.keys))
    scores.joint_p[:] = news.p_value
    shares = _shares(measured.blame)
    scores.contribution[:, columns] = shares
    known = usual(measured, values, news.rows, catalogue=catalogue, accepted=wishes.accepted)
    scores.baseline[:, columns] = known.baseline
    scores.usual_low[:, columns] = known.low
    scores.usual_high[:, columns] = known.high
    scores.history[:, columns] = known.history
    scores.history_from[:, columns] = known.history_from
    strange = np.zeros((days, len(values.keys)), dtype=bool)
    largest = shares.max(axis=1, keepdims=True, initial=0)
    blamed = (shares > 0) & ((shares >= largest) | (shares >= BLAMED))
    strange[:, columns] = blamed & news.told[:, np.newaxis]
    return Opinion(DetectorType.ENSEMBLE, VERSION, scores, strange)


def _shares(blame: FloatArray) -> FloatArray:
    total = blame.sum(axis=1, keepdims=True)
    return np.asarray(blame / np.where(total > 0, total, 1))


def _witnesses(
    news: News, values: DailyValues, wishes: Wishes, catalogue: Catalogue
) -> Iterator[Opinion]:
    """The plan's detectors: about the told days, and of their own accord about metrics that the
    person set a limit for."""
    limited = [values.keys.index(catalogue[name].key) for name in wishes.thresholds]
    for detector in default_detectors(wishes.thresholds, catalogue=catalogue):
        on_their_own = isinstance(detector, ZScoreDetector) and bool(limited)
        wanted = np.ones_like(news.told) if on_their_own else news.told
        if not wanted.any():
            continue
        scores = _scores_of(detector, values, news.rows, wanted)
        decided = detector.decide(scores)
        strange = decided & news.told[:, np.newaxis]
        if on_their_own:
            strange[:, limited] = decided[:, limited]
        yield Opinion(detector.detector_type, detector.version, scores, strange)


def _scores_of(detector: Detector, values: DailyValues, tested: range, wanted: BoolArray) -> Scores:
    """The detector's scores of the wanted days among the tested ones."""
    if wanted.all():
        return walk_forward(detector, values, tested)
    scores = Scores.unknown(len(tested), len(values.keys))
    for start, stop in _runs(wanted):
        part = walk_forward(detector, values, tested[start:stop])
        for kind in fields(Scores):
            getattr(scores, kind.name)[start:stop] = getattr(part, kind.name)
    return scores


def _runs(wanted: BoolArray) -> Sequence[tuple[int, int]]:
    """Where stretches of true begin and end."""
    edges = np.flatnonzero(np.diff(wanted.astype(np.int8), prepend=0, append=0))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
