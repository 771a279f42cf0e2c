"""VitalIQ's own detection under measurement."""

import numpy as np

from app.ml.budget import adapted_level
from app.ml.clinical import applicable, concern
from app.ml.judging import BUDGET_DAYS
from app.ml.priors import shipped
from app.ml.rating import rate
from app.ml.trailing import trailing
from app.ml.types import BoolArray, FloatArray
from app.utils.enums import Direction
from benchmarks.detection.people import Person
from benchmarks.detection.rivals import Rating, Unlearned, spread_out

BUDGETS = (4.0, 2.0, 1.0, 1 / 3, 1 / 12)
OWN = 1.0
"""The budget that an account starts with."""

GRAVER = 1_000.0
"""More than any score: a graver limit outranks every unusual day."""


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
            concern={
                side: np.nan_to_num(rated.measured.score) + GRAVER * _concern(person, side)
                for side in Direction
            },
        )


def told(p_values: FloatArray, budget: float) -> BoolArray:
    """The days that `judge` tells by the budget."""
    before = trailing(p_values[:, np.newaxis], BUDGET_DAYS, lag=1)[:, 0]
    return np.asarray(p_values <= adapted_level(before, budget))


def _concern(person: Person, side: Direction) -> FloatArray:
    """Each day's largest clinical concern on a side, over all metrics."""
    largest = np.zeros(len(person.values.days))
    for metric in person.catalogue.metrics:
        limits = applicable(metric, {}, person.values.days[0])
        column = person.values.column(metric.key)
        largest = np.maximum(largest, concern(column, metric, limits, side))
    return largest
