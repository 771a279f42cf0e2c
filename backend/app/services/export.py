"""Everything that is kept of a person, as one archive: JSON, CSV, FHIR, and what it all means."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE, QUANTITIES, TRACKERS
from app.services import audit
from app.services.fhir import everything
from app.services.owned_tables import DERIVED, Column, OwnedTable, owned_tables
from app.services.people import Person
from app.utils.enums import AuditKind
from app.utils.time import now

FORMAT = "vitaliq-export"
VERSION = 1
DOCUMENT = "vitaliq.json"
BUNDLE = "fhir-bundle.json"
# What checks a password or opens a session is nobody's to take along, and neither are answers that
# are kept for repeated requests, nor the files of jobs, which are exports themselves or became
# entries. Everything else of a person is exported.
SECRET_COLUMNS = frozenset(
    {
        ("channels", "sealed"),
        ("users", "hashed_password"),
        ("refresh_tokens", "token_hash"),
        ("idempotency_keys", "fingerprint"),
        ("idempotency_keys", "body"),
        ("import_parts", "content"),
        ("job_parts", "content"),
        ("passkeys", "credential_id"),
        ("passkeys", "public_key"),
        ("recovery_codes", "code_hash"),
        ("totp_secrets", "sealed"),
    }
)
_IN_MEMORY = 8_000_000
_ROWS_AT_ONCE = 500
_README = f"""Your data in VitalIQ

{DOCUMENT}   everything, as JSON; this file can be imported into an empty account
*.csv          the same, one file a table
{BUNDLE}
               your profile and every measured value as a Bundle of FHIR R4, for other programs
meanings.json  what the columns and metrics mean, with their units

Times are in UTC, days are days of your own calendar. An empty cell is unknown, never zero.
A cell of text that a spreadsheet would run as a formula begins with an apostrophe in the CSV files.
Left out are your password and whatever else would let someone sign in as you.
"""


async def export_account(session: AsyncSession, person: Person) -> IO[bytes]:
    """The archive, at its beginning; the caller closes it. Rows pass through in small portions: a
    large archive lies in a temporary file that has no name."""
    archive = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (closed by the caller)
    try:
        rows = await _pack(session, person, archive)
        await audit.record(session, person.id, AuditKind.EXPORTED, detail={"rows": rows})
    except BaseException:
        archive.close()
        raise
    archive.seek(0)
    return archive


async def _pack(session: AsyncSession, person: Person, archive: IO[bytes]) -> int:
    """How many rows there are."""
    count = 0
    with (
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed,
        SpooledTemporaryFile(_IN_MEMORY) as document,
    ):
        document.write(_opening())
        tables = [t for t in await owned_tables(session) if t.name not in DERIVED]
        for number, table in enumerate(tables):
            document.write(f"{',' if number else ''}\n{json.dumps(table.name)}: [".encode())
            with packed.open(f"{table.name}.csv", "w", force_zip64=True) as sheet:
                count += await _write(session, person, table, document, sheet)
            document.write(b"\n]")
        document.write(b"\n}}\n")
        document.seek(0)
        with packed.open(DOCUMENT, "w", force_zip64=True) as whole:
            for part in in_pieces(document):
                whole.write(part)
        with packed.open(BUNDLE, "w", force_zip64=True) as bundle:
            await _write_bundle(session, person, bundle)
        packed.writestr("README.txt", _README)
        packed.writestr("meanings.json", json.dumps(meanings(), indent=1))
    return count


def in_pieces(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(64 * 1024), b"")


def shown(table: OwnedTable) -> Sequence[Column]:
    """The columns of a table that are exported."""
    return [c for c in table.columns if (table.name, c.name) not in SECRET_COLUMNS]


def meanings() -> dict[str, Any]:
    """Units and labels of columns and metrics, from the catalogue."""
    return {
        "tables": {
            tracker.table: {
                "label": tracker.label,
                "columns": {
                    row.column: {
                        "unit": row.unit,
                        "plausible": [row.plausible.low, row.plausible.high],
                        "computed": row.computed,
                    }
                    for row in QUANTITIES
                    if row.tracker == tracker.key
                },
            }
            for tracker in TRACKERS
        },
        "metrics": {m.key: {"label": m.label, "unit": m.unit} for m in CATALOGUE.metrics},
    }


def _opening() -> bytes:
    head = {"format": FORMAT, "version": VERSION, "exported_at": now().isoformat()}
    return (json.dumps(head)[:-1] + ', "tables": {').encode()


async def _write(
    session: AsyncSession, person: Person, table: OwnedTable, document: IO[bytes], sheet: IO[bytes]
) -> int:
    """The rows of one table into both files, oldest first; how many there are."""
    columns, source = shown(table), table.selectable()
    rows = (
        select(*(source.c[c.name] for c in columns))
        .where(source.c[table.owner] == person.id)
        .subquery()
    )
    order = [rows.c[c.name] for c in columns if c.name in ("created_at", "date", "id")]
    cells = [_cell(rows.c[c.name], is_number=c.is_number) for c in columns]
    whole = cast(func.row_to_json(rows.table_valued()), Text)
    statement = select(whole, *cells).order_by(*order)
    count = 0
    sheet.write(_lines([[c.name for c in columns]]))
    result = await session.stream(statement, execution_options={"yield_per": _ROWS_AT_ONCE})
    async for part in result.partitions():
        objects = ",\n".join(row[0] for row in part)
        document.write(f"{',' if count else ''}\n{objects}".encode())
        sheet.write(_lines([row[1:] for row in part]))
        count += len(part)
    return count


async def _write_bundle(session: AsyncSession, person: Person, bundle: IO[bytes]) -> None:
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": now().isoformat()}
    before = json.dumps(head)[:-1] + ', "entry": [\n'
    async for entry in everything(session, person):
        bundle.write((before + json.dumps(entry, ensure_ascii=False)).encode())
        before = ",\n"
    bundle.write(b"\n]}\n")


def _cell(value: Any, *, is_number: bool) -> Any:
    """The value as text, which no spreadsheet takes for a formula (CWE-1236)."""
    told = cast(value, Text)
    if is_number:
        return told
    return case((told.op("~")("^\\s*[=+@\\t\\r-]"), "'" + told), else_=told)


def _lines(rows: Sequence[Sequence[str | None]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
