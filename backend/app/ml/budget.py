"""The false-alarm budget: from which p-value on a day is told, as often as a person asked for."""

import math

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
        rarity = np.log(p_values).tolist()
    levels = []
    for past in rarity:
        level = math.log(asked)
        for p in past:
            if p <= level:
                level = max(level + harder, lowest)
            elif p == p:
                level = min(level + easier, highest)
        levels.append(level)
    return np.asarray(np.exp(levels))
