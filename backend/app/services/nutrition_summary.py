"""One day's nutrients: totals, shares of energy, meals, and what is usual for the person."""

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import QUANTITIES
from app.database import prepared
from app.prepared import Prepared
from app.services.people import Person
from app.services.summary_sql import json_object, rounded, status
from app.utils.enums import MealType

NUTRIENTS = tuple(row.column for row in QUANTITIES if row.tracker == "nutrition")
USUAL_DAYS = 30

ATWATER = {"protein": ("protein_g", 4), "carbs": ("carbs_g", 4), "fats": ("fats_g", 9)}
"""Kilocalories a gram: the general Atwater factors (FAO Food and Nutrition Paper 77, 2003)."""

_TOTALS = json_object({name: rounded(f"sum({name})") for name in NUTRIENTS})
_UNKNOWN = json_object({name: f"count(*) - count({name})" for name in NUTRIENTS})
_USUAL = json_object(
    {
        name: json_object({"mean": rounded(f"avg({name})"), "days": f"count({name})"})
        for name in NUTRIENTS
    }
)
_ENERGY = " + ".join(f"{factor} * {column}" for column, factor in ATWATER.values())
_MACROS = ", ".join(column for column, _ in ATWATER.values())
_SHARES = json_object(
    {"entries": "count(*)"}
    | {
        f"{name}_pct": rounded(f"100 * sum({factor} * {column}) / nullif(sum({_ENERGY}), 0)", 1)
        for name, (column, factor) in ATWATER.items()
    }
)
_MEALS = ", ".join(f"'{meal}'" for meal in MealType)

SUMMARY = Prepared(
    "nutrition_summary",
    f"""
    with entry as (
        select meal_type, {", ".join(NUTRIENTS)}
        from food_entries
        where user_id = $1 and date = $2
    ),
    meal as (
        select meal_type, count(*) as entries, {_TOTALS} as totals, {_UNKNOWN} as unknown
        from entry
        group by meal_type
    ),
    past as (
        select date, {", ".join(f"sum({name}) as {name}" for name in NUTRIENTS)}
        from food_entries
        where user_id = $1 and date < $2
        group by date
        order by date desc
        limit {USUAL_DAYS}
    ),
    usual as (
        select count(*) as days, min(date) as since, {_USUAL} as nutrients from past
    )
    select cast(json_build_object(
        'date', cast($2 as date),
        'status', {status("usual.days")},
        'entries', (select count(*) from entry),
        'totals', (select {_TOTALS} from entry),
        'unknown', (select {_UNKNOWN} from entry),
        'energy_shares', (select {_SHARES} from entry where num_nulls({_MACROS}) = 0),
        'meals', (
            select coalesce(
                json_agg(
                    json_build_object(
                        'meal_type', meal_type, 'entries', entries, 'totals', totals,
                        'unknown', unknown
                    )
                    order by array_position(array[{_MEALS}], cast(meal_type as text))
                ),
                '[]'
            )
            from meal
        ),
        'usual', json_build_object(
            'days', usual.days, 'since', usual.since, 'nutrients', usual.nutrients
        )
    ) as text)
    from usual
    """,  # noqa: S608  (names from the catalogue; values are parameters)
)
"""$1 whose, $2 which day."""


async def daily_summary(session: AsyncSession, person: Person, day: dt.date) -> str:
    """The day as JSON (`NutritionSummary`).

    A nutrient's total is null where no entry knows it; `unknown` counts the entries that lack it,
    so that a total is not taken for more than it is. Shares of energy are those of the entries
    whose three macronutrients are all known, by the general Atwater factors. The usual is the mean
    of the 30 logged days before, each nutrient over the days that know it.
    """
    ((summary,),) = await prepared(session, SUMMARY.sql.encode(), [person.id, day])
    return str(summary)
