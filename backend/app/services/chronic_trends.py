"""The trends of one chronic condition."""

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.services.blood_pressure_trends import blood_pressure_trends
from app.services.chronic_mentions import MENTION, MENTIONS, SPAN, Span
from app.services.glucose_trends import glucose_trends
from app.services.heart_trends import heart_trends
from app.services.people import Person
from app.services.summary_sql import document, status
from app.utils.enums import ConditionType

_MENTIONS_ALONE = document(
    f"""
    with {MENTION}
    select cast(json_build_object(
        {SPAN},
        'status', (select {status("count(distinct date)")} from mention),
        {MENTIONS}
    ) as text)
    """  # noqa: S608  (constants; values are parameters)
)


async def chronic_trends(
    session: AsyncSession, person: Person, condition: ConditionType, *, days: int
) -> str:
    """The last `days` days, today included, as JSON (`ChronicTrends`)."""
    return await _TRENDS[condition](session, Span(person, days, person.today()))


async def _other_trends(session: AsyncSession, span: Span) -> str:
    found = await session.execute(_MENTIONS_ALONE, span.parameters(ConditionType.OTHER))
    trends: str = found.scalar_one()
    return trends


_TRENDS: Mapping[ConditionType, Callable[[AsyncSession, Span], Awaitable[str]]] = {
    ConditionType.DIABETES: glucose_trends,
    ConditionType.HYPERTENSION: blood_pressure_trends,
    ConditionType.HEART: heart_trends,
    ConditionType.OTHER: _other_trends,
}
