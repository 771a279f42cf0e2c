"""Everything at a glance: each metric against the person's usual, findings, gaps in the data."""

import datetime as dt
from typing import Any, Literal

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import TRACKERS, Catalogue
from app.ml.statistics import mean_and_deviation
from app.ml.types import DailyValues
from app.ml.usual import usual
from app.schemas.dashboard import DailyDashboard, Surroundings, WeeklyDashboard
from app.services.data_state import STATE_DAYS, state_of
from app.services.metric_standing import standings
from app.services.metrics_service import MetricsService
from app.services.people import Person
from app.services.summary_sql import document
from app.utils.enums import Severity

USUAL_DAYS = 30
WEEK, PREVIOUS_DAYS = 7, 28
ANOMALY_DAYS, ANOMALIES_SHOWN = 14, 10

_GRAVEST_FIRST = ", ".join(f"'{severity}'" for severity in reversed(tuple(Severity)))
_SHOWN = (
    "id, date, metric_name, metric_value, baseline_value, direction, severity, anomaly_score, "
    "detector_type, is_unusual, clinical, explanation, usual_low, usual_high"
)
_QUALITY = "\nunion all\n".join(
    f"""
    select {place} as place, '{tracker.key}' as tracker, '{tracker.label}' as label,
        count(distinct date) filter (where date > cast(:day as date) - 7) as days_of_last_7,
        count(distinct date) as days_of_last_30,
        (select max(date) from {tracker.table} where user_id = :user_id and date <= :day)
            as last_entry
    from {tracker.table}
    where user_id = :user_id and date between cast(:day as date) - 29 and :day
    """  # noqa: S608  (names from the catalogue; values are parameters)
    for place, tracker in enumerate(TRACKERS)
)
_SURROUNDINGS = document(
    f"""
    with open as (
        select {_SHOWN}
        from anomalies
        where user_id = :user_id and not is_acknowledged
            and date between cast(:day as date) - {ANOMALY_DAYS - 1} and :day
    ),
    gravest as (
        select *
        from open
        order by array_position(array[{_GRAVEST_FIRST}], cast(severity as text)),
            anomaly_score desc, date desc, id
        limit {ANOMALIES_SHOWN}
    )
    select cast(json_build_object(
        'open_anomalies', json_build_object(
            'total', (select count(*) from open),
            'items', (select coalesce(json_agg(row_to_json(gravest)), '[]') from gravest)
        ),
        'findings_of_day', (
            select coalesce(
                json_agg(
                    json_build_object(
                        'id', id,
                        'metric_name', metric_name,
                        'direction', direction,
                        'is_unusual', is_unusual,
                        'clinical', clinical,
                        'is_acknowledged', is_acknowledged
                    )
                    order by metric_name
                ),
                '[]'
            )
            from anomalies
            where user_id = :user_id and date = :day
        ),
        'data_quality', (
            select json_agg(
                json_build_object(
                    'tracker', tracker,
                    'label', label,
                    'days_of_last_7', days_of_last_7,
                    'days_of_last_30', days_of_last_30,
                    'last_entry', last_entry
                )
                order by place
            )
            from ({_QUALITY}) as quality
        )
    ) as text)
    """  # noqa: S608  (names from the catalogue; values are parameters)
)


class DashboardService:
    """One person's dashboard. Two statements an answer: the daily values, and what surrounds
    them."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue
        self._metrics = MetricsService(session, person, catalogue)

    async def view(
        self, period: Literal["daily", "weekly"], day: dt.date
    ) -> DailyDashboard | WeeklyDashboard:
        return await (self.daily(day) if period == "daily" else self.weekly(day))

    async def daily(self, day: dt.date) -> DailyDashboard:
        """The day's values against the 30 days before."""
        values = await self._values(day)
        before = usual(values.values[-1 - USUAL_DAYS : -1])
        found = standings(values, values.values[-1], before, self._catalogue)
        return DailyDashboard(
            period="daily",
            metrics=[standing.as_daily() for standing in found],
            **await self._frame(values),
        )

    async def weekly(self, day: dt.date) -> WeeklyDashboard:
        """The means of the seven days up to this one against the four weeks before."""
        values = await self._values(day)
        week = values.values[-WEEK:]
        means, _ = mean_and_deviation(week)
        known = np.isfinite(week).sum(axis=0)
        before = usual(values.values[-WEEK - PREVIOUS_DAYS : -WEEK])
        found = standings(values, means, before, self._catalogue)
        days = dict(zip(values.keys, known.tolist(), strict=True))
        return WeeklyDashboard(
            period="weekly",
            metrics=[standing.as_weekly(days=days[standing.metric.key]) for standing in found],
            **await self._frame(values),
        )

    async def _values(self, day: dt.date) -> DailyValues:
        return await self._metrics.daily_values(day - dt.timedelta(STATE_DAYS - 1), day)

    async def _frame(self, values: DailyValues) -> dict[str, Any]:
        """What both views have."""
        day = values.days[-1]
        found = await self._session.execute(_SURROUNDINGS, {"user_id": self._person.id, "day": day})
        return dict(Surroundings.model_validate_json(found.scalar_one())) | {
            "date": day,
            "is_today": day == self._person.today(),
            **state_of(values).as_json(),
        }
