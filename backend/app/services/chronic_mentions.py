"""What all trends of a condition share: the span of days, and the words logged in it."""

import datetime as dt
from dataclasses import dataclass

from app.services.people import Person
from app.utils.enums import ConditionType

MENTIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Span:
    """The last `days` days of a person's calendar, today included."""

    person: Person
    days: int
    last: dt.date

    @property
    def first(self) -> dt.date:
        return self.back(self.days)

    def back(self, days: int) -> dt.date:
        """The first of so many days."""
        return self.last - dt.timedelta(days - 1)

    def parameters(self, condition: ConditionType) -> dict[str, object]:
        return {
            "user_id": self.person.id,
            "first": self.first,
            "last": self.last,
            "condition": condition.value,
        }


SPAN = """
    'condition_type', cast(:condition as text),
    'from', cast(:first as date),
    'to', cast(:last as date)
"""

MENTION = """
    mention as (
        select id, date, occurred_at, medication_taken as medication, symptoms
        from chronic_metrics
        where user_id = :user_id and date between :first and :last
            and condition_type = :condition
            and num_nonnulls(medication_taken, symptoms) > 0
    )
"""

MENTIONS = f"""
    'mentions', json_build_object(
        'total', (select count(*) from mention),
        'items', (
            select coalesce(json_agg(json_build_object(
                'id', id, 'date', date, 'medication', medication, 'symptoms', symptoms
            )), '[]')
            from (
                select * from mention
                order by date desc, occurred_at desc nulls last, id desc
                limit {MENTIONS_SHOWN}
            ) as part
        )
    )
"""  # noqa: S608  (constants of this module; values are parameters)
