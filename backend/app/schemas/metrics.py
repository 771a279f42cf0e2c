"""The catalogue as the API tells it."""

from dataclasses import asdict
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from app.catalog import CATALOGUE, Adverse, Aggregation, Column, Formula, Lag, Metric, Scale
from app.schemas.base import ReadSchema


class RangeOut(ReadSchema):
    """Both ends included."""

    low: float
    high: float


class ColumnSource(ReadSchema):
    """The day's entries of a tracker, aggregated; `where` keeps some, `codes` turn words into
    numbers."""

    kind: Literal["column"] = "column"
    tracker: str
    column: str
    aggregation: Aggregation
    where: dict[str, str]
    codes: dict[str, float]


class FormulaInput(ReadSchema):
    key: str
    days_earlier: int


class FormulaSource(ReadSchema):
    """Computed from other metrics of the day, or of an earlier one."""

    kind: Literal["formula"] = "formula"
    inputs: list[FormulaInput]


class LimitOut(ReadSchema):
    """Told regardless of what is usual: to people with `condition` on file, or not to those with
    `unless`."""

    below: float | None
    above: float | None
    severity: Literal["low", "medium", "high"]
    guideline: str
    condition: str | None
    unless: str | None
    every_day: bool


class WatchOut(ReadSchema):
    """How detection treats the metric: limit in standard deviations, days of history needed,
    smallest spread believed (on `scale`), and which side is bad news."""

    z: float
    minimum_days: int
    floor: float
    scale: Scale
    adverse: Adverse


class MetricOut(ReadSchema):
    """One daily metric. `unit` is UCUM. Values outside `plausible` are refused, values outside
    `clinical` are told."""

    key: str
    label: str
    unit: str
    decimals: int
    family: str
    tracker: str | None = Field(description="Null for formulas.")
    source: ColumnSource | FormulaSource = Field(discriminator="kind")
    plausible: RangeOut
    clinical: RangeOut | None
    guideline: str | None
    limits: list[LimitOut]
    watched: WatchOut | None
    loinc: str | None
    aliases: list[str]

    @classmethod
    def of(cls, metric: Metric) -> Self:
        row: dict[str, Any] = {
            name: getattr(metric, name) for name in cls.model_fields if hasattr(metric, name)
        }
        source = metric.source
        return cls(
            **row
            | {
                "source": _source(source),
                "tracker": source.tracker if isinstance(source, Column) else None,
                "plausible": asdict(metric.plausible),
                "clinical": metric.clinical and asdict(metric.clinical),
                "limits": [asdict(limit) for limit in metric.limits],
                "watched": metric.watch and asdict(metric.watch),
                "aliases": list(metric.aliases),
            }
        )


def _source(source: Column | Formula) -> ColumnSource | FormulaSource:
    if isinstance(source, Column):
        return ColumnSource.model_validate(source)
    return FormulaSource(
        inputs=[
            FormulaInput(key=given.key, days_earlier=given.days)
            if isinstance(given, Lag)
            else FormulaInput(key=given, days_earlier=0)
            for given in source.inputs
        ]
    )


class MetricsOut(ReadSchema):
    """Every metric, in the catalogue's order."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"metrics": [MetricOut.of(CATALOGUE["sleep_hours"]).model_dump()]}
        }
    )

    metrics: list[MetricOut]
