"""Glucose, insulin and HbA1c over a span of days."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.ml.guidelines import (
    GLUCOSE_TARGET,
    GLUCOSE_VERY_HIGH,
    GLUCOSE_VERY_LOW,
    GMI_COVERAGE,
    GMI_DAYS,
    gmi,
)
from app.services.chronic_mentions import MENTION, MENTIONS, SPAN, Span
from app.services.summary_sql import document, extended, rounded, status
from app.utils.enums import ConditionType, MeasurementContext

LABORATORY_DAYS = 730
"""Laboratory results lie months apart, so they are told for two years at least."""

_CONTEXTS = ", ".join(f"'{context}'" for context in MeasurementContext)


def _share(condition: str) -> str:
    return rounded(f"100.0 * count(*) filter (where {condition}) / nullif(count(*), 0)", 1)


_STATEMENT = document(
    f"""
    with reading as (
        select date, time_of_day, blood_glucose_mgdl as glucose
        from chronic_metrics
        where user_id = :user_id and date between :first and :last
            and blood_glucose_mgdl is not null
    ),
    total as (
        select count(*) as readings, count(distinct date) as days, avg(glucose) as mean,
            stddev_samp(glucose) as spread, min(glucose) as low, max(glucose) as high
        from reading
    ),
    dose as (
        select sum(insulin_units) as units
        from chronic_metrics
        where user_id = :user_id and date between :first and :last and insulin_units is not null
        group by date
    ),
    laboratory as (
        select distinct on (date) date, hba1c_pct as value
        from chronic_metrics
        where user_id = :user_id and date between :laboratory_first and :last
            and hba1c_pct is not null
        order by date, occurred_at desc nulls last, created_at desc, id desc
    ),
    {MENTION}
    select
        cast(json_build_object(
            {SPAN},
            'status', {status("total.days")},
            'glucose', json_build_object(
                'readings', readings,
                'days', days,
                'mean', {rounded("mean", 1)},
                'spread', {rounded("spread", 1)},
                'cv_pct', {rounded("100 * spread / mean", 1)},
                'min', low,
                'max', high
            ),
            'ranges', (
                select json_build_object(
                    'in_range_pct', {
        _share(f"glucose between {GLUCOSE_TARGET.low} and {GLUCOSE_TARGET.high}")
    },
                    'below_70_pct', {_share(f"glucose < {GLUCOSE_TARGET.low}")},
                    'below_54_pct', {_share(f"glucose < {GLUCOSE_VERY_LOW}")},
                    'above_180_pct', {_share(f"glucose > {GLUCOSE_TARGET.high}")},
                    'above_250_pct', {_share(f"glucose > {GLUCOSE_VERY_HIGH}")}
                )
                from reading
            ),
            'by_time_of_day', (
                select coalesce(json_agg(context order by place), '[]')
                from (
                    select array_position(array[{_CONTEXTS}], cast(time_of_day as text)) as place,
                        json_build_object(
                            'time_of_day', time_of_day,
                            'readings', count(*),
                            'mean', {rounded("avg(glucose)", 1)},
                            'min', min(glucose),
                            'max', max(glucose)
                        ) as context
                    from reading group by time_of_day
                ) as part
            ),
            'insulin', (
                select json_build_object(
                    'days', count(*), 'mean_units', {rounded("avg(units)", 1)})
                from dose
            ),
            'hba1c', (
                select coalesce(
                    json_agg(json_build_object('date', date, 'value', value) order by date), '[]')
                from laboratory
            ),
            'daily', (
                select coalesce(json_agg(one order by date), '[]')
                from (
                    select date, json_build_object(
                        'date', date,
                        'readings', count(*),
                        'mean', {rounded("avg(glucose)", 1)},
                        'min', min(glucose),
                        'max', max(glucose)
                    ) as one
                    from reading group by date
                ) as part
            ),
            {MENTIONS}
        ) as text),
        mean,
        days
    from total
    """  # noqa: S608  (constants of this module; values are parameters)
)


async def glucose_trends(session: AsyncSession, span: Span) -> str:
    """The span as JSON (`DiabetesTrends`).

    Every glucose reading counts, whatever condition it was logged under. The shares are of
    readings: finger pricks do not measure time. Ranges and the coefficient of variation are those
    of the international consensus on time in range (Battelino 2019, doi 10.2337/dci19-0028).
    """
    wanted = span.parameters(ConditionType.DIABETES) | {
        "laboratory_first": span.back(max(span.days, LABORATORY_DAYS))
    }
    trends, mean, logged = (await session.execute(_STATEMENT, wanted)).one()
    return extended(trends, {"gmi": _gmi(mean, logged, span.days)})


def _gmi(mean: float | None, logged: int, days: int) -> dict[str, object]:
    enough = days >= GMI_DAYS and logged / days >= GMI_COVERAGE
    if mean is None or not enough:
        reason = (
            f"Needs {GMI_DAYS} days or more with readings on {GMI_COVERAGE:.0%} of them; "
            f"there are readings on {logged} of {days}."
        )
        return {"value": None, "reason": reason}
    return {"value": round(gmi(mean), 1), "reason": None}
