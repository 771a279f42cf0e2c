"""How good day scores are against known anomalies; a score that is NaN is the lowest of all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.ml.types import BoolArray, FloatArray, IntArray

MONTH = 30.44
BUFFER = 7
"""The widest buffer of VUS-PR, in days."""


def ranked(scores: FloatArray) -> FloatArray:
    return np.where(np.isnan(scores), -np.inf, scores)


def average_precision(
    truth: BoolArray, scores: FloatArray, weights: FloatArray | None = None
) -> float:
    """The area under the stepwise precision-recall curve; days of one score stand or fall
    together, so that a constant score gives the prevalence. NaN without an anomalous day. A day's
    weight says how often it counts."""
    often = np.ones(len(truth)) if weights is None else weights
    order, ends = _steps(ranked(scores))
    found = np.cumsum((often * truth)[order])[ends]
    alarms = np.cumsum(often[order])[ends]
    if not len(found) or not found[-1]:
        return float("nan")
    precision = found / np.where(alarms > 0, alarms, 1)
    return float((np.diff(found, prepend=0) / found[-1] * precision).sum())


def _steps(scores: FloatArray) -> tuple[IntArray, IntArray]:
    """The days from the highest score down, and where in that order each distinct score ends."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(scores[order][1:] != scores[order][:-1], True))
    return order, ends


def auc(positive: FloatArray, negative: FloatArray) -> float:
    """The chance that a positive day scores above a negative one; ties count half."""
    below = np.sort(ranked(negative))
    high = ranked(positive)
    less = np.searchsorted(below, high, side="left")
    ties = np.searchsorted(below, high, side="right") - less
    return float((less + ties / 2).mean() / len(below))


@dataclass(frozen=True, slots=True)
class Track:
    """One series: which days are anomalous, and their scores."""

    truth: BoolArray
    scores: FloatArray


def vus_pr(tracks: Sequence[Track], buffer: int = BUFFER) -> float:
    """The volume under the precision-recall surface over buffers of 0 to `buffer` days.

    Paparrizos, Boniol, Palpanas, Tsay, Elmore, Franklin, "Volume under the surface", PVLDB 15
    (2022) 2774, doi 10.14778/3551793.3551830: labels slope down around each range as the square
    root, recall is divided by the mean of the positives before and after sloping, and multiplied
    by the share of ranges that any alarm touches. Series are pooled, buffers never reach from one
    into the next. All thresholds are used instead of 250 of them.
    """
    if not any(track.truth.any() for track in tracks):
        return float("nan")
    return float(np.mean([_range_pr(tracks, width) for width in range(buffer + 1)]))


def _range_pr(tracks: Sequence[Track], width: int) -> float:
    soft = np.concatenate([sloped(track.truth, width) for track in tracks])
    hard = np.concatenate([track.truth for track in tracks])
    order, ends = _steps(ranked(np.concatenate([track.scores for track in tracks])))
    found = np.cumsum(soft[order])[ends]
    extended = hard.sum() + np.cumsum(np.where(hard, 0, soft)[order])[ends]
    recall = np.minimum(found / ((hard.sum() + extended) / 2), 1)
    recall = recall * _touched(tracks, soft, order)[ends]
    precision = found / (ends + 1)
    # The surface is summed as the published code does: each step of recall at the precision
    # reached with it.
    return float((np.diff(recall, prepend=0) * precision).sum())


def _touched(tracks: Sequence[Track], soft: FloatArray, order: IntArray) -> FloatArray:
    """The share of sloped ranges that hold one of the first n days of the order."""
    lengths = np.cumsum([len(track.truth) for track in tracks])
    first = np.zeros(len(soft), dtype=bool)
    first[[0, *lengths[:-1]]] = True
    inside = soft > 0
    begins = inside & (first | ~np.concatenate([[False], inside[:-1]]))
    name = np.where(inside, np.cumsum(begins), 0)[order]
    new = np.zeros(len(soft))
    names, places = np.unique(name, return_index=True)
    new[places[names > 0]] = 1
    return np.asarray(np.cumsum(new) / max(int(begins.sum()), 1))


def sloped(truth: BoolArray, width: int) -> FloatArray:
    """Labels from 0 to 1 that fall off around each anomalous range within half the width."""
    label = truth.astype(np.float64)
    half = width // 2
    edges = np.flatnonzero(np.diff(np.concatenate([[0], truth.astype(np.int8), [0]])))
    for start, stop in edges.reshape(-1, 2):
        for step in range(1, half + 1):
            height = float(np.sqrt(1 - step / width))
            for day in (start - step, stop - 1 + step):
                if 0 <= day < len(label):
                    label[day] = min(1.0, label[day] + height)
    return label


def threshold_at(scores: FloatArray, weights: FloatArray, rate: float) -> float:
    """The lowest level above which days without anomaly lie at most `rate` times a month; an
    alarm is a score above it, so that no verdict never is one."""
    order, ends = _steps(ranked(scores))
    share = (np.cumsum(weights[order]) / weights.sum())[ends]
    common = np.flatnonzero(share > rate / MONTH)
    return float(ranked(scores)[order[ends[common[0]]]]) if len(common) else -np.inf


@dataclass(frozen=True, slots=True)
class Decision:
    """Precision, recall and F1 of alarm days, and how many false ones a month."""

    precision: float
    recall: float
    f1: float
    false_alarms: float


def decision(truth: BoolArray, alarms: BoolArray) -> Decision:
    hits = int((truth & alarms).sum())
    precision = hits / alarms.sum() if alarms.any() else 0.0
    recall = hits / truth.sum() if truth.any() else float("nan")
    total = int(truth.sum() + alarms.sum())
    f1 = 2 * hits / total if total else 0.0
    usual = int((~truth).sum())
    false = MONTH * int((alarms & ~truth).sum()) / usual if usual else float("nan")
    return Decision(float(precision), float(recall), f1, false)
