"""Everything at a glance: each metric against the person's usual, findings, gaps in the data."""

import datetime as dt
from typing import Literal

import numpy as np
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import TRACKERS, Catalogue
from app.database import prepared
from app.ml.statistics import mean_of_known
from app.ml.types import DailyValues
from app.ml.usual import usual
from app.prepared import Prepared
from app.schemas.dashboard import Surroundings
from app.services.data_state import STATE_DAYS, state_of
from app.services.metric_standing import Told, standings
from app.services.metrics_service import MetricsService
from app.services.people import Person
from app.utils.enums import Severity

Period = Literal["daily", "weekly"]
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
        count(distinct date) filter (where date > cast($2 as date) - 7) as days_of_last_7,
        count(distinct date) as days_of_last_30,
        (select max(date) from {tracker.table} where user_id = $1 and date <= $2)
            as last_entry
    from {tracker.table}
    where user_id = $1 and date between cast($2 as date) - 29 and $2
    """  # noqa: S608  (names from the catalogue; values are parameters)
    for place, tracker in enumerate(TRACKERS)
)
SURROUNDINGS = Prepared(
    "surroundings",
    f"""
    with open as (
        select {_SHOWN}
        from anomalies
        where user_id = $1 and not is_acknowledged
            and date between cast($2 as date) - {ANOMALY_DAYS - 1} and $2
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
            where user_id = $1 and date = $2
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
    """,  # noqa: S608  (names from the catalogue; values are parameters)
)
"""$1 whose, $2 which day: what stands beside the metrics, as JSON (`Surroundings`)."""


class DashboardService:
    """One person's dashboard. Two statements an answer: the daily values, and what surrounds
    them."""

    def __init__(self, session: AsyncSession, person: Person, catalogue: Catalogue) -> None:
        self._session = session
        self._person = person
        self._catalogue = catalogue
        self._metrics = MetricsService(session, person, catalogue)

    async def view(self, period: Period, day: dt.date) -> str:
        """The day or its week as JSON (`Dashboard`)."""
        values = await self._metrics.daily_values(first_of(day), day)
        asked = [self._person.id, day]
        ((around,),) = await prepared(self._session, SURROUNDINGS.sql.encode(), asked)
        today = self._person.today()
        return dashboard(period, values, around, today=today, catalogue=self._catalogue).decode()


def first_of(day: dt.date) -> dt.date:
    """The first of the days that a dashboard of this day looks at."""
    return day - dt.timedelta(STATE_DAYS - 1)


def dashboard(
    period: Period,
    values: DailyValues,
    around: str | bytes,
    *,
    today: dt.date,
    catalogue: Catalogue,
) -> bytes:
    """The JSON (`Dashboard`) of the values' last day, or of the week that ends with it; `around` is
    what SURROUNDINGS tells of the day."""
    day = values.days[-1]
    metrics = _daily if period == "daily" else _weekly
    told = {
        **dict(Surroundings.model_validate_json(around)),
        "period": period,
        "date": day,
        "is_today": day == today,
        **state_of(values).as_json(),
        "metrics": metrics(values, catalogue),
    }
    return to_json(told)


def _daily(values: DailyValues, catalogue: Catalogue) -> list[Told]:
    """The day's values against the 30 days before."""
    before = usual(values.values[-1 - USUAL_DAYS : -1])
    found = standings(values, values.values[-1], before, catalogue)
    return [standing.as_daily() for standing in found]


def _weekly(values: DailyValues, catalogue: Catalogue) -> list[Told]:
    """The means of the seven days up to this one against the four weeks before."""
    week = values.values[-WEEK:]
    known = np.isfinite(week).sum(axis=0)
    before = usual(values.values[-WEEK - PREVIOUS_DAYS : -WEEK])
    found = standings(values, mean_of_known(week), before, catalogue)
    days = dict(zip(values.keys, known.tolist(), strict=True))
    return [standing.as_weekly(days=days[standing.metric.key]) for standing in found]
