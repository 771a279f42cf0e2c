"""Whose word goes first where several sources measured the same: a person's own order, or what is
sensible while they have said nothing."""

import re
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import InvalidInputError
from app.importers.kinds import KINDS
from app.models import ReadingSeries, User
from app.schemas.reading import KindOfReadings, SourcesOut
from app.services.people import Person
from app.services.work import Task, ask_for_import

# What is worn sees more of a day than what lies on a table; what is typed in comes from a phone.
_USUAL = (
    re.compile(r"watch|ring|band|whoop|oura|garmin|fitbit|polar|coros|dexcom|libre", re.IGNORECASE),
    re.compile(r"(?!.*phone|.*pixel|.*galaxy|.*handy)", re.IGNORECASE),
    re.compile(""),
)


def ranked(sources: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """The sources, those first that go before others: as chosen, then what is worn, then the
    rest, then phones; within those by name."""

    def rank(source: str) -> tuple[int, int, str]:
        if source in chosen:
            return (0, chosen.index(source), "")
        usual = next(n for n, pattern in enumerate(_USUAL) if _matches(pattern, n, source))
        return (1, usual, source)

    return sorted(sources, key=rank)


def _matches(pattern: re.Pattern[str], place: int, source: str) -> bool:
    return bool(pattern.search(source) if place == 0 else pattern.match(source))


async def ranks_of(session: AsyncSession, person: Person) -> dict[str, int]:
    """The rank of each source that the person has readings from; 0 goes first."""
    sources = await session.scalars(
        select(ReadingSeries.source).where(ReadingSeries.user_id == person.id).distinct()
    )
    return {
        name: n for n, name in enumerate(ranked(sorted(sources), await chosen(session, person)))
    }


async def chosen(session: AsyncSession, person: Person) -> list[str]:
    order = await session.scalar(select(User.source_order).where(User.id == person.id))
    return list(order or ())


class SourceOrderService:
    """One person's order of sources."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def get(self) -> SourcesOut:
        rows = await self._session.execute(
            select(ReadingSeries.kind, ReadingSeries.source)
            .where(ReadingSeries.user_id == self._person.id)
            .distinct()
            .order_by(ReadingSeries.kind, ReadingSeries.source)
        )
        kinds: dict[str, list[str]] = {}
        for kind, source in rows:
            kinds.setdefault(kind, []).append(source)
        said = await chosen(self._session, self._person)
        known = sorted({source for some in kinds.values() for source in some})
        return SourcesOut(
            order=ranked(known, said),
            chosen=said,
            kinds=[
                KindOfReadings(kind=kind, unit=KINDS[kind].unit, sources=ranked(some, said))
                for kind, some in kinds.items()
            ],
        )

    async def put(self, order: Sequence[str]) -> SourcesOut:
        """Raises InvalidInputError for a source that stands there twice, or that is none. A worker
        is asked to bring the entries of all days in step."""
        before = await ranks_of(self._session, self._person)
        await self.keep(order)
        if await ranks_of(self._session, self._person) != before:
            await ask_for_import(self._session, self._person, Task.REWORK_READINGS)
        return await self.get()

    async def keep(self, order: Sequence[str]) -> None:
        """The same where the entries are in step with it already."""
        if len(set(order)) < len(order):
            raise InvalidInputError.at(("body", "order"), "names a source twice")
        known = await self._session.scalars(
            select(ReadingSeries.source).where(ReadingSeries.user_id == self._person.id)
        )
        if set(order) - set(known):
            raise InvalidInputError.at(("body", "order"), "names what is no source of yours")
        await self._session.execute(
            update(User).where(User.id == self._person.id).values(source_order=list(order))
        )
