"""How many entries a person may hold, without counting them at every write."""

import secrets
from functools import cache

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.errors import InvalidInputError, QuotaError
from app.models import ENTRY_MODELS, User
from app.services.people import Person

COUNTS_PER_QUOTA = 1_000
"""How often entries are counted until a quota is full, on average; it may be overrun by as much as
comes between two counts."""


class EntryQuota:
    """Counting costs more than writing, so a write counts by chance, the more often the more it
    brings. Who is found to be full is marked on the account, which each request reads anyway, and
    only their writes count every time, until they have room again."""

    def __init__(self, session: AsyncSession, person: Person, settings: Settings) -> None:
        self._session = session
        self._person = person
        self._most = settings.entries_per_user
        self._most_at_once = settings.bulk_entries

    async def require_room(self, rows: int = 1) -> None:
        """Raises QuotaError where the person is full, InvalidInputError for too many at once."""
        if rows > self._most_at_once:
            raise InvalidInputError.at(
                ("body",), f"send at most {self._most_at_once} at once", code="too-many-at-once"
            )
        if self._person.is_full and not await self._mark(full=False):
            raise QuotaError(
                f"You have {self._most} entries, the most that this server keeps for one person. "
                "Delete some, or ask the operator for more room (ENTRIES_PER_USER).",
                code="most-entries",
            )

    async def grown(self, rows: int = 1) -> None:
        """For after a write. One that fills the quota succeeds, and the next is refused."""
        if is_count_due(self._most, rows):
            await self.count()

    async def count(self) -> None:
        """Mark the person as full if they are."""
        await self._mark(full=True)

    async def _mark(self, *, full: bool) -> bool:
        """Whether the count is so, which is then kept."""
        held = _held()
        so = held >= self._most if full else held < self._most
        marked = await self._session.scalar(
            update(User)
            .where(User.id == self._person.id, so)
            .values(entries_full=full)
            .returning(User.id)
            .execution_options(synchronize_session=False)
        )
        return marked is not None


def is_count_due(most: int, rows: int = 1) -> bool:
    """By chance, whether this write is one that counts."""
    return rows > 0 and secrets.randbelow(max(1, most // COUNTS_PER_QUOTA)) < rows


@cache
def _held() -> ColumnElement[int]:
    """How many entries the account of an enclosing statement has."""
    counts = [
        select(func.count()).where(model.user_id == User.id).correlate(User).scalar_subquery()
        for model in ENTRY_MODELS.values()
    ]
    return sum(counts[1:], start=counts[0])
