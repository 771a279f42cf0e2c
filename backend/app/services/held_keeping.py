"""Keeps readings of an import apart that cannot be what they say, until they are answered for."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Table, delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import HeldGroup
from app.services.reading_sheets import HeldGroup as Found
from app.services.reading_sheets import Strand, Withheld
from app.utils.identifiers import uuid7

GROUPS: Table = HeldGroup.__table__  # type: ignore[assignment]  # a mapped class has a Table
KEPT_AT_ONCE = 10_000
# What is a reading already, or waits with another batch, is not asked about a second time.
_KEEP = text(
    """
    WITH given AS (
        SELECT timestamptz '2000-01-01Z' + at * interval '1 microsecond' AS at,
            CASE WHEN until <> at THEN timestamptz '2000-01-01Z' + until * interval '1 microsecond'
            END AS until, value, identity, nullif(censor, 0) AS censor
        FROM unnest(CAST(:at AS bigint[]), CAST(:until AS bigint[]), CAST(:value AS float8[]),
            CAST(:identity AS int[]), CAST(:censor AS smallint[])
        ) AS cell (at, until, value, identity, censor)
    )
    INSERT INTO held_readings (user_id, group_id, at, identity, until, value, censor)
    SELECT :owner, :group, at, identity, until, value, censor FROM given g
    WHERE NOT EXISTS (
        SELECT FROM reading_series s JOIN readings r ON r.user_id = :owner AND r.series = s.id
        WHERE s.user_id = :owner AND s.kind = :kind AND s.source = :source
            AND r.at = g.at AND r.identity = g.identity
    ) AND NOT EXISTS (
        SELECT FROM held_groups o JOIN held_readings h ON h.user_id = :owner AND h.group_id = o.id
        WHERE o.user_id = :owner AND o.kind = :kind AND o.source = :source AND o.unit = :unit
            AND h.at = g.at AND h.identity = g.identity
    )
    ON CONFLICT DO NOTHING
    """
)


class HeldKeeping:
    """Keeps those of one import, in its transaction."""

    def __init__(self, session: AsyncSession, owner: UUID, batch_id: UUID) -> None:
        self._session = session
        self._owner = owner
        self._batch_id = batch_id
        self._groups: dict[Strand, UUID] = {}
        self._counts: dict[Strand, int] = {}

    async def keep(self, withheld: Withheld) -> None:
        strand = withheld.strand
        if strand not in self._groups:
            self._groups[strand] = await self._group(strand)
        for start in range(0, len(withheld.cells), KEPT_AT_ONCE):
            cells = withheld.cells[start : start + KEPT_AT_ONCE]
            columns = ("at", "until", "identity", "censor")
            kept = await self._session.execute(
                _KEEP,
                {name: cells[name].tolist() for name in columns}
                | {"value": cells["original"].tolist()}
                | {"owner": self._owner, "group": self._groups[strand]}
                | strand._asdict(),
            )
            rows: int = kept.rowcount  # type: ignore[attr-defined]  # of an INSERT there is one
            self._counts[strand] = self._counts.get(strand, 0) + rows

    async def close(self, held: Mapping[Strand, Found]) -> int:
        """Note what was found out about each group, and forget those of which nothing is new; how
        many readings wait."""
        for strand, group_id in self._groups.items():
            mine = (GROUPS.c.user_id == self._owner) & (GROUPS.c.id == group_id)
            if count := self._counts[strand]:
                found = {"guess": held[strand].guess, "reason": held[strand].reason}
                await self._session.execute(update(GROUPS).where(mine).values(count=count, **found))
            else:
                await self._session.execute(delete(GROUPS).where(mine))
        return sum(self._counts.values())

    async def _group(self, strand: Strand) -> UUID:
        group_id = uuid7()
        named = {"user_id": self._owner, "id": group_id, "batch_id": self._batch_id}
        columns = named | strand._asdict() | {"reason": "", "count": 0}
        await self._session.execute(insert(GROUPS).values(columns))
        return group_id
