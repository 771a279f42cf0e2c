"""Whether there is enough data, and fresh enough, to say what is usual: one rule everywhere."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from app.ml.types import DailyValues
from app.utils.enums import DataStatus

STATE_DAYS = 60
LEARNING_DAYS = 21
"""Below this the spread is mostly the population's, and what is usual is still being learned."""
STALE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DataState:
    """Of the last `STATE_DAYS` days, `days_with_data` hold anything; `last_day` is the newest."""

    days_with_data: int
    days_needed: int
    silent_days: int
    last_day: dt.date | None

    @property
    def status(self) -> DataStatus:
        silent = self.silent_days if self.last_day is not None else 0
        return status_of(self.days_with_data, needed=self.days_needed, silent=silent)

    def as_json(self) -> dict[str, object]:
        """The three fields that every answer tells."""
        return {
            "status": self.status,
            "days_with_data": self.days_with_data,
            "days_needed": self.days_needed,
        }


def status_of(days: int, *, needed: int, silent: int) -> DataStatus:
    """With so many days where `needed` are, the last of them so long ago."""
    if silent >= STALE_DAYS:
        return DataStatus.STALE
    return DataStatus.LEARNING if days < needed else DataStatus.READY


def state_of(values: DailyValues) -> DataState:
    """The state on the last of the days, whichever metrics were logged."""
    recent = values.rows(max(0, len(values.days) - STATE_DAYS), len(values.days))
    has_any = (~np.isnan(recent.values)).any(axis=1)
    logged = [recent.days[index] for index in np.flatnonzero(has_any).tolist()]
    return DataState(
        days_with_data=len(logged),
        days_needed=LEARNING_DAYS,
        silent_days=(values.days[-1] - logged[-1]).days if logged else len(recent.days),
        last_day=logged[-1] if logged else None,
    )
