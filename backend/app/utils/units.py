"""The names by which people know the catalogue's UCUM units."""

from collections.abc import Mapping
from types import MappingProxyType

# The first name is the one shown; the others are read as the same unit.
_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "h": ("h", "hours", "hour"),
        "min": ("min", "minutes", "minute"),
        "ms": ("ms", "milliseconds"),
        "/min": ("per minute", "bpm"),
        "kcal": ("kcal", "kilocalories"),
        "g": ("g", "grams"),
        "mg": ("mg", "milligrams"),
        "kg": ("kg", "kilograms"),
        "km": ("km", "kilometres", "kilometers"),
        "cm": ("cm", "centimetres", "centimeters"),
        "%": ("%", "percent"),
        "mm[Hg]": ("mmHg",),
        "Cel": ("°C", "degrees Celsius"),
        "kg/m2": ("kg/m²", "kg/m2"),
        "mg/dL": ("mg/dL",),
        "[iU]": ("units",),
    }
)


def display_unit(ucum: str) -> str:
    """The unit as shown beside a number; empty for a mere count or score."""
    return next(iter(unit_names(ucum)), "")


def unit_names(ucum: str) -> tuple[str, ...]:
    """All names that a text may give the unit; none for a mere count or score."""
    return _NAMES.get(ucum, () if ucum.startswith("{") else (ucum,))
