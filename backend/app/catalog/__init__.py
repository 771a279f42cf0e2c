"""The metric catalogue: every metric is one row, and everything else derives from it."""

from collections.abc import Iterable
from functools import cached_property

from app.catalog.metrics import METRICS
from app.catalog.panels import GENERAL_CODES, PANELS
from app.catalog.trackers import QUANTITIES, TRACKERS
from app.catalog.types import (
    Adverse,
    Aggregation,
    ClinicalLimit,
    Column,
    Formula,
    Lag,
    Metric,
    Panel,
    Quantity,
    Range,
    Scale,
    Tracker,
    Typical,
    Watch,
)

__all__ = [
    "CATALOGUE",
    "GENERAL_CODES",
    "METRICS",
    "PANELS",
    "QUANTITIES",
    "TRACKERS",
    "Adverse",
    "Aggregation",
    "Catalogue",
    "ClinicalLimit",
    "Column",
    "Formula",
    "Lag",
    "Metric",
    "Panel",
    "Quantity",
    "Range",
    "Scale",
    "Tracker",
    "Typical",
    "Watch",
    "quantity",
    "tracker",
]


class Catalogue:
    """A set of metrics with look-up by key or alias; iterates in the order of its rows."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = tuple(metrics)

    @cached_property
    def _by_name(self) -> dict[str, Metric]:
        names: dict[str, Metric] = {}
        for metric in self.metrics:
            for name in (metric.key, *metric.aliases):
                if name in names:
                    raise ValueError(f"two metrics are called {name!r}")
                names[name] = metric
        return names

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(metric.key for metric in self.metrics)

    @cached_property
    def watched(self) -> tuple[Metric, ...]:
        return tuple(metric for metric in self.metrics if metric.watch is not None)

    def __getitem__(self, name: str) -> Metric:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def with_inputs(self, metrics: Iterable[Metric]) -> "Catalogue":
        """The metrics and those that they are computed from, in the order of the rows."""
        needed: set[str] = set()
        asked = [metric.key for metric in metrics]
        while asked:
            key = asked.pop()
            if key not in needed:
                needed.add(key)
                asked.extend(self[key].inputs)
        return Catalogue(metric for metric in self.metrics if metric.key in needed)

    def columns(self) -> tuple[tuple[Metric, Column], ...]:
        """The metrics that come from a tracker's column, each with its source."""
        return self._columns

    def formulas(self) -> tuple[tuple[Metric, Formula], ...]:
        """The derived metrics, each with its source; inputs stand before what uses them."""
        return self._formulas

    @cached_property
    def _columns(self) -> tuple[tuple[Metric, Column], ...]:
        return tuple((m, m.source) for m in self.metrics if isinstance(m.source, Column))

    @cached_property
    def _formulas(self) -> tuple[tuple[Metric, Formula], ...]:
        return tuple((m, m.source) for m in self.metrics if isinstance(m.source, Formula))


CATALOGUE = Catalogue(METRICS)

_QUANTITIES = {(row.tracker, row.column): row for row in QUANTITIES}
_TRACKERS = {row.key: row for row in TRACKERS}


def quantity(tracker_key: str, column: str) -> Quantity:
    """The numeric column's row. Raises KeyError for a column that is not in the catalogue."""
    return _QUANTITIES[tracker_key, column]


def tracker(key: str) -> Tracker:
    """The tracker's row. Raises KeyError."""
    return _TRACKERS[key]
