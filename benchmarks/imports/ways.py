"""Three ways through the same file: expat alone, the product, and the usual way."""

import datetime as dt
import xml.etree.ElementTree as ET
from pathlib import Path
from uuid import UUID
from xml.parsers import expat

from sqlalchemy import insert, update

from app.catalog import CATALOGUE
from app.database import Database
from app.importers.apple_health import PIECE_BYTES
from app.models import FileImport, Reading
from app.services.file_imports import IMPORTS
from app.services.import_work import ImportWork
from app.utils.enums import ImportStatus
from app.utils.identifiers import uuid7

ROWS_AT_ONCE = 1_000
_KINDS = {
    "HKQuantityTypeIdentifierHeartRate": 1,
    "HKQuantityTypeIdentifierStepCount": 2,
    "HKQuantityTypeIdentifierActiveEnergyBurned": 3,
    "HKQuantityTypeIdentifierHeartRateVariabilitySDNN": 4,
    "HKQuantityTypeIdentifierOxygenSaturation": 5,
}


def bare_expat(file: Path) -> None:
    """Nothing is done with what is read: the limit of all that read XML in Python."""
    parser = expat.ParserCreate()
    with file.open("rb") as content:
        while piece := content.read(PIECE_BYTES):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


async def announce(database: Database, owner: UUID, size: int) -> UUID:
    """An import whose file is at hand."""
    import_id = uuid7()
    async with database.session(owner) as session:
        await session.execute(
            insert(FileImport).values(
                user_id=owner,
                id=import_id,
                name="export.xml",
                bytes=size,
                received=size,
                status=ImportStatus.READING,
            )
        )
    return import_id


async def preview(database: Database, owner: UUID, import_id: UUID, file: Path) -> None:
    with file.open("rb") as content:
        await ImportWork(database, CATALOGUE).read(owner, import_id, content)


async def commit(database: Database, owner: UUID, import_id: UUID, file: Path) -> None:
    """Parse, convert, COPY, insert once, work entries out, run detection, commit."""
    async with database.session(owner) as session:
        await session.execute(
            update(IMPORTS)
            .where(IMPORTS.c.user_id == owner, IMPORTS.c.id == import_id)
            .values(status=ImportStatus.COMMITTING)
        )
    with file.open("rb") as content:
        await ImportWork(database, CATALOGUE).commit(owner, import_id, content)


async def usual(database: Database, owner: UUID, file: Path) -> int:
    """ElementTree and an ORM object a record, flushed by the thousand; how many rows. It keeps to
    the kinds that it knows, converts nothing and derives nothing."""
    count = 0
    async with database.session(owner) as session:
        for _, element in ET.iterparse(file):  # noqa: S314  (a file of our own)
            if element.tag != "Record" or element.get("type") not in _KINDS:
                continue
            start, end = (
                dt.datetime.strptime(element.get(name, ""), "%Y-%m-%d %H:%M:%S %z")
                for name in ("startDate", "endDate")
            )
            session.add(
                Reading(
                    user_id=owner,
                    series=_KINDS[element.get("type", "")],
                    at=start,
                    identity=count,
                    until=end,
                    value=float(element.get("value", "nan")),
                    batch_id=owner,
                )
            )
            element.clear()
            count += 1
            if count % ROWS_AT_ONCE == 0:
                await session.flush()
                session.expunge_all()
    return count
