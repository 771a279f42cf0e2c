"""Readings on their way into the database: by binary COPY into a table of the transaction's own,
and from there by one INSERT for many, under row-level security and with the owner set here."""

import datetime as dt
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import driver_of
from app.services.reading_sheets import (
    EPOCH_MICROSECONDS,
    Cells,
    Sheet,
    Strand,
    each_once,
    packed,
)

MOST_GATHERED = 100_000
_EPOCH = dt.datetime.fromtimestamp(EPOCH_MICROSECONDS / 1_000_000, dt.UTC)
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_COPY = "COPY pg_temp.incoming FROM STDIN (FORMAT BINARY)"
_MAKE = (
    "DROP TABLE IF EXISTS pg_temp.incoming, pg_temp.strands",
    """
    CREATE TEMP TABLE incoming (
        series int4, at timestamptz, until timestamptz, value float8, original float8,
        identity int4, censor int2
    ) ON COMMIT DROP
    """,
    "CREATE TEMP TABLE strands (series int4, kind text, source text, unit text) ON COMMIT DROP",
)
_NAME = text("INSERT INTO pg_temp.strands VALUES (:series, :kind, :source, :unit)")
# Where the unit is that of the kind, the value is the original.
_STORE = """
    INSERT INTO readings (user_id, series, at, identity, until, value, original, censor, batch_id)
    SELECT :owner, series, at, identity, nullif(until, at), value, nullif(original, value),
        nullif(censor, 0), :batch
    FROM pg_temp.incoming WHERE series = ANY(:series)
"""
_STORE_NEW = text(_STORE)
# To ask of each whether it is there costs as much as to store it.
_STORE_UNSURE = text(f"{_STORE} ON CONFLICT DO NOTHING")
_FIND_SERIES = text(
    "SELECT id FROM reading_series"
    " WHERE user_id = :owner AND kind = :kind AND source = :source AND unit = :unit"
)
_FIND_STRETCH = text(
    """
    SELECT CAST(extract(epoch FROM min(at)) * 1000000 AS bigint) - :epoch AS first,
        CAST(extract(epoch FROM max(at)) * 1000000 AS bigint) - :epoch AS last
    FROM readings WHERE user_id = :owner AND series = :series
    """
)
_MAKE_SERIES = text(
    """
    INSERT INTO reading_series (user_id, id, kind, source, unit)
    SELECT :owner, coalesce(max(id), 0) + 1, :kind, :source, :unit
    FROM reading_series WHERE user_id = :owner RETURNING id
    """
)
_COUNT = text(
    """
    WITH once AS MATERIALIZED (
        SELECT series, at, identity, count(*) AS times, max(until) AS until,
            min(value) AS low, max(value) AS high
        FROM pg_temp.incoming GROUP BY series, at, identity
    ), known AS (
        SELECT o.series, count(*) AS there
        FROM once o JOIN pg_temp.strands n USING (series)
        JOIN reading_series s ON s.user_id = :owner AND s.kind = n.kind AND s.source = n.source
            AND s.unit = n.unit
        JOIN readings r ON r.user_id = :owner AND r.series = s.id AND r.at = o.at
            AND r.identity = o.identity
        GROUP BY o.series
    )
    SELECT n.kind, n.source, n.unit, count(*) AS readings,
        CAST(sum(times) AS bigint) - count(*) AS repeated,
        coalesce(max(k.there), 0) AS already_there, min(at) AS first, max(o.until) AS last,
        min(low) AS low, max(high) AS high
    FROM once o JOIN pg_temp.strands n USING (series) LEFT JOIN known k USING (series)
    GROUP BY n.kind, n.source, n.unit ORDER BY n.kind, count(*) DESC, n.source, n.unit
    """
)


class Counted(NamedTuple):
    """One strand of a file; `repeated` are copies within it, `already_there` what is stored."""

    kind: str
    source: str
    unit: str
    readings: int
    repeated: int
    already_there: int
    first: dt.datetime
    last: dt.datetime
    low: float
    high: float


class Stretch(NamedTuple):
    """From the first of some readings to the last, as `CELLS` counts."""

    first: int
    last: int

    def meets(self, other: "Stretch | None") -> bool:
        return other is not None and self.first <= other.last and other.first <= self.last

    def with_(self, other: "Stretch | None") -> "Stretch":
        if other is None:
            return self
        return Stretch(min(self.first, other.first), max(self.last, other.last))


class Staging:
    """Readings of one person, in the caller's transaction, of which only one may import."""

    def __init__(self, session: AsyncSession, owner: UUID) -> None:
        self._session = session
        self._owner = owner
        self._numbers: dict[Strand, int] = {}
        self._pieces: list[bytes] = []
        self._gathered = 0
        # By series what is stored or was sent, and those sent since of which some may be there.
        self._stretches: dict[int, Stretch] = {}
        self._new: set[int] = set()
        self._unsure: set[int] = set()
        self._sent: Stretch | None = None

    @property
    def reach(self) -> tuple[dt.datetime, dt.datetime] | None:
        """When the first and the last begin of all that was sent to be stored."""
        return (
            None if self._sent is None else (_instant(self._sent.first), _instant(self._sent.last))
        )

    async def open(self) -> None:
        for statement in _MAKE:
            await self._session.execute(text(statement))

    async def count(self) -> list[Counted]:
        """What has been sent, each record once."""
        await self._copy()
        found = await self._session.execute(_COUNT, {"owner": self._owner})
        return [Counted._make(row) for row in found]

    async def send_to_count(self, sheet: Sheet) -> None:
        number = self._numbers.get(sheet.strand)
        if number is None:
            number = self._numbers[sheet.strand] = len(self._numbers) + 1
            named: dict[str, Any] = {"series": number} | sheet.strand._asdict()
            await self._session.execute(_NAME, named)
        self._gather(sheet.cells, number)
        if self._gathered >= MOST_GATHERED:
            await self._copy()

    async def send_to_store(self, sheet: Sheet, batch_id: UUID) -> int:
        """How many readings have been stored by that."""
        number = self._numbers.get(sheet.strand)
        if number is None:
            number = self._numbers[sheet.strand] = await self._series(sheet.strand)
        cells = each_once(sheet.cells)
        sent, before = Stretch(*cells["at"][[0, -1]].tolist()), self._stretches.get(number)
        (self._unsure if sent.meets(before) else self._new).add(number)
        self._stretches[number] = sent.with_(before)
        self._sent = sent.with_(self._sent)
        self._gather(cells, number)
        return await self.store(batch_id) if self._gathered >= MOST_GATHERED else 0

    async def store(self, batch_id: UUID) -> int:
        """How many of those that were sent since the last call are new."""
        if not self._gathered:
            return 0
        await self._copy()
        stored = 0
        for statement, series in (
            (_STORE_NEW, self._new - self._unsure),
            (_STORE_UNSURE, self._unsure),
        ):
            if series:
                given = {"owner": self._owner, "batch": batch_id, "series": sorted(series)}
                done = await self._session.execute(statement, given)
                stored += int(done.rowcount)  # type: ignore[attr-defined]  # of an INSERT there is one
        await self._session.execute(text("TRUNCATE pg_temp.incoming"))
        self._new, self._unsure = set(), set()
        return stored

    async def _series(self, strand: Strand) -> int:
        number = await series_of(self._session, self._owner, strand)
        whose = {"owner": self._owner, "series": number, "epoch": EPOCH_MICROSECONDS}
        stretch = (await self._session.execute(_FIND_STRETCH, whose)).one()
        if stretch.first is not None:
            self._stretches[number] = Stretch(stretch.first, stretch.last)
        return number

    def _gather(self, cells: Cells, series: int) -> None:
        self._pieces.append(packed(cells, series))
        self._gathered += len(cells)

    async def _copy(self) -> None:
        async with (
            driver_of(self._session) as driver,
            driver.cursor() as cursor,
            cursor.copy(_COPY) as sent,
        ):
            await sent.write(_HEADER)
            for piece in self._pieces:
                await sent.write(piece)
            await sent.write(_TRAILER)
        self._pieces, self._gathered = [], 0


async def series_of(session: AsyncSession, owner: UUID, strand: Strand) -> int:
    """The number of the person's series, which is made where there is none."""
    named = {"owner": owner} | strand._asdict()
    found: int | None = await session.scalar(_FIND_SERIES, named)
    if found is None:
        found = (await session.execute(_MAKE_SERIES, named)).scalar_one()
    return found


def _instant(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)
