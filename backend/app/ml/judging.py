"""Judging a person's days by their wishes."""

from datetime import date

from app.catalog import CATALOGUE, Catalogue
from app.ml.ensemble import LOOKBACK, detect
from app.ml.types import DailyValues, Detected, Wishes

__all__ = ["LOOKBACK", "judge"]

DAYS_PER_MONTH = 30.44


def judge(
    values: DailyValues,
    *,
    since: date,
    until: date,
    wishes: Wishes = Wishes(),  # noqa: B008 (frozen)
    catalogue: Catalogue = CATALOGUE,
) -> Detected:
    """What is strange from `since` to `until`, both included.

    `values` should reach back `LOOKBACK` days before `since`; earlier days than its first count as
    days on which nothing was logged.
    """
    findings = detect(
        values,
        since=since,
        until=until,
        thresholds=wishes.thresholds,
        conditions=wishes.conditions,
        catalogue=catalogue,
    )
    tested = [day for day in values.days if since <= day <= until]
    return Detected(
        findings=findings,
        alarm_days=len({finding.day for finding in findings if finding.unusual}),
        days_judged=len(tested),
        level=wishes.alarms_per_month / DAYS_PER_MONTH,
    )
