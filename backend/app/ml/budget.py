"""The false-alarm budget: from which p-value on a day is told, as often as a person asked for."""

import math
from dataclasses import dataclass

import numpy as np

from app.ml.types import FloatArray

DAYS_PER_MONTH = 30.44

STEP = 0.4
"""How much one asked-for alarm's worth of days moves the logarithm of the level."""

FURTHEST = 4.0
"""The level stays within this factor of the asked one."""


def asked_level(alarms_per_month: float) -> float:
    """The share of days that may be told."""
    return min(1.0, alarms_per_month / DAYS_PER_MONTH)


def adapted_level(p_values: FloatArray, alarms_per_month: float) -> FloatArray:
    """The level after each row of p-values, shape (days, past) with the newest last; NaN is a day
    that was not judged.

    Adaptive conformal inference (Gibbs and Candes, NeurIPS 2021, arXiv 2106.00170), on the
    logarithm of the level, so that it works for rare alarms too, and kept within bounds: each alarm
    makes the next one harder, each day without one makes it easier, in balance at the asked rate.
    """
    asked = asked_level(alarms_per_month)
    lowest, highest = math.log(asked / FURTHEST), math.log(min(1.0, asked * FURTHEST))
    easier, harder = STEP * asked, STEP * (asked - 1)
    with np.errstate(divide="ignore"):
        rarity = np.log(p_values)
    start = math.log(asked)
    if len(rarity) <= _FEW:
        step = _Step(easier, harder, lowest, highest)
        return np.asarray(np.exp([step.along(past, start) for past in rarity.tolist()]))
    level = np.full(len(rarity), start)
    for p in rarity.T:
        after_none = np.where(p > level, np.minimum(level + easier, highest), level)
        level = np.where(p <= level, np.maximum(level + harder, lowest), after_none)
    return np.asarray(np.exp(level))


_FEW = 8
"""So few rows take longer side by side than one after another."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What a day moves the logarithm of the level by, and how far that may go."""

    easier: float
    harder: float
    lowest: float
    highest: float

    def along(self, rarity: list[float], level: float) -> float:
        for p in rarity:
            if p <= level:
                level = max(level + self.harder, self.lowest)
            elif p == p:
                level = min(level + self.easier, self.highest)
        return level
