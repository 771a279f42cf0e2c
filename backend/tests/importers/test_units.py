"""Units of files lead to those of the kinds, and back, by figures of guidelines (never mixed)."""

import pytest

from app.importers.kinds import KINDS
from app.importers.units import Linear, alternatives, conversion


@pytest.mark.parametrize(
    ("kind", "value", "unit", "expected"),
    [
        ("glucose", 5.5, "mmol/L", 99.1),
        ("cholesterol_ldl", 2.6, "mmol/L", 100.5),
        ("triglycerides", 1.7, "mmol/L", 150.6),
        ("hba1c", 48, "mmol/mol", 6.54),
        ("ketones", 10.41, "mg/dL", 1.0),
        ("weight", 150, "[lb_av]", 68.0),
        ("weight", 72_500, "g", 72.5),
        ("height", 68, "[in_i]", 172.7),
        ("body_temperature", 98.6, "[degF]", 37.0),
        ("body_temperature", 310.15, "K", 37.0),
        ("spo2", 0.97, "1", 97.0),
        ("distance", 3, "[mi_i]", 4.828),
        ("active_energy", 418.4, "kJ", 100.0),
        ("blood_pressure_systolic", 16, "kPa", 120.0),
        ("hrv_sdnn", 0.05, "s", 50.0),
        ("heart_rate", 1, "Hz", 60.0),
    ],
)
def test_a_value_in_another_unit_is_the_same(
    kind: str, value: float, unit: str, expected: float
) -> None:
    way = conversion(kind, unit)
    assert way is not None
    assert way.of(value) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("weight", "cm"),
        ("steps", "kcal"),
        ("heart_rate", "mmol/L"),
        ("insulin", "mg"),
        ("spo2", ""),
    ],
)
def test_what_cannot_be_is_no_conversion(kind: str, unit: str) -> None:
    assert conversion(kind, unit) is None


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_in_its_own_unit_and_others_are_told(kind: str) -> None:
    assert conversion(kind, KINDS[kind].unit) == Linear(1.0)
    assert all(conversion(kind, other) is not None for other in alternatives(kind, "x"))
