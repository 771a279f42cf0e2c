"""The signed-in person, as services know them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from app.utils.enums import AlarmBudget
from app.utils.time import local_day, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose rows a service may touch, and what their days and figures depend on. `is_full`: they
    were found to hold as many entries as one person may."""

    id: UUID
    session_id: UUID | None
    zone: ZoneInfo
    height_cm: float | None = None
    thresholds: Mapping[str, float]
    alarm_budget: AlarmBudget = AlarmBudget.MONTHLY
    is_full: bool = False
    ai_consent: bool = False
    ai_notes_allowed: bool = False

    def today(self) -> dt.date:
        """The person's current calendar day."""
        return local_day(now(), self.zone)
