"""Blood pressure taken at home over a span of days."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.ml.guidelines import (
    HOME_DAYS,
    HOME_LIMIT,
    HOME_READINGS,
    Guideline,
    blood_pressure_category,
)
from app.services.chronic_mentions import MENTION, MENTIONS, SPAN, Span
from app.services.summary_sql import document, extended, rounded
from app.utils.enums import ConditionType, PartOfDay

_PARTS = ", ".join(f"'{part}'" for part in PartOfDay)
_MEANS = f"'systolic', {rounded('avg(systolic)', 1)}, 'diastolic', {rounded('avg(diastolic)', 1)}"
_TOO_FEW = f"Needs {HOME_READINGS} readings on {HOME_DAYS} days."

_STATEMENT = document(
    f"""
    with reading as (
        select date, time_of_day, blood_pressure_systolic as systolic,
            blood_pressure_diastolic as diastolic,
            date = min(date) over () as first_day
        from vital_signs
        where user_id = :user_id and date between :first and :last
            and num_nulls(blood_pressure_systolic, blood_pressure_diastolic) = 0
    ),
    total as (
        select count(*) as readings, count(distinct date) as days,
            count(*) >= {HOME_READINGS} and count(distinct date) >= {HOME_DAYS} as enough
        from reading
    ),
    home as (
        select {rounded("avg(systolic)", 1)} as systolic,
            {rounded("avg(diastolic)", 1)} as diastolic,
            count(*) as averaged
        from reading, total
        where not (enough and first_day)
    ),
    {MENTION}
    select
        cast(json_build_object(
            {SPAN},
            'status', case when enough then 'ready' else 'learning' end,
            'home_average', json_build_object(
                'systolic', systolic,
                'diastolic', diastolic,
                'readings', readings,
                'days', days,
                'averaged_readings', averaged,
                'first_day_left_out', enough
            ),
            'by_time_of_day', (
                select coalesce(json_agg(part order by place), '[]')
                from (
                    select array_position(array[{_PARTS}], cast(time_of_day as text)) as place,
                        json_build_object(
                            'time_of_day', time_of_day, 'readings', count(*), {_MEANS}
                        ) as part
                    from reading group by time_of_day
                ) as part
            ),
            'high', (
                select json_build_object(
                    'systolic_limit', {HOME_LIMIT.systolic:g},
                    'diastolic_limit', {HOME_LIMIT.diastolic:g},
                    'readings', count(*) filter (where is_high),
                    'pct', {
        rounded("100.0 * count(*) filter (where is_high) / nullif(count(*), 0)", 1)
    }
                )
                from (
                    select systolic >= {HOME_LIMIT.systolic:g}
                        or diastolic >= {HOME_LIMIT.diastolic:g} as is_high
                    from reading
                ) as part
            ),
            'daily', (
                select coalesce(json_agg(one order by date), '[]')
                from (
                    select date,
                        json_build_object('date', date, 'readings', count(*), {_MEANS}) as one
                    from reading group by date
                ) as part
            ),
            {MENTIONS}
        ) as text),
        systolic,
        diastolic,
        enough
    from total, home
    """  # noqa: S608  (constants of this module; values are parameters)
)


async def blood_pressure_trends(session: AsyncSession, span: Span) -> str:
    """The span as JSON (`HypertensionTrends`).

    The home average leaves out the first day once there are 12 readings on 3 days (AHA/AMA 2020,
    doi 10.1161/CIR.0000000000000803); with fewer it is told without a category.
    """
    wanted = span.parameters(ConditionType.HYPERTENSION)
    trends, systolic, diastolic, enough = (await session.execute(_STATEMENT, wanted)).one()
    categories = _categories(float(systolic), float(diastolic)) if enough else _NO_CATEGORIES
    return extended(trends, {"categories": categories})


_NO_CATEGORIES = {"acc_aha_2017": None, "esc_2024": None, "reason": _TOO_FEW}


def _categories(systolic: float, diastolic: float) -> dict[str, str | None]:
    """By the chart of each guideline that is meant for readings taken at home."""
    acc_aha = blood_pressure_category(systolic, diastolic, guideline=Guideline.ACC_AHA_2017)
    esc = blood_pressure_category(systolic, diastolic, guideline=Guideline.ESC_2024_HOME)
    return {"acc_aha_2017": acc_aha, "esc_2024": esc, "reason": None}
