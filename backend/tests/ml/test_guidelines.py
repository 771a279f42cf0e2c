"""Categories and formulas at their limits."""

import pytest

from app.ml.guidelines import (
    MODERATE_EQUIVALENT,
    PRESSURE_STEPS,
    Guideline,
    blood_pressure_category,
    gmi,
)
from app.utils.enums import Intensity

ACC, ESC, HOME = Guideline.ACC_AHA_2017, Guideline.ESC_2024, Guideline.ESC_2024_HOME


@pytest.mark.parametrize(
    ("guideline", "systolic", "diastolic", "category"),
    [
        (ACC, 119.9, 79.9, "normal"),
        (ACC, 120, 79.9, "elevated"),
        (ACC, 129.9, 79.9, "elevated"),
        (ACC, 130, 60, "stage_1"),
        (ACC, 110, 80, "stage_1"),
        (ACC, 139.9, 89.9, "stage_1"),
        (ACC, 140, 70, "stage_2"),
        (ACC, 110, 90, "stage_2"),
        (ACC, 180, 120, "stage_2"),
        (ACC, 180.1, 80, "crisis"),
        (ACC, 130, 120.1, "crisis"),
        (ESC, 119.9, 69.9, "non_elevated"),
        (ESC, 120, 60, "elevated"),
        (ESC, 110, 70, "elevated"),
        (ESC, 139.9, 89.9, "elevated"),
        (ESC, 140, 70, "hypertension"),
        (ESC, 120, 90, "hypertension"),
        (HOME, 119.9, 69.9, "non_elevated"),
        (HOME, 134.9, 84.9, "elevated"),
        (HOME, 135, 70, "hypertension"),
        (HOME, 110, 85, "hypertension"),
    ],
)
def test_the_higher_pressure_decides(
    guideline: Guideline, systolic: float, diastolic: float, category: str
) -> None:
    assert blood_pressure_category(systolic, diastolic, guideline=guideline) == category


@pytest.mark.parametrize("guideline", Guideline)
def test_each_guideline_has_falling_steps_and_answers_for_all_pressures(
    guideline: Guideline,
) -> None:
    steps = PRESSURE_STEPS[guideline]
    systolic = [step.systolic for step in steps]
    assert systolic == sorted(systolic, reverse=True)
    assert blood_pressure_category(50, 20, guideline=guideline) == steps[-1].category


def test_gmi_of_published_means() -> None:
    # Bergenstal 2018, table 1
    assert round(gmi(100), 1) == 5.7
    assert round(gmi(150), 1) == 6.9
    assert round(gmi(200), 1) == 8.1


def test_every_intensity_has_its_worth() -> None:
    assert set(MODERATE_EQUIVALENT) == set(Intensity)
