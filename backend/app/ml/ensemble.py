"""From daily values to findings: every detector's verdict, combined, deduplicated and ranked."""

import math
import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress
from types import MappingProxyType

import numpy as np

from app.catalog import CATALOGUE, Catalogue, Metric
from app.ml.clinical import QUIET_DAYS, SEVERITIES, Breach, applicable, breach, remark
from app.ml.detectors import Detector, IsolationForestDetector, ZScoreDetector
from app.ml.detectors.base import Scores, walk_forward
from app.ml.statistics import any_of, cauchy_combination
from app.ml.types import BoolArray, Conditions, Contribution, DailyValues, Finding
from app.utils.enums import DetectorType, Direction, Severity

RARITY = {Severity.LOW: 30, Severity.MEDIUM: 90, Severity.HIGH: 365}
"""How rarely, in days, a finding of this severity comes to a healthy person; what comes more often
is low too."""

AS_RARE = (*RARITY.values(), 3650)
"""What a broken limit counts like, in days, by its concern, 1 to 4: the further the value is beyond
it, the higher its score."""

LIMITS_VERSION = "limits-2"
_WEIGHED = DetectorType.ENSEMBLE
SMALLEST_SHARE = 0.05


def default_detectors(
    thresholds: Mapping[str, float] = MappingProxyType({}), *, catalogue: Catalogue = CATALOGUE
) -> tuple[Detector, ...]:
    """The plan's two, with the person's own z limits."""
    forest = IsolationForestDetector(catalogue=catalogue)
    return (ZScoreDetector(thresholds, catalogue=catalogue), forest)


def lookback(detectors: Sequence[Detector]) -> int:
    """The days before the first tested one that `detect` looks at."""
    reach = (detector.window + detector.refit_every - 1 for detector in detectors)
    return max(QUIET_DAYS, *reach)


LOOKBACK = lookback(default_detectors())


def detect(
    values: DailyValues,
    *,
    since: date,
    until: date,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    conditions: Conditions = MappingProxyType({}),
    catalogue: Catalogue = CATALOGUE,
    detectors: Sequence[Detector] | None = None,
) -> tuple[Finding, ...]:
    """What is strange from `since` to `until`, both included; the gravest first.

    `values` should reach back `lookback(detectors)` days before `since`: earlier days than its
    first count as days on which nothing was logged. `thresholds` replace the catalogue's z
    limits by metric key or alias, where `detectors` are not given; an unknown name raises
    KeyError.
    """
    chosen = default_detectors(thresholds, catalogue=catalogue) if detectors is None else detectors
    tested = between(values, since, until)
    if not tested:
        return ()
    opinions = [opinion_of(detector, values, tested) for detector in chosen]
    return combine(values, tested, opinions, conditions=conditions, catalogue=catalogue)


def combine(
    values: DailyValues,
    tested: range,
    opinions: Sequence["Opinion"],
    *,
    conditions: Conditions = MappingProxyType({}),
    catalogue: Catalogue = CATALOGUE,
) -> tuple[Finding, ...]:
    """The findings that several opinions about the same days make, the gravest first.

    An opinion of the type `ensemble` has weighed everything: its p-value is the finding's.
    """
    limited = [metric for metric in catalogue.metrics if metric.limits]
    findings: list[Finding] = []
    for row, index in enumerate(tested):
        today = values.days[index]
        breaches = {
            values.keys.index(metric.key): found
            for metric in limited
            if (found := breach(values, index, metric, applicable(metric, conditions, today)))
        }
        day = _Day(values, index, row, tuple(opinions), breaches, catalogue)
        findings.extend(day.findings())
    return ranked(findings)


def between(values: DailyValues, since: date, until: date) -> range:
    """The indices of the days from `since` to `until`, both included."""
    if not values.days:
        return range(0)
    first = values.days[0]
    return range(max(0, (since - first).days), min(len(values.days), (until - first).days + 1))


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[int, float, date, str]:
    return (-SEVERITIES.index(finding.severity), -finding.score, finding.day, finding.metric)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a detector says about all tested days; `strange` has the shape (days, metrics)."""

    detector_type: DetectorType
    version: str
    scores: Scores
    strange: BoolArray


def opinion_of(detector: Detector, values: DailyValues, tested: range) -> Opinion:
    """What the detector finds strange by its own limits."""
    scores = walk_forward(detector, values, tested)
    return Opinion(detector.detector_type, detector.version, scores, detector.decide(scores))


@dataclass(frozen=True, slots=True)
class _Voice:
    """One detector's alarm about one metric of one day."""

    opinion: Opinion
    p_value: float
    shares: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A finding before it is written down; metrics are columns of the values."""

    metric: int
    detector: DetectorType
    version: str
    p_value: float | None
    unusual: bool
    shares: Mapping[int, float]
    breach: Breach | None

    @property
    def severity(self) -> Severity:
        p = 1.0 if self.p_value is None else self.p_value
        reached = [severity for severity, days in RARITY.items() if p <= 1 / days]
        if self.breach:
            reached.append(self.breach.severity)
        return max(reached, key=SEVERITIES.index, default=Severity.LOW)

    @property
    def score(self) -> float:
        """25 for each power of ten of rarity; a broken limit counts as rare as its concern says."""
        days = 1.0 if self.p_value is None else 1 / self.p_value
        if self.breach:
            days = max(days, _as_rare(self.breach.concern))
        return min(100.0, 25 * math.log10(days))

    @property
    def strength(self) -> tuple[int, bool, float, int]:
        rank = SEVERITIES.index(self.severity)
        return (rank, self.breach is not None, self.score, -self.metric)


def _as_rare(concern: float) -> float:
    grades = np.arange(1, len(AS_RARE) + 1)
    return float(np.exp(np.interp(concern, grades, np.log(AS_RARE))))


@dataclass(frozen=True, slots=True)
class _Day:
    """One tested day: the place where verdicts become findings."""

    values: DailyValues
    index: int
    row: int
    opinions: tuple[Opinion, ...]
    breaches: Mapping[int, Breach]
    catalogue: Catalogue

    def findings(self) -> Iterator[Finding]:
        drafts = [*self._unusual(), *self._clinical()]
        drafts.sort(key=lambda draft: draft.strength, reverse=True)
        families: dict[str, _Draft] = {}
        for draft in drafts:
            family = self._metric(draft.metric).family
            kept = families.get(family)
            families[family] = draft if kept is None else _absorbed(kept, draft)
        return (self._finding(draft) for draft in families.values())

    def _metric(self, column: int) -> Metric:
        return self.catalogue[self.values.keys[column]]

    def _unusual(self) -> Iterator[_Draft]:
        for metric, voices in self._voices().items():
            kinds = [voice.opinion.detector_type for voice in voices]
            weighed = [v.p_value for v in voices if v.opinion.detector_type is _WEIGHED]
            yield _Draft(
                metric=metric,
                detector=kinds[0] if len(voices) == 1 else DetectorType.ENSEMBLE,
                version="+".join(voice.opinion.version for voice in voices),
                p_value=cauchy_combination(weighed or [voice.p_value for voice in voices]),
                unusual=True,
                shares=next((voice.shares for voice in voices if voice.shares), {metric: 1.0}),
                breach=self.breaches.get(metric),
            )

    def _voices(self) -> dict[int, list[_Voice]]:
        """Alarms by metric. A detector of whole days joins the alarms on metrics that it blames
        too; where there are none it speaks for the metric that it blames most."""
        voices: defaultdict[int, list[_Voice]] = defaultdict(list)
        joint = [bool(np.isfinite(o.scores.joint_p[self.row])) for o in self.opinions]
        for opinion in compress(self.opinions, map(operator.not_, joint)):
            for metric in np.flatnonzero(opinion.strange[self.row]).tolist():
                voices[metric].append(_Voice(opinion, self._p(opinion, metric), {}))
        for opinion in compress(self.opinions, joint):
            share = opinion.scores.contribution[self.row]
            blamed = np.flatnonzero(opinion.strange[self.row]).tolist()
            blamed.sort(key=lambda metric: -share[metric])
            shares = {int(m): float(share[m]) for m in np.flatnonzero(share > 0)}
            p_value = float(opinion.scores.joint_p[self.row])
            for metric in [m for m in blamed if m in voices] or blamed[:1]:
                voices[metric].append(_Voice(opinion, p_value, shares))
        return voices

    def _p(self, opinion: Opinion, metric: int) -> float:
        """How often a day comes on which anything tested is as strange as this metric.

        The metrics of one family move together, and count as one test.
        """
        p_values = opinion.scores.p_value[self.row]
        families = {
            self._metric(other).family for other in np.flatnonzero(np.isfinite(p_values)).tolist()
        }
        return any_of(float(p_values[metric]), len(families))

    def _clinical(self) -> Iterator[_Draft]:
        """The limits to be told on metrics that no detector finds strange."""
        for metric, found in self.breaches.items():
            if not found.told or any(o.strange[self.row, metric] for o in self.opinions):
                continue
            p_values = [
                self._p(opinion, metric)
                for opinion in self.opinions
                if np.isfinite(opinion.scores.p_value[self.row, metric])
            ]
            yield _Draft(
                metric=metric,
                detector=DetectorType.ZSCORE,
                version=LIMITS_VERSION,
                p_value=min(p_values, default=None),
                unusual=False,
                shares={metric: 1.0},
                breach=found,
            )

    def _finding(self, draft: _Draft) -> Finding:
        metric, scores = self._metric(draft.metric), self._evidence(draft.metric)
        place = (self.row, draft.metric)
        value = float(self.values.values[self.index, draft.metric])
        baseline = _known(scores.baseline[place])
        first = int(scores.history_from[place])
        return Finding(
            day=self.values.days[self.index],
            metric=metric.key,
            value=value,
            baseline=baseline,
            usual_low=_known(scores.usual_low[place]),
            usual_high=_known(scores.usual_high[place]),
            direction=_direction(value, baseline, draft.breach),
            detector=draft.detector,
            score=draft.score,
            p_value=draft.p_value,
            severity=draft.severity,
            unusual=draft.unusual,
            clinical=remark(metric, value, draft.breach),
            contributions=self._contributions(draft.shares),
            history_days=int(scores.history[place]),
            history_from=date.fromordinal(first) if first else None,
            version=draft.version,
        )

    def _evidence(self, metric: int) -> Scores:
        """The scores of the first detector that knows the metric's baseline, else history."""
        place = (self.row, metric)
        everyone = [opinion.scores for opinion in self.opinions]
        informed = [scores for scores in everyone if np.isfinite(scores.baseline[place])]
        return (informed or everyone)[0]

    def _contributions(self, shares: Mapping[int, float]) -> tuple[Contribution, ...]:
        total = sum(shares.values())
        kept = {m: share for m, share in shares.items() if share >= SMALLEST_SHARE * total}
        total = sum(kept.values())
        return tuple(
            self._contribution(metric, share / total)
            for metric, share in sorted(kept.items(), key=lambda item: (-item[1], item[0]))
        )

    def _contribution(self, metric: int, share: float) -> Contribution:
        scores, place = self._evidence(metric), (self.row, metric)
        return Contribution(
            metric=self.values.keys[metric],
            share=share,
            value=float(self.values.values[self.index, metric]),
            baseline=_known(scores.baseline[place]),
            usual_low=_known(scores.usual_low[place]),
            usual_high=_known(scores.usual_high[place]),
        )


def _absorbed(kept: _Draft, other: _Draft) -> _Draft:
    """The stronger finding of a family, with the weaker one among its contributions."""
    own = kept.shares.get(kept.metric, max(kept.shares.values()))
    share = own * min(1.0, other.score / kept.score) if kept.score else own
    shares = {**kept.shares, other.metric: max(share, kept.shares.get(other.metric, 0.0))}
    return replace(kept, shares=shares)


def _direction(value: float, baseline: float | None, found: Breach | None) -> Direction:
    if found:
        return found.direction
    return Direction.BELOW if baseline is not None and value < baseline else Direction.ABOVE


def _known(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
