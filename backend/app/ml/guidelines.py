"""What guidelines say about blood pressure, glucose and exercise, as tables and small functions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.catalog import Range
from app.utils.enums import Intensity


class Guideline(StrEnum):
    ACC_AHA_2017 = "acc_aha_2017"
    ESC_2024 = "esc_2024"
    ESC_2024_HOME = "esc_2024_home"


class PressureCategory(StrEnum):
    NORMAL = "normal"
    NON_ELEVATED = "non_elevated"
    ELEVATED = "elevated"
    STAGE_1 = "stage_1"
    STAGE_2 = "stage_2"
    HYPERTENSION = "hypertension"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class PressureStep:
    """A category holds from either limit on (mmHg); an infinite limit is never reached."""

    category: PressureCategory
    systolic: float
    diastolic: float


def _over(limit: float) -> float:
    """The smallest number above the limit: for "over 180" rather than "from 180 on"."""
    return math.nextafter(limit, math.inf)


# Highest first, so that the first step reached is the higher of the two pressures' categories.
PRESSURE_STEPS: Mapping[Guideline, Sequence[PressureStep]] = MappingProxyType(
    {
        Guideline.ACC_AHA_2017: (
            PressureStep(PressureCategory.CRISIS, _over(180), _over(120)),
            PressureStep(PressureCategory.STAGE_2, 140, 90),
            PressureStep(PressureCategory.STAGE_1, 130, 80),
            PressureStep(PressureCategory.ELEVATED, 120, math.inf),
            PressureStep(PressureCategory.NORMAL, -math.inf, -math.inf),
        ),
        Guideline.ESC_2024: (
            PressureStep(PressureCategory.HYPERTENSION, 140, 90),
            PressureStep(PressureCategory.ELEVATED, 120, 70),
            PressureStep(PressureCategory.NON_ELEVATED, -math.inf, -math.inf),
        ),
        Guideline.ESC_2024_HOME: (
            PressureStep(PressureCategory.HYPERTENSION, 135, 85),
            PressureStep(PressureCategory.ELEVATED, 120, 70),
            PressureStep(PressureCategory.NON_ELEVATED, -math.inf, -math.inf),
        ),
    }
)

HOME_LIMIT = PRESSURE_STEPS[Guideline.ESC_2024_HOME][0]
"""From here on home readings count as high (ESC 2024, doi 10.1093/eurheartj/ehae178)."""

HOME_READINGS, HOME_DAYS = 12, 3
"""What an average of home readings rests on at least; its first day is left out. AHA/AMA policy
statement on self-measured blood pressure (2020, doi 10.1161/CIR.0000000000000803)."""


def blood_pressure_category(
    systolic: float, diastolic: float, *, guideline: Guideline
) -> PressureCategory:
    """The higher of the two pressures' categories (mmHg).

    ACC/AHA 2017 (doi 10.1161/HYP.0000000000000065), whose chart the AHA also gives people for
    home readings; ESC 2024 (doi 10.1093/eurheartj/ehae178) with limits of its own for home.
    """
    return next(
        step.category
        for step in PRESSURE_STEPS[guideline]
        if systolic >= step.systolic or diastolic >= step.diastolic
    )


GLUCOSE_TARGET = Range(70, 180)
GLUCOSE_VERY_LOW, GLUCOSE_VERY_HIGH = 54.0, 250.0
"""mg/dL; the international consensus on time in range (Battelino 2019, doi 10.2337/dci19-0028)."""

GMI_DAYS, GMI_COVERAGE = 14, 0.7
"""The same consensus: at least 14 days, with data on at least 70 % of them."""


def gmi(mean: float) -> float:
    """The glucose management indicator (%) of a mean glucose (mg/dL).

    Bergenstal 2018, doi 10.2337/dc18-1581: 3.31 + 0.02392 * mean.
    """
    return 3.31 + 0.02392 * mean


AEROBIC_MINUTES = Range(150, 300)
STRENGTH_DAYS = 2
"""A week's moderate minutes, and days of strength training, for adults: WHO 2020 guidelines on
physical activity, doi 10.1136/bjsports-2020-102955."""

MODERATE_EQUIVALENT: Mapping[Intensity, int] = MappingProxyType(
    {Intensity.LOW: 0, Intensity.MODERATE: 1, Intensity.HIGH: 2, Intensity.VERY_HIGH: 2}
)
"""How many moderate minutes a minute counts for (the same guidelines: a vigorous minute is two)."""
