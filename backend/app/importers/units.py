"""What a unit of a file comes to in the unit that readings of a kind are kept in.

A table of our own instead of a library of units: what is measured here needs some thirty units of
UCUM, all linear; a library for all of UCUM takes longer to load than most files to read, and knows
no molar masses, on which half of the conversions rest.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.importers.kinds import KINDS


class Linear(NamedTuple):
    """`value * factor + offset` is in the other unit."""

    factor: float
    offset: float = 0.0

    def of(self, value: float) -> float:
        return value * self.factor + self.offset


class _Unit(NamedTuple):
    """What the unit measures, and what one of it is in that dimension's first unit."""

    dimension: str
    factor: float
    offset: float = 0.0


# Exact by definition: the pound and the inch (International Yard and Pound Agreement, 1959), the
# thermochemical calorie (ISO 80000-5), the kilopascal in mm[Hg] (conventional, ISO 80000-4).
_UNITS: Mapping[str, _Unit] = MappingProxyType(
    {
        "/min": _Unit("rate", 1),
        "{beats}/min": _Unit("rate", 1),
        "/s": _Unit("rate", 60),
        "Hz": _Unit("rate", 60),
        "ms": _Unit("time", 1),
        "s": _Unit("time", 1_000),
        "min": _Unit("time", 60_000),
        "h": _Unit("time", 3_600_000),
        "d": _Unit("time", 86_400_000),
        "%": _Unit("share", 1),
        "1": _Unit("share", 100),
        "Cel": _Unit("temperature", 1),
        "[degF]": _Unit("temperature", 5 / 9, -160 / 9),
        "K": _Unit("temperature", 1, -273.15),
        "mm[Hg]": _Unit("pressure", 1),
        "kPa": _Unit("pressure", 1 / 0.133322387415),
        "mg/dL": _Unit("concentration", 1),
        "g/L": _Unit("concentration", 100),
        "mmol/L": _Unit("amount", 1),
        "umol/L": _Unit("amount", 0.001),
        "mmol/mol": _Unit("ratio", 1),
        "[iU]": _Unit("activity", 1),
        "g": _Unit("mass", 1),
        "mg": _Unit("mass", 0.001),
        "ug": _Unit("mass", 0.000_001),
        "kg": _Unit("mass", 1_000),
        "[lb_av]": _Unit("mass", 453.59237),
        "[oz_av]": _Unit("mass", 28.349523125),
        "[stone_av]": _Unit("mass", 6_350.29318),
        "cm": _Unit("length", 1),
        "mm": _Unit("length", 0.1),
        "m": _Unit("length", 100),
        "km": _Unit("length", 100_000),
        "[in_i]": _Unit("length", 2.54),
        "[ft_i]": _Unit("length", 30.48),
        "[yd_i]": _Unit("length", 91.44),
        "[mi_i]": _Unit("length", 160_934.4),
        "{count}": _Unit("count", 1),
        "kcal": _Unit("energy", 1),
        "cal": _Unit("energy", 0.001),
        "kJ": _Unit("energy", 1 / 4.184),
        "J": _Unit("energy", 1 / 4_184),
    }
)

# mg/dL in one mmol/L, by the molar mass of what is measured: glucose 180.156 g/mol, cholesterol
# 386.65 g/mol, triglycerides by convention as triolein, 885.7 g/mol (AMA Manual of Style, 11th
# edition); beta-hydroxybutyrate 104.1 g/mol.
_MOLAR: Mapping[str, float] = MappingProxyType(
    {
        "glucose": 18.0156,
        "cholesterol_total": 38.67,
        "cholesterol_ldl": 38.67,
        "cholesterol_hdl": 38.67,
        "triglycerides": 88.57,
        "ketones": 10.41,
    }
)
# HbA1c: NGSP % = 0.09148 * IFCC mmol/mol + 2.152 (ngsp.org, IFCC standardization).
_IFCC = Linear(0.09148, 2.152)


def is_known(unit: str) -> bool:
    """Whether it is a unit (UCUM) that can be converted."""
    return unit in _UNITS


def conversion(kind: str, unit: str) -> Linear | None:
    """From the unit (UCUM) into that of the kind; None where it cannot be that."""
    wanted = KINDS[kind].unit
    if unit == wanted:
        return Linear(1.0)
    if kind == "hba1c" and unit == "mmol/mol":
        return _IFCC
    return convert(unit, wanted, per_mole=_MOLAR.get(kind))


def convert(unit: str, wanted: str, *, per_mole: float | None = None) -> Linear | None:
    """From one unit into another of its dimension; with `per_mole`, the mg/dL in one mmol/L, also
    between amounts and masses."""
    given, target = _UNITS.get(unit), _UNITS.get(wanted)
    if given is None or target is None:
        return None
    bridge = 1.0
    if given.dimension != target.dimension:
        bridges = {("amount", "concentration"): 1.0, ("concentration", "amount"): -1.0}
        way = bridges.get((given.dimension, target.dimension))
        if way is None or per_mole is None:
            return None
        bridge = per_mole**way
    factor = given.factor * bridge / target.factor
    return Linear(factor, (given.offset * bridge - target.offset) / target.factor)


def alternatives(kind: str, unit: str) -> tuple[str, ...]:
    """The other units in which readings of the kind may come."""
    return tuple(other for other in _UNITS if other != unit and conversion(kind, other) is not None)
