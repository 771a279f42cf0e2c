"""An export of VitalIQ back into an account that is empty: all of it, or nothing."""

import asyncio
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import IO, Any

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.errors import ConflictError, InvalidInputError
from app.models import (
    ENTRY_MODELS,
    Anomaly,
    Batch,
    Episode,
    HeldGroup,
    HeldReading,
    ImportTemplate,
    Reading,
    ReadingSeries,
    Tag,
    User,
)
from app.schemas.anomaly import BudgetIn, ThresholdsBody
from app.schemas.auth import ProfileIn
from app.schemas.channel import TellingIn
from app.schemas.reading import SourcesIn
from app.services import audit
from app.services.auth_service import AccountService
from app.services.budget import set_budget
from app.services.channels import set_telling
from app.services.entries import table_of
from app.services.export import DOCUMENT, FORMAT, VERSION, in_pieces
from app.services.owned_tables import USERS, OwnedTable, has_rows, owned_tables
from app.services.people import Person
from app.services.source_order import SourceOrderService
from app.services.thresholds import set_thresholds
from app.utils.enums import AlarmBudget, AuditKind

# In the order of their references. Everything else is history of the old account (its sign-ins, its
# trail) or opens the new one (second factors, passkeys): a file must be able to bring neither.
RESTORED = (
    Batch.__tablename__,
    *(table_of(model).name for model in ENTRY_MODELS.values()),
    Episode.__tablename__,
    Anomaly.__tablename__,
    Tag.__tablename__,
    ReadingSeries.__tablename__,
    Reading.__tablename__,
    HeldGroup.__tablename__,
    HeldReading.__tablename__,
    ImportTemplate.__tablename__,
)
NOT_RESTORED = frozenset(
    {
        "audit_events",
        "channels",
        "deliveries",
        "idempotency_keys",
        "import_parts",
        "imports",
        "job_parts",
        "jobs",
        "passkeys",
        "recovery_codes",
        "refresh_tokens",
        "sessions",
        "totp_secrets",
        USERS,  # of which the profile, the limits and the budget are taken
    }
)
MOST_UNPACKED = 100_000_000
MOST_RATIO = 200
MOST_FILES = 200
MOST_AT_ONCE = 1_000_000
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PROFILE = ("name", "date_of_birth", "timezone", "height_cm", "sex", "preferences")
_MOST_PROFILE = 100_000
_MISFITS = ("22", "23", "54")  # values, rules, and depths that PostgreSQL refuses
_READ = text(
    """
    WITH whole AS MATERIALIZED (
        SELECT CAST(convert_from(CAST(:document AS bytea), 'UTF8') AS jsonb) AS d
    )
    SELECT d ->> 'format' AS format, d ->> 'version' AS version,
        jsonb_typeof(d -> 'tables') AS kind, t.key, CAST(t.value AS text) AS rows
    FROM whole LEFT JOIN LATERAL jsonb_each(
        CASE jsonb_typeof(d -> 'tables') WHEN 'object' THEN d -> 'tables' ELSE '{}' END
    ) t ON true
    """
)
_NAMES = text(
    "SELECT DISTINCT name FROM jsonb_array_elements(CAST(:rows AS jsonb)) r,"
    " jsonb_object_keys(r) AS name"
)


async def import_account(
    session: AsyncSession, person: Person, archive: IO[bytes]
) -> Mapping[str, int]:
    """How many rows of each table were stored. Raises ConflictError where the account has entries
    already, and InvalidInputError for what is no export, is too large, or does not fit."""
    document = await asyncio.to_thread(read_document, archive)
    known = {table.name: table for table in await owned_tables(session)}
    await _require_empty(session, person, [known[name] for name in RESTORED])
    try:
        tables = await _tables_of(session, document)
        stored = {
            name: await _store(session, person, known[name], tables[name])
            for name in RESTORED
            if name in tables
        }
    except DBAPIError as error:
        if str(getattr(error.orig, "sqlstate", None)).startswith(_MISFITS):
            raise InvalidInputError.at(("body",), "the export holds what does not fit") from None
        raise
    await _take_profile(session, person, tables.get(USERS, "[]"))
    await audit.record(session, person.id, AuditKind.IMPORTED, detail={"rows": stored})
    return stored


class Frugal:
    """An archive of which no more than a little is read at once, whatever size it says that its
    list of members has: the list of a million members takes a gigabyte once it is read."""

    def __init__(self, archive: IO[bytes]) -> None:
        self._archive = archive
        self.tell = archive.tell
        self.seek = archive.seek
        self.seekable = archive.seekable

    def read(self, size: int = -1) -> bytes:
        read = self._archive.read(min(size, MOST_AT_ONCE + 1) if size >= 0 else MOST_AT_ONCE + 1)
        if len(read) > MOST_AT_ONCE:
            raise zipfile.BadZipFile
        return read


def read_document(archive: IO[bytes]) -> bytes:
    """The JSON in the archive. What counts is what comes out of it, whatever it says of itself."""
    try:
        with zipfile.ZipFile(Frugal(archive)) as packed:
            return _unpack(packed)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        # RuntimeError: zipfile's answer to what is encrypted or packed in a way it does not know.
        raise _not_an_export() from error


def _unpack(packed: zipfile.ZipFile) -> bytes:
    members = packed.infolist()
    names = [member.filename for member in members]
    if len(names) > MOST_FILES or len(set(names)) < len(names) or DOCUMENT not in names:
        raise _not_an_export()
    if any(set(name) & set("/\\:") or name.startswith(".") for name in names):
        raise InvalidInputError.at(("body",), "the archive holds paths; an export has plain names")
    member = packed.getinfo(DOCUMENT)
    if member.compress_type not in _PLAIN_METHODS:
        raise _not_an_export()
    most = min(MOST_UNPACKED, member.compress_size * MOST_RATIO)
    document = io.BytesIO()
    with packed.open(member) as file:
        for piece in in_pieces(file):
            document.write(piece)
            if document.tell() > most:
                reason = "the archive unpacks to more than is taken"
                raise InvalidInputError.at(("body",), reason)
    return document.getvalue()


def _not_an_export() -> InvalidInputError:
    return InvalidInputError.at(("body",), "not an export of VitalIQ")


async def _require_empty(
    session: AsyncSession, person: Person, tables: Sequence[OwnedTable]
) -> None:
    # Two imports at once must not both find the account empty.
    await session.execute(
        select(User.id).where(User.id == person.id).with_for_update(key_share=True)
    )
    for table in tables:
        if await has_rows(session, table, person.id):
            raise ConflictError("An export goes into an empty account; this one has entries.")


async def _tables_of(session: AsyncSession, document: bytes) -> dict[str, str]:
    """The rows of each table, still as JSON: PostgreSQL reads it, and no copy is made here."""
    found = (await session.execute(_READ, {"document": document})).all()
    if {(row.format, row.version, row.kind) for row in found} != {(FORMAT, str(VERSION), "object")}:
        raise _not_an_export()
    tables = {row.key: row.rows for row in found if row.key is not None}
    if set(tables) - set(RESTORED) - NOT_RESTORED:
        raise InvalidInputError.at(("body", "tables"), "holds tables of a newer version")
    return tables


async def _store(session: AsyncSession, person: Person, table: OwnedTable, rows: str) -> int:
    """Insert the rows as this person's; types, bounds and rules are the table's own."""
    given = set(await session.scalars(_NAMES, {"rows": rows}))
    if given - {c.name for c in table.columns}:
        raise InvalidInputError.at(("body", "tables", table.name), "has columns of a newer version")
    taken = [c.name for c in table.columns if c.name in given - {table.owner}]
    if not taken:
        return 0
    names = ", ".join(f'"{name}"' for name in taken)
    # The names are the catalog's own, not the file's.
    statement = text(
        f'INSERT INTO "{table.name}" (user_id, {names}) SELECT :user_id, {names}'  # noqa: S608
        f' FROM jsonb_populate_recordset(CAST(NULL AS "{table.name}"), CAST(:rows AS jsonb))'
        " RETURNING 1"
    )
    done = await session.execute(statement, {"user_id": person.id, "rows": rows})
    return len(done.all())


async def _take_profile(session: AsyncSession, person: Person, rows: str) -> None:
    """The profile and all wishes, by the rules that hold when they are sent alone."""
    account = _first(rows)
    profile = {name: account[name] for name in _PROFILE if account.get(name) is not None}
    limits = {"thresholds": account.get("thresholds") or {}}
    telling = account.get("telling") or {}
    budget = {"budget": account.get("alarm_budget") or AlarmBudget.MONTHLY}
    try:
        changes = ProfileIn.model_validate_json(json.dumps(profile))
        thresholds = ThresholdsBody.model_validate_json(json.dumps(limits)).thresholds
        asked = BudgetIn.model_validate_json(json.dumps(budget)).budget
        wishes = TellingIn.model_validate_json(json.dumps(telling))
        if profile:
            await AccountService(session, person).change_profile(changes)
        if thresholds:
            await set_thresholds(session, person, thresholds, CATALOGUE)
        if telling:
            await set_telling(session, person.id, wishes)
        if order := account.get("source_order"):
            wanted = SourcesIn.model_validate_json(json.dumps({"order": order}))
            await SourceOrderService(session, person).keep(wanted.order)
        if asked is not person.alarm_budget:
            await set_budget(session, person, asked)
    except (ValidationError, InvalidInputError):
        # Without their own words, which name keys of the file.
        where = ("body", "tables", USERS)
        raise InvalidInputError.at(where, "the profile or the limits do not fit") from None


def _first(rows: str) -> dict[str, Any]:
    if len(rows) > _MOST_PROFILE:
        raise _not_an_export()
    match json.loads(rows):
        case []:
            return {}
        case [dict(account)]:
            return account
    raise _not_an_export()
