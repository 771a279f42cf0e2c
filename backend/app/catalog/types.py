"""The vocabulary of the metric catalogue: what a row may say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


class Aggregation(StrEnum):
    """How the entries of one day become that day's value."""

    SUM = "sum"
    MEAN = "mean"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    LAST = "last"
    DEVIATION = "deviation"  # sample standard deviation; unknown below two entries


class Scale(StrEnum):
    """The scale on which a metric's day-to-day spread is roughly symmetric."""

    IDENTITY = "identity"
    LOG = "log"
    LOG1P = "log1p"
    SQRT = "sqrt"


class Adverse(StrEnum):
    """Which side of the usual range is bad news."""

    HIGH = "high"
    LOW = "low"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Range:
    """A closed interval."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """One of the plan's six logs: a table behind a path of the API. `instant` is the column that
    says when an entry happened."""

    key: str
    table: str
    label: str
    instant: str = "occurred_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A numeric column of a tracker: what a single entry may hold.

    A value outside `plausible` is a typing error and is refused. `computed` columns are
    derived by the server and never taken from a request. `tied_to` names columns of the same
    tracker that it follows from, or is a part of, by arithmetic: they move together in everyone.
    """

    tracker: str
    column: str
    unit: str
    plausible: Range
    integer: bool = False
    computed: bool = False
    tied_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Columns of a tracker that are one measurement, with the LOINC code of the whole."""

    tracker: str
    key: str
    label: str
    columns: tuple[str, ...]
    loinc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A daily value aggregated from a tracker's entries.

    `where` keeps only the entries whose enum column has that value; `codes` turns an enum column
    into numbers.
    """

    tracker: str
    column: str
    aggregation: Aggregation
    where: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lag:
    """Another metric's value `days` days earlier."""

    key: str
    days: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A daily value computed from others; unknown where any input is, or the result is not finite.

    `function` uses operators only, so that it works on numbers and on arrays of days alike.
    """

    inputs: tuple[str | Lag, ...]
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalLimit:
    """A limit that tells regardless of what is usual for the person, with its guideline.

    `condition` restricts the limit to people with that condition on file; `unless` to people
    without it. A limit with `every_day` false tells on the first day of a run only.
    """

    below: float | None = None
    above: float | None = None
    severity: Literal["low", "medium", "high"]
    guideline: str
    condition: str | None = None
    unless: str | None = None
    every_day: bool = False

    def broken_by(self, value: float) -> bool:
        return (self.below is not None and value < self.below) or (
            self.above is not None and value > self.above
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How the detectors treat a metric.

    `z` is the limit in standard deviations, `minimum_days` the history below which nothing is
    said, `floor` the smallest spread believed, on `scale` (so 0.05 on the log scale is 5 %).
    """

    z: float = 3.5
    minimum_days: int = 14
    floor: float
    scale: Scale = Scale.IDENTITY
    adverse: Adverse = Adverse.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """What invented people are made of, on the daily value's own scale.

    `between` and `within` are standard deviations between and within persons, `weekend` is added
    on Saturdays and Sundays, `autocorrelation` is from one day to the next.
    """

    mean: float
    between: float
    within: float
    weekend: float = 0.0
    autocorrelation: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One daily metric. `plausible` bounds the daily value, `clinical` is the range that
    guidelines call normal for adults: values outside are said, never diagnosed."""

    key: str
    label: str
    unit: str
    decimals: int
    family: str
    source: Column | Formula
    plausible: Range
    clinical: Range | None = None
    guideline: str | None = None
    limits: tuple[ClinicalLimit, ...] = ()
    watch: Watch | None = None
    typical: Typical | None = None
    loinc: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The keys of the metrics that it is computed from; none for a column's."""
        if isinstance(self.source, Column):
            return ()
        return tuple(i.key if isinstance(i, Lag) else i for i in self.source.inputs)
