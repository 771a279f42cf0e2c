"""What a person asked of detection, gathered from their settings, tags and answers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.ml.judging import DAYS_PER_MONTH
from app.ml.types import Accepted, Conditions, Wishes
from app.pipelines import Asked
from app.services.people import Person
from app.utils.enums import AlarmBudget, ConditionType, Direction, Feedback, TagKind

ALARMS_PER_MONTH: Mapping[AlarmBudget, float] = MappingProxyType(
    {
        AlarmBudget.WEEKLY: DAYS_PER_MONTH / 7,
        AlarmBudget.MONTHLY: 1.0,
        AlarmBudget.GRAVEST: 1 / 12,
    }
)
_SET_ASIDE = f"'{TagKind.ILLNESS}', '{TagKind.TRAVEL}'"
"""Tags whose days say nothing about what is usual."""

_WISHES_COLUMNS = f"""
        (
            SELECT json_object_agg(condition_type, since)
            FROM (
                SELECT condition_type, min(date) AS since FROM chronic_metrics
                WHERE user_id = $1 AND date BETWEEN {{since}} AND $2
                AND condition_type <> '{ConditionType.OTHER}'
                GROUP BY 1
            ) c
        ) AS conditions,
        ARRAY(
            SELECT day::date FROM tags, generate_series(first, least(last, $2), '1 day') day
            WHERE user_id = $1 AND kind IN ({_SET_ASIDE})
            UNION
            SELECT date FROM anomalies
            WHERE user_id = $1 AND date <= $2 AND feedback = '{Feedback.HAD_REASON}'
        ) AS set_aside,
        (
            SELECT json_agg(json_build_array(date, metric_name, direction) ORDER BY date, id)
            FROM anomalies
            WHERE user_id = $1 AND date <= $2 AND feedback = '{Feedback.NOT_UNUSUAL}'
        ) AS accepted
    """  # noqa: S608  (the enumerations' own words; values are parameters)


def wishes_columns(since: str) -> str:
    """Of the user $1, up to the day $2. Conditions are looked for from a day on, which is an
    expression."""
    return _WISHES_COLUMNS.format(since=since)


_WISHES = f"select {wishes_columns('$3')}".encode()


def wishes_asked(person: Person, until: dt.date, since: dt.date = dt.date.min) -> Asked:
    """What `wishes_from` is made of, up to the day: nothing of it stems from a later one.
    Conditions are looked for from `since` on."""
    return _WISHES, [person.id, until, since]


def wishes_from(
    row: Sequence[Any], person: Person, earlier: Conditions = MappingProxyType({})
) -> Wishes:
    """From what `wishes_columns` give, the person's settings, and the conditions that were on file
    before those that were looked for."""
    conditions, set_aside, accepted = row
    since = {name: dt.date.fromisoformat(day) for name, day in (conditions or {}).items()}
    return Wishes(
        alarms_per_month=ALARMS_PER_MONTH[person.alarm_budget],
        thresholds=person.thresholds,
        conditions=since | dict(earlier),
        set_aside=frozenset(set_aside),
        accepted=tuple(
            Accepted(dt.date.fromisoformat(day), metric, Direction(direction))
            for day, metric, direction in accepted or ()
        ),
    )
