"""What can be observed, with its codes: made from the catalogue, in the words of FHIR R4."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from app.catalog import (
    GENERAL_CODES,
    METRICS,
    PANELS,
    QUANTITIES,
    Column,
    Metric,
    Panel,
    Quantity,
)
from app.utils.units import display_unit

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
OWN = "urn:uuid:3f1d2c5e-8a53-5c0b-9f0e-6b7a1d2c4e90"
"""The code system of what has no LOINC code: `tracker.column`, as in GET /api/metrics."""
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_CATEGORY = {
    "vitals": "vital-signs",
    "body": "vital-signs",
    "chronic": "laboratory",
    "exercise": "activity",
    "sleep": "activity",
    "nutrition": "social-history",
}


class Coding(NamedTuple):
    """A code, and whose."""

    system: str
    code: str

    def as_json(self) -> dict[str, str]:
        return {"system": self.system, "code": self.code}


class Finer(NamedTuple):
    """The code that says it more exactly where a column of the entry has this value."""

    column: str
    value: str
    coding: Coding


@dataclass(frozen=True)
class Part:
    """A numeric column."""

    quantity: Quantity
    label: str
    codings: tuple[Coding, ...]
    finer: tuple[Finer, ...]

    @property
    def column(self) -> str:
        return self.quantity.column

    def value_of(self, number: float) -> dict[str, Any]:
        unit = self.quantity.unit
        shown = display_unit(unit) or unit.strip("{}")
        value = round(number) if self.quantity.integer else number
        return {"value": value, "unit": shown, "system": UCUM, "code": unit}


@dataclass(frozen=True)
class Observed:
    """What one Observation tells of an entry: a column, or a panel of several. `place` is its
    number among all, by which those of one entry are in order."""

    place: int
    tracker: str
    key: str
    label: str
    codings: tuple[Coding, ...]
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """As in an Observation's id, which takes letters, digits, dots and dashes."""
        return f"{self.tracker}.{self.key.replace('_', '-')}"

    @property
    def category(self) -> str:
        return _CATEGORY[self.tracker]

    @property
    def is_panel(self) -> bool:
        return len(self.parts) > 1

    @cached_property
    def finer(self) -> tuple[Finer, ...]:
        return () if self.is_panel else self.parts[0].finer


def _metrics_of(quantity: Quantity) -> list[tuple[Metric, Column]]:
    return [
        (metric, metric.source)
        for metric in METRICS
        if isinstance(metric.source, Column)
        and (metric.source.tracker, metric.source.column) == (quantity.tracker, quantity.column)
    ]


def _part(quantity: Quantity) -> Part:
    metrics = _metrics_of(quantity)
    plain = [metric for metric, source in metrics if not source.where]
    loinc = next((metric.loinc for metric in plain if metric.loinc), None)
    codes = [code for code in (loinc, GENERAL_CODES.get(loinc or "")) if code]
    codings = [Coding(LOINC, code) for code in codes]
    own = Coding(OWN, f"{quantity.tracker}.{quantity.column}")
    label = quantity.column.replace("_", " ").capitalize()
    return Part(
        quantity=quantity,
        label=next((metric.label for metric in plain), label),
        codings=(*codings, *(() if codings else (own,))),
        finer=tuple(_finer(metrics)),
    )


def _finer(metrics: Sequence[tuple[Metric, Column]]) -> list[Finer]:
    return [
        Finer(column, value, Coding(LOINC, metric.loinc))
        for metric, source in metrics
        if metric.loinc and len(source.where) == 1
        for column, value in source.where.items()
    ]


def _observed() -> tuple[Observed, ...]:
    parts = {(row.tracker, row.column): _part(row) for row in QUANTITIES}
    first = {(panel.tracker, panel.columns[0]): panel for panel in PANELS}
    inner = {(panel.tracker, column) for panel in PANELS for column in panel.columns[1:]}
    found: list[Observed] = []
    for place, part in parts.items():
        if place in inner:
            continue
        panel = first.get(place)
        made = _panel(len(found), panel, parts) if panel else _single(len(found), part)
        found.append(made)
    return tuple(found)


def _single(place: int, part: Part) -> Observed:
    row = part.quantity
    return Observed(place, row.tracker, row.column, part.label, part.codings, (part,))


def _panel(place: int, panel: Panel, parts: Mapping[tuple[str, str], Part]) -> Observed:
    inside = tuple(parts[panel.tracker, column] for column in panel.columns)
    codings = (Coding(LOINC, panel.loinc),)
    return Observed(place, panel.tracker, panel.key, panel.label, codings, inside)


OBSERVED = _observed()
BY_NAME: Mapping[str, Observed] = {observed.name: observed for observed in OBSERVED}
MOST_PARTS = max(len(observed.parts) for observed in OBSERVED)
