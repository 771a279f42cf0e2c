"""What glucose meters write where they cannot measure: beyond a limit, and only that."""

from collections.abc import Mapping
from types import MappingProxyType

_LOW = frozenset("low lo niedrig bas bajo basso baixo laag lav låg matala".split())
_HIGH = frozenset("high hi hoch haut alto elevato elevado hoog høj høy hög korkea".split())
# Sensors measure from 40 to 400 mg/dL, some to 500: beyond 400 is true of all.
LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"mg/dL": (40.0, 400.0), "mmol/L": (2.2, 22.2)}
)


def beyond(words: str, unit: str) -> tuple[float, str] | None:
    """The limit, and whether the value lies below (<) or above (>) it; None for other words."""
    low, high = LIMITS[unit]
    folded = words.strip().casefold()
    if folded in _LOW:
        return low, "<"
    return (high, ">") if folded in _HIGH else None


def unit_in(header: str) -> str | None:
    """The unit of glucose that a column's header ends with, in any language."""
    folded = header.casefold().rstrip(") ").replace(" ", "")
    if folded.endswith(("mg/dl", "мг/дл")):
        return "mg/dL"
    return "mmol/L" if folded.endswith(("mmol/l", "ммоль/л")) else None
