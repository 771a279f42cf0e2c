"""How a person slept over a span of days."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.ml.sleep_regularity import (
    FEWEST_PAIRS,
    Regularity,
    asleep_by_minute,
    sleep_regularity,
)
from app.services.people import Person
from app.services.summary_sql import document, extended, rounded, status

DEBT_DAYS = 14
FEWEST_FREE_NIGHTS = 2

_NO_EFFICIENCY = (
    "Efficiency is sleep over time in bed; how long you lay awake is not recorded, only how often."
)
_TOO_FEW_PAIRS = f"Needs {FEWEST_PAIRS} pairs of consecutive nights with their times."
_TOO_FEW_FREE = f"Needs {FEWEST_FREE_NIGHTS} weekend nights and as many weekday nights with times."


def _degrees(instant: str) -> str:
    """The local time of day as an angle; the clock turns once in 360 degrees."""
    return f"extract(epoch from cast({instant} as time)) / 240"


def _mean_degrees(column: str, where: str = "true") -> str:
    """The circular mean: 23:00 and 01:00 meet at midnight, not at noon."""
    kept = f"filter (where {where})"
    return f"atan2d(avg(sind({column})) {kept}, avg(cosd({column})) {kept})"


def _clock(column: str) -> str:
    minutes = f"round({_mean_degrees(column)} * 4) * interval '1 minute'"
    return f"to_char(time '00:00' + {minutes}, 'HH24:MI')"


def _spread_minutes(column: str) -> str:
    """The circular standard deviation, sqrt(-2 ln R) (Mardia, Directional Statistics, 1972)."""
    length = f"sqrt(avg(sind({column})) ^ 2 + avg(cosd({column})) ^ 2)"
    bounded = f"least(greatest({length}, 1e-9), 1)"
    return f"case when count(*) > 1 then degrees(sqrt(-2 * ln({bounded}))) * 4 end"


_STATEMENT = document(
    f"""
    with entry as (
        select
            date, duration_hours, quality_score, deep_sleep_minutes, rem_sleep_minutes, awakenings,
            bedtime at time zone zone as bedtime,
            wake_time at time zone zone as wake_time,
            (bedtime + (wake_time - bedtime) / 2) at time zone zone as midpoint,
            date >= :first as wanted
        from sleep_entries, cast(:zone as text) as zone
        where user_id = :user_id
            and date between least(:first, cast(:last as date) - {DEBT_DAYS - 1}) and :last
    ),
    night as (
        select date, wanted, sum(duration_hours) as hours, avg(quality_score) as quality,
            sum(awakenings) as awakenings
        from entry
        group by date, wanted
    ),
    timed as (
        select distinct on (date) extract(isodow from date) > 5 as free,
            {_degrees("bedtime")} as bedtime,
            {_degrees("wake_time")} as wake_time,
            {_degrees("midpoint")} as midpoint
        from entry
        where wanted and bedtime is not null
        order by date, duration_hours desc, bedtime
    ),
    clock as (
        select count(*) as nights, count(*) filter (where free) as free_nights,
            {_clock("bedtime")} as bedtime, {_clock("wake_time")} as wake_time,
            {_clock("midpoint")} as midpoint, {_spread_minutes("midpoint")} as spread,
            {_mean_degrees("midpoint", "free")} - {_mean_degrees("midpoint", "not free")} as later
        from timed
    ),
    lag as (
        select free_nights, nights - free_nights as work_nights,
            least(free_nights, nights - free_nights) >= {FEWEST_FREE_NIGHTS} as enough,
            4 * (later - 360 * round(later / 360)) as minutes
        from clock
    )
    select
        cast(json_build_object(
            'from', cast(:first as date),
            'to', cast(:last as date),
            'status', (select {status("count(*)")} from night where wanted),
            'nights', (select count(*) from night where wanted),
            'duration', (
                select json_build_object(
                    'mean_hours', {rounded("avg(hours)")},
                    'spread_hours', {rounded("stddev_samp(hours)")},
                    'min_hours', {rounded("min(hours)")},
                    'max_hours', {rounded("max(hours)")}
                )
                from night where wanted
            ),
            'quality', (
                select json_build_object('mean', {rounded("avg(quality)", 1)},
                    'nights', count(quality))
                from night where wanted
            ),
            'awakenings', (
                select json_build_object('mean', {rounded("avg(awakenings)", 1)},
                    'nights', count(awakenings))
                from night where wanted
            ),
            'clock', (
                select json_build_object(
                    'nights', nights, 'bedtime', bedtime, 'wake_time', wake_time,
                    'midpoint', midpoint, 'midpoint_spread_minutes', {rounded("spread", 1)}
                )
                from clock
            ),
            'stages', (
                select json_build_object(
                    'deep_pct', {
        rounded(
            "100 * sum(deep_sleep_minutes) / nullif(60 * sum(duration_hours) "
            "filter (where deep_sleep_minutes is not null), 0)",
            1,
        )
    },
                    'deep_nights', count(distinct date) filter (
                        where deep_sleep_minutes is not null),
                    'rem_pct', {
        rounded(
            "100 * sum(rem_sleep_minutes) / nullif(60 * sum(duration_hours) "
            "filter (where rem_sleep_minutes is not null), 0)",
            1,
        )
    },
                    'rem_nights', count(distinct date) filter (where rem_sleep_minutes is not null)
                )
                from entry where wanted
            ),
            'debt', (
                select json_build_object(
                    'hours', {rounded("sum(greatest(0, :recommended - hours))")},
                    'nights', count(*),
                    'days', {DEBT_DAYS},
                    'recommended_hours', cast(:recommended as float8)
                )
                from night where date > cast(:last as date) - {DEBT_DAYS}
            ),
            'social_jet_lag', (
                select json_build_object(
                    'minutes', case when enough then {rounded("minutes", 0)} end,
                    'free_nights', free_nights,
                    'work_nights', work_nights,
                    'reason', case when not enough then '{_TOO_FEW_FREE}' end
                )
                from lag
            )
        ) as text),
        (select coalesce(array_agg(bedtime order by bedtime, wake_time), '{{}}')
         from entry where wanted and bedtime is not null),
        (select coalesce(array_agg(wake_time order by bedtime, wake_time), '{{}}')
         from entry where wanted and bedtime is not null)
    """  # noqa: S608  (constants of this module; values are parameters)
)


async def sleep_stats(session: AsyncSession, person: Person, *, days: int) -> str:
    """The last `days` days, today's morning included, as JSON (`SleepStats`).

    A day's duration is all its sleep, naps too; its times are those of its longest sleep, by the
    person's clock. Debt is what the last 14 days' logged nights fall short of the least sleep
    recommended (AASM 2015, doi 10.5665/sleep.4716); long nights do not repay. Social jet lag is
    how much later the middle of sleep lies on weekends (Wittmann 2006, doi
    10.1080/07420520500545979), Saturdays and Sundays standing for free days.
    """
    last = person.today()
    first = last - timedelta(days - 1)
    wanted = {
        "user_id": person.id,
        "zone": person.zone.key,
        "first": first,
        "last": last,
        "recommended": _recommended_hours(),
    }
    stats, bedtimes, wake_times = (await session.execute(_STATEMENT, wanted)).one()
    regularity = sleep_regularity(
        asleep_by_minute(zip(bedtimes, wake_times, strict=True), first, last)
    )
    return extended(
        stats,
        {
            "efficiency": {"value": None, "reason": _NO_EFFICIENCY},
            "regularity": _as_told(regularity),
        },
    )


def _as_told(regularity: Regularity) -> dict[str, object]:
    if regularity.index is None or regularity.pairs < FEWEST_PAIRS:
        return {"index": None, "pairs": regularity.pairs, "reason": _TOO_FEW_PAIRS}
    return {"index": round(regularity.index, 1), "pairs": regularity.pairs, "reason": None}


def _recommended_hours() -> float:
    clinical = CATALOGUE["sleep_hours"].clinical
    assert clinical is not None  # noqa: S101  (the row has one)
    return clinical.low
