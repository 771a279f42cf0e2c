"""How a person slept over a span of days."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.ml.sleep_clock import FEWEST_NIGHTS, circular_mean, circular_spread, social_jet_lag
from app.ml.sleep_regularity import FEWEST_PAIRS, asleep_by_minute, sleep_regularity
from app.ml.types import FloatArray
from app.services.people import Person
from app.services.summary_sql import document, extended, rounded, status

DEBT_DAYS = 14
SATURDAY = 5

_NO_EFFICIENCY = (
    "Efficiency is sleep over time in bed; how long you lay awake is not recorded, only how often."
)
_TOO_FEW_PAIRS = f"Needs {FEWEST_PAIRS} pairs of consecutive nights with their times."
_TOO_FEW_FREE = f"Needs {FEWEST_NIGHTS} weekend nights and as many weekday nights with times."


def _share_of_sleep(minutes: str) -> str:
    measured = f"sum(duration_hours) filter (where {minutes} is not null)"
    return rounded(f"100 * sum({minutes}) / nullif(60 * {measured}, 0)", 1)


_STATEMENT = document(
    f"""
    with entry as (
        select *, date >= :first as wanted
        from sleep_entries
        where user_id = :user_id
            and date between least(:first, cast(:last as date) - {DEBT_DAYS - 1}) and :last
    ),
    night as (
        select date, wanted, sum(duration_hours) as hours, avg(quality_score) as quality,
            sum(awakenings) as awakenings
        from entry
        group by date, wanted
    ),
    timed as (select * from entry where wanted and bedtime is not null)
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
                select json_build_object(
                    'mean', {rounded("avg(quality)", 1)}, 'nights', count(quality))
                from night where wanted
            ),
            'awakenings', (
                select json_build_object(
                    'mean', {rounded("avg(awakenings)", 1)}, 'nights', count(awakenings))
                from night where wanted
            ),
            'stages', (
                select json_build_object(
                    'deep_pct', {_share_of_sleep("deep_sleep_minutes")},
                    'deep_nights', count(distinct date) filter (
                        where deep_sleep_minutes is not null),
                    'rem_pct', {_share_of_sleep("rem_sleep_minutes")},
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
            )
        ) as text),
        (select array_agg(date order by date, duration_hours, id) from timed),
        (select array_agg(bedtime order by date, duration_hours, id) from timed),
        (select array_agg(wake_time order by date, duration_hours, id) from timed)
    """  # noqa: S608  (constants of this module; values are parameters)
)


@dataclass(frozen=True, slots=True)
class TimedSleep:
    """A sleep whose ends are known, as the person's clock showed them (naive); `date` is its
    morning."""

    date: dt.date
    bedtime: dt.datetime
    midpoint: dt.datetime
    wake_time: dt.datetime

    # PostgreSQL does not know the clock of every zone that Python does, and takes CET and its like
    # for fixed offsets, so the clock is read here.
    @classmethod
    def seen(
        cls, date: dt.date, bedtime: dt.datetime, wake_time: dt.datetime, zone: ZoneInfo
    ) -> Self:
        midpoint = bedtime + (wake_time - bedtime) / 2
        moments = (bedtime, midpoint, wake_time)
        return cls(date, *(moment.astimezone(zone).replace(tzinfo=None) for moment in moments))


async def sleep_stats(session: AsyncSession, person: Person, *, days: int) -> str:
    """The last `days` days, today's morning included, as JSON (`SleepStats`).

    A day's duration is all its sleep, naps too; its times are those of its longest sleep, by the
    person's clock. Debt is what the last 14 days' logged nights fall short of the least sleep
    recommended (AASM 2015, doi 10.5665/sleep.4716); long nights do not repay. For social jet lag
    Saturdays and Sundays stand for free days.
    """
    last = person.today()
    first = last - dt.timedelta(days - 1)
    wanted = {
        "user_id": person.id,
        "first": first,
        "last": last,
        "recommended": _recommended_hours(),
    }
    stats, *ends = (await session.execute(_STATEMENT, wanted)).one()
    sleeps = [
        TimedSleep.seen(date, bedtime, wake_time, person.zone)
        for date, bedtime, wake_time in zip(*(end or () for end in ends), strict=True)
    ]
    longest = list({sleep.date: sleep for sleep in sleeps}.values())
    midpoints = _minutes(sleep.midpoint for sleep in longest)
    return extended(
        stats,
        {
            "clock": _clock(longest, midpoints),
            "social_jet_lag": _jet_lag(longest, midpoints),
            "efficiency": {"value": None, "reason": _NO_EFFICIENCY},
            "regularity": _regularity(sleeps, first, last),
        },
    )


def _minutes(moments: Iterable[dt.datetime]) -> FloatArray:
    """The times of day in minutes since midnight."""
    return np.array([60 * moment.hour + moment.minute + moment.second / 60 for moment in moments])


def _clock(longest: Sequence[TimedSleep], midpoints: FloatArray) -> dict[str, object]:
    spread = circular_spread(midpoints)
    return {
        "nights": len(longest),
        "bedtime": _clock_time(_minutes(sleep.bedtime for sleep in longest)),
        "wake_time": _clock_time(_minutes(sleep.wake_time for sleep in longest)),
        "midpoint": _clock_time(midpoints),
        "midpoint_spread_minutes": None if spread is None else round(spread, 1),
    }


def _clock_time(minutes: FloatArray) -> str | None:
    mean = circular_mean(minutes)
    if mean is None:
        return None
    hour, minute = divmod(round(mean) % 1_440, 60)
    return f"{hour:02}:{minute:02}"


def _jet_lag(longest: Sequence[TimedSleep], midpoints: FloatArray) -> dict[str, object]:
    free = np.array([sleep.date.weekday() >= SATURDAY for sleep in longest], dtype=np.bool_)
    lag = social_jet_lag(midpoints, free)
    return {
        "minutes": None if lag.minutes is None else round(lag.minutes),
        "free_nights": lag.free_nights,
        "work_nights": lag.work_nights,
        "reason": _TOO_FEW_FREE if lag.minutes is None else None,
    }


def _regularity(sleeps: Sequence[TimedSleep], first: dt.date, last: dt.date) -> dict[str, object]:
    intervals = [(sleep.bedtime, sleep.wake_time) for sleep in sleeps]
    found = sleep_regularity(asleep_by_minute(intervals, first, last))
    if found.index is None or found.pairs < FEWEST_PAIRS:
        return {"index": None, "pairs": found.pairs, "reason": _TOO_FEW_PAIRS}
    return {"index": round(found.index, 1), "pairs": found.pairs, "reason": None}


def _recommended_hours() -> float:
    clinical = CATALOGUE["sleep_hours"].clinical
    assert clinical is not None  # noqa: S101  (the row has one)
    return clinical.low
