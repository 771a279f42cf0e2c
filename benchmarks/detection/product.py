"""VitalIQ's own detectors under measurement."""

import numpy as np

from app.ml.clinical import SEVERITIES, applicable
from app.ml.detectors.base import Scores, walk_forward
from app.ml.ensemble import default_detectors
from app.ml.statistics import SMALLEST
from app.ml.types import FloatArray
from app.utils.enums import Severity
from benchmarks.detection.people import Person
from benchmarks.detection.rivals import Rating, Unlearned

GRAVER = 1_000.0
"""More than any rarity: a broken limit outranks every unusual day."""


class VitalIQ(Unlearned):
    """The product as it is: the rarest verdict of its detectors on each day."""

    name = "VitalIQ"

    def rate(self, person: Person) -> Rating:
        tested = range(len(person.values.days))
        own = np.zeros(len(tested), dtype=bool)
        p_values = []
        blame = np.full(person.values.values.shape, -np.inf)
        for detector in default_detectors(catalogue=person.catalogue):
            scores = walk_forward(detector, person.values, tested)
            own |= detector.decide(scores).any(axis=1)
            p_values.append(_day_p(scores, person))
            blame = np.fmax(blame, _blame(scores))
        rarest = np.fmin(*p_values)
        score = -np.log10(np.maximum(rarest, SMALLEST))
        concern = np.where(np.isnan(score), 0.0, score) + GRAVER * _gravest(person)
        return Rating(score=score, blame=blame, own=own, concern=concern)


def _gravest(person: Person) -> FloatArray:
    """Each day's gravest broken clinical limit: 0 for none, 3 for a high one."""
    gravest = np.zeros(len(person.values.days))
    for metric in person.catalogue.metrics:
        column = person.values.column(metric.key)
        for limit in applicable(metric, frozenset()):
            broken = [limit.broken_by(float(value)) for value in column]
            rank = 1 + SEVERITIES.index(Severity(limit.severity))
            gravest = np.maximum(gravest, rank * np.array(broken))
    return gravest


def _day_p(scores: Scores, person: Person) -> FloatArray:
    """The day's p-value: of all families of metrics that were tested (Sidak), or of the whole."""
    if np.isfinite(scores.joint_p).any():
        return scores.joint_p
    families = np.array([metric.family for metric in person.catalogue.metrics])
    known = np.isfinite(scores.p_value)
    count = np.array([len(set(families[row])) for row in known])
    smallest = np.where(known, scores.p_value, 1).min(axis=1, initial=1)
    return np.where(
        count > 0, -np.expm1(count * np.log1p(-np.minimum(smallest, 1 - 1e-12))), np.nan
    )


def _blame(scores: Scores) -> FloatArray:
    """The rarity of each metric; the forest's shares decide where no metric has one."""
    rarity = -np.log10(np.maximum(scores.p_value, SMALLEST))
    return np.where(np.isfinite(rarity), rarity, scores.contribution - 1)
