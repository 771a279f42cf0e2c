"""VitalIQ's own detection under measurement."""

import numpy as np

from app.ml.budget import adapted_level
from app.ml.clinical import SEVERITIES, applicable
from app.ml.judging import BUDGET_DAYS
from app.ml.priors import shipped
from app.ml.rating import rate
from app.ml.trailing import trailing
from app.ml.types import BoolArray, FloatArray
from app.utils.enums import Severity
from benchmarks.detection.people import Person
from benchmarks.detection.rivals import Rating, Unlearned, spread_out

BUDGETS = (4.0, 2.0, 1.0, 1 / 3, 1 / 12)
OWN = 1.0
"""The budget that an account starts with."""

GRAVER = 1_000.0
"""More than any score: a broken limit outranks every unusual day."""


class VitalIQ(Unlearned):
    """The product as it comes, with the priors that it ships."""

    name = "VitalIQ"

    def rate(self, person: Person) -> Rating:
        days = range(len(person.values.days))
        rated = rate(person.values, days, catalogue=person.catalogue, priors=shipped())
        alarms = {budget: told(rated.p_value, budget) for budget in BUDGETS}
        return Rating(
            score=rated.measured.score,
            blame=spread_out(person, rated.measured.blame),
            own=alarms[OWN],
            alarms=alarms,
            concern=np.nan_to_num(rated.measured.score) + GRAVER * _gravest(person),
        )


def told(p_values: FloatArray, budget: float) -> BoolArray:
    """The days that `judge` tells by the budget."""
    before = trailing(p_values[:, np.newaxis], BUDGET_DAYS, lag=1)[:, 0]
    return np.asarray(p_values <= adapted_level(before, budget))


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
