"""Lipids, resting heart rate and its variability over a span of days."""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE, Column, Metric
from app.services.chronic_mentions import MENTION, MENTIONS, SPAN, Span
from app.services.glucose_trends import LABORATORY_DAYS
from app.services.summary_sql import document, rounded, status
from app.utils.enums import ConditionType

LIPIDS = tuple(
    (metric, metric.source)
    for metric in CATALOGUE.metrics
    if metric.family == "lipids" and isinstance(metric.source, Column)
)
_COLUMNS = ", ".join(source.column for _, source in LIPIDS)
_VALUES = ", ".join(f"('{metric.key}', {source.column})" for metric, source in LIPIDS)


def _row(metric: Metric) -> dict[str, object]:
    limits = metric.clinical
    return {
        "key": metric.key,
        "label": metric.label,
        "unit": metric.unit,
        "low": limits and limits.low,
        "high": limits and limits.high,
        "guideline": metric.guideline,
    }


_MARKERS = json.dumps([_row(metric) | {"place": n} for n, (metric, _) in enumerate(LIPIDS)])


def _mean(column: str) -> str:
    return (
        f"json_build_object('mean', {rounded(f'avg({column})', 1)}, 'readings', count({column}), "
        f"'days', count(distinct date) filter (where {column} is not null))"
    )


_STATEMENT = document(
    f"""
    with marker as (
        select * from json_to_recordset(cast(:markers as json)) as row(
            place int, key text, label text, unit text, low float8, high float8, guideline text
        )
    ),
    result as (
        select distinct on (key, date) key, date, value
        from chronic_metrics, lateral (values {_VALUES}) as one (key, value)
        where user_id = :user_id and date between :laboratory_first and :last
            and num_nonnulls({_COLUMNS}) > 0 and value is not null
        order by key, date, occurred_at desc nulls last, created_at desc, id desc
    ),
    series as (
        select key,
            json_agg(json_build_object('date', date, 'value', value) order by date) as results,
            array_agg(value order by date desc) as newest,
            array_agg(date order by date desc) as dates
        from result
        group by key
    ),
    beat as (
        select date, resting_heart_rate, hrv_ms
        from vital_signs
        where user_id = :user_id and date between :first and :last
            and num_nonnulls(resting_heart_rate, hrv_ms) > 0
    ),
    {MENTION}
    select cast(json_build_object(
        {SPAN},
        'status', case
            when exists (select from series where cardinality(dates) > 1) then 'ready'
            else (select {status("count(distinct date)")} from beat)
        end,
        'lipids', (
            select json_agg(
                json_build_object(
                    'key', key,
                    'label', label,
                    'unit', unit,
                    'clinical', json_build_object('low', low, 'high', high),
                    'guideline', guideline,
                    'latest', newest[1],
                    'latest_date', dates[1],
                    'previous', newest[2],
                    'previous_date', dates[2],
                    'change', {rounded("newest[1] - newest[2]", 1)},
                    'is_outside', newest[1] not between low and high,
                    'results', coalesce(results, '[]')
                )
                order by place
            )
            from marker left join series using (key)
        ),
        'resting_heart_rate', (select {_mean("resting_heart_rate")} from beat),
        'hrv', (select {_mean("hrv_ms")} from beat),
        {MENTIONS}
    ) as text)
    """  # noqa: S608  (names from the catalogue; values are parameters)
)


async def heart_trends(session: AsyncSession, span: Span) -> str:
    """The span as JSON (`HeartTrends`); lipids are laboratory results and reach back two years."""
    wanted = span.parameters(ConditionType.HEART) | {
        "laboratory_first": span.back(max(span.days, LABORATORY_DAYS)),
        "markers": _MARKERS,
    }
    trends: str = (await session.execute(_STATEMENT, wanted)).scalar_one()
    return trends
