"""The person's own detection limits."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import Catalogue, Range
from app.errors import FieldError, InvalidInputError
from app.models import User
from app.services import audit
from app.services.people import Person
from app.utils.enums import AuditKind

SENSIBLE = Range(1.5, 10)


async def set_thresholds(
    session: AsyncSession, person: Person, limits: Mapping[str, float], catalogue: Catalogue
) -> Mapping[str, float]:
    """Replace the person's limits. Raises InvalidInputError naming what does not fit."""
    watched = {metric.key for metric in catalogue.watched}
    wrong = [
        FieldError(("body", "thresholds", key), "not a metric that is watched")
        for key in limits
        if key not in watched
    ] + [
        FieldError(
            ("body", "thresholds", key), f"must lie from {SENSIBLE.low:g} to {SENSIBLE.high:g}"
        )
        for key, z in limits.items()
        if key in watched and z not in SENSIBLE
    ]
    if wrong:
        raise InvalidInputError("Some limits do not fit.", errors=wrong)
    await session.execute(update(User).where(User.id == person.id).values(thresholds=dict(limits)))
    named = {"metrics": sorted(limits)}
    await audit.record(session, person.id, AuditKind.THRESHOLDS_CHANGED, detail=named)
    return limits
