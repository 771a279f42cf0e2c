"""What goes together."""

import datetime as dt
from typing import Literal

from pydantic import ConfigDict

from app.schemas import summary_examples as examples
from app.schemas.base import ReadSchema
from app.schemas.summaries import Status


class IntervalOut(ReadSchema):
    low: float
    high: float


class CorrelationOut(ReadSchema):
    """`later` went with `earlier` of `lag_days` days before; at 0 their order says nothing.

    `r` is a rank correlation (-1 to 1) of what is left once slow change and the weekday are taken
    out. `days` have both metrics; as neighbouring days resemble each other they are worth
    `effective_days` independent ones, on which `interval` and `p_value` rest. The interval is
    wide enough for having been chosen among many; `p_value` is that of the pair with all its lags
    tried; `adjusted_p` is the false discovery rate over all pairs at which this one is first told.
    It is an association and says nothing of causes.
    """

    earlier: str
    later: str
    lag_days: int
    direction: Literal["together", "opposite"]
    r: float
    interval: IntervalOut
    days: int
    effective_days: float
    p_value: float
    adjusted_p: float
    text: str


class CorrelationsOut(ReadSchema):
    """The correlations that are more than chance, the surest first, each pair at its surest lag.

    `false_discovery_rate` is the share of false ones that is allowed among them on average, given
    how many pairs were looked at and how many `tests` (a pair at a lag) that took. Metrics that
    follow from each other, or from the same column, are never paired. `learning` says that no pair
    has `minimum_effective_days` yet.
    """

    model_config = ConfigDict(json_schema_extra={"example": examples.CORRELATIONS})

    first: dt.date
    last: dt.date
    status: Status
    false_discovery_rate: float
    longest_lag: int
    minimum_effective_days: int
    pairs_looked_at: int
    tests: int
    items: list[CorrelationOut]
