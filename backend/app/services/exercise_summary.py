"""One week of exercise against the WHO's recommendation and the weeks before."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.ml.guidelines import AEROBIC_MINUTES, MODERATE_EQUIVALENT, STRENGTH_DAYS
from app.services.people import Person
from app.services.summary_sql import document, json_object, rounded, status
from app.utils.enums import ExerciseType, Intensity

PREVIOUS_WEEKS = 4
READY_WEEKS = 2

AEROBIC = (ExerciseType.CARDIO, ExerciseType.SPORTS, ExerciseType.OTHER)


def _case(column: str, values: Mapping[ExerciseType, int] | Mapping[Intensity, int]) -> str:
    cases = " ".join(f"when '{name}' then {value}" for name, value in values.items())
    return f"case {column} {cases} end"


_AEROBIC_TYPES = ", ".join(f"'{kind}'" for kind in AEROBIC)
_FACTOR = _case("intensity", MODERATE_EQUIVALENT)
_TYPE_ORDER = _case("exercise_type", {kind: place for place, kind in enumerate(ExerciseType)})
_INTENSITY_ORDER = _case("intensity", {level: place for place, level in enumerate(Intensity)})

_SUMS = {
    "sessions": "count(*)",
    "minutes": "coalesce(sum(duration_minutes), 0)",
    "equivalent_minutes": "coalesce(sum(equivalent), 0)",
    "active_days": "count(distinct date)",
    "calories_burned": "sum(calories_burned)",
    "distance_km": rounded("sum(distance_km)"),
}
_WEEK = ", ".join(f"{expression} as {name}" for name, expression in _SUMS.items())
_MEANS = json_object({"weeks": "count(*)"} | {name: rounded(f"avg({name})") for name in _SUMS})

_STATEMENT = document(
    f"""
    with entry as (
        select *, cast(:monday as date) + 7 * cast(floor((date - :monday) / 7.0) as int) as week,
            factor * duration_minutes as equivalent,
            sets * reps * weight_kg as volume
        from exercise_entries,
            lateral (
                select exercise_type in ({_AEROBIC_TYPES}) as aerobic,
                    case when exercise_type in ({_AEROBIC_TYPES}) then {_FACTOR} end as factor
            ) as worth
        where user_id = :user_id
            and date between cast(:monday as date) - {7 * PREVIOUS_WEEKS}
                and cast(:monday as date) + 6
    ),
    this as (select * from entry where week = :monday),
    total as (select {_WEEK} from this),
    earlier as (select week, {_WEEK} from entry where week < :monday group by week),
    previous as (
        select count(*) as weeks, avg(minutes) as minutes, {_MEANS} as means from earlier
    )
    select cast(json_build_object(
        'from', cast(:monday as date),
        'to', cast(:monday as date) + 6,
        'days_so_far', least(greatest(cast(:today as date) - cast(:monday as date) + 1, 0), 7),
        'status', {status("previous.weeks", needed=READY_WEEKS)},
        'sessions', sessions,
        'minutes', total.minutes,
        'active_days', active_days,
        'calories_burned', calories_burned,
        'calories_unknown', (select count(*) from this where calories_burned is null),
        'distance_km', distance_km,
        'by_type', (
            select coalesce(json_agg(kind order by place), '[]')
            from (
                select {_TYPE_ORDER} as place, json_build_object(
                    'exercise_type', exercise_type,
                    'sessions', count(*),
                    'minutes', sum(duration_minutes)
                ) as kind
                from this group by exercise_type
            ) as part
        ),
        'by_intensity', (
            select coalesce(json_agg(level order by place nulls last), '[]')
            from (
                select {_INTENSITY_ORDER} as place, json_build_object(
                    'intensity', intensity,
                    'sessions', count(*),
                    'minutes', sum(duration_minutes)
                ) as level
                from this group by intensity
            ) as part
        ),
        'aerobic', (
            select json_build_object(
                'moderate_minutes', coalesce(sum(duration_minutes) filter (where factor = 1), 0),
                'vigorous_minutes', coalesce(sum(duration_minutes) filter (where factor = 2), 0),
                'unrated_minutes', coalesce(
                    sum(duration_minutes) filter (where intensity is null), 0),
                'equivalent_minutes', total.equivalent_minutes,
                'recommended_low', {AEROBIC_MINUTES.low:g},
                'recommended_high', {AEROBIC_MINUTES.high:g},
                'standing', case
                    when total.equivalent_minutes < {AEROBIC_MINUTES.low:g} then 'below'
                    when total.equivalent_minutes > {AEROBIC_MINUTES.high:g} then 'above'
                    else 'within'
                end
            )
            from this where aerobic
        ),
        'strength', (
            select json_build_object(
                'sessions', count(*),
                'minutes', coalesce(sum(duration_minutes), 0),
                'days', count(distinct date) filter (where intensity is distinct from 'low'),
                'recommended_days', {STRENGTH_DAYS},
                'volume_kg', {rounded("sum(volume)")},
                'volume_unknown', count(*) - count(volume)
            )
            from this where exercise_type = '{ExerciseType.STRENGTH}'
        ),
        'previous_weeks', previous.means,
        'minutes_change_pct', {
        rounded("100.0 * (total.minutes - previous.minutes) / nullif(previous.minutes, 0)", 1)
    },
        'days', (
            select json_agg(
                json_build_object(
                    'date', cast(:monday as date) + n,
                    'sessions', sessions,
                    'minutes', minutes,
                    'equivalent_minutes', equivalent_minutes
                )
                order by n
            )
            from generate_series(0, 6) as n, lateral (
                select {_WEEK} from this where date = cast(:monday as date) + n
            ) as one
        )
    ) as text)
    from total, previous
    """  # noqa: S608  (constants of this module; values are parameters)
)


async def weekly_summary(session: AsyncSession, person: Person, day: dt.date) -> str:
    """The ISO week, Monday to Sunday, that holds the day, as JSON (`ExerciseSummary`).

    WHO 2020 guidelines on physical activity (doi 10.1136/bjsports-2020-102955): adults should do
    150 to 300 minutes of moderate aerobic activity a week, a vigorous minute counting as two, and
    strengthen their muscles, at no low intensity, on two days or more. Cardio, sports and other
    count as aerobic; flexibility as neither. The weeks before are the four before this one, of
    which only those with a session are known.
    """
    monday = day - dt.timedelta(day.weekday())
    wanted = {"user_id": person.id, "monday": monday, "today": person.today()}
    summary: str = (await session.execute(_STATEMENT, wanted)).scalar_one()
    return summary
