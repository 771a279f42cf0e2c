"""An export of VitalIQ back into an account that is empty: all of it, or nothing."""

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any

from psycopg import sql
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.database import driver_of
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
from app.services.export_reading import Portion, not_an_export, portions
from app.services.file_reading import ahead
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
"""What comes out of an archive while somebody waits for the answer."""
MOST_UNPACKED_UNHURRIED = 64 * 1024**3
_PROFILE = ("name", "date_of_birth", "timezone", "height_cm", "sex", "preferences")
_MOST_PROFILE = 100_000
_MAKE = 'CREATE TEMP TABLE "brought_{table}" (entry text) ON COMMIT DROP'
_MISFITS = ("22", "23", "54")  # values, rules, and depths that PostgreSQL refuses
_UNHURRIED = text("SET LOCAL statement_timeout = '1h'")


async def import_account(
    session: AsyncSession,
    person: Person,
    archive: IO[bytes],
    *,
    most_bytes: int | None = None,
) -> Mapping[str, int]:
    """How many rows of each table were stored. Raises ConflictError where the account has entries
    already, and InvalidInputError for what is no export, is too large, or does not fit.

    The rows pass through in portions into tables of the transaction's own, since their order is
    that of names and not that of references. With `most_bytes` nobody waits, and it may take long.
    """
    known = {table.name: table for table in await owned_tables(session)}
    await _require_empty(session, person, [known[name] for name in RESTORED])
    if most_bytes is not None:
        await session.execute(_UNHURRIED)
    brought = _Brought(session)
    try:
        async for portion in ahead(lambda: portions(archive, most_bytes or MOST_UNPACKED)):
            await brought.take(portion)
        stored = {
            name: await _store(session, person, known[name], brought.columns[name])
            for name in RESTORED
            if name in brought.columns
        }
    except DBAPIError as error:
        if str(getattr(error.orig, "sqlstate", None)).startswith(_MISFITS):
            raise InvalidInputError.at(("body",), "the export holds what does not fit") from None
        raise
    await _take_profile(session, person, brought.accounts)
    await audit.record(session, person.id, AuditKind.IMPORTED, detail={"rows": stored})
    return stored


class _Brought:
    """What an export holds, in a table of the transaction's own for each of its tables; `columns`
    says which columns its rows name, `accounts` what it says of accounts."""

    def __init__(self, session: AsyncSession) -> None:
        self.columns: dict[str, frozenset[str]] = {}
        self.accounts: list[str] = []
        self._session = session

    async def take(self, portion: Portion) -> None:
        table = portion.table
        if table == USERS:
            self.accounts += portion.rows
        elif table in RESTORED:
            if table not in self.columns:
                await self._session.execute(text(_MAKE.format(table=table)))
            self.columns[table] = self.columns.get(table, frozenset()) | portion.columns
            await self._copy(table, portion.rows)
        elif table not in NOT_RESTORED:
            raise InvalidInputError.at(("body", "tables"), "holds tables of a newer version")

    async def _copy(self, table: str, rows: Sequence[str]) -> None:
        command = sql.SQL("COPY pg_temp.{} (entry) FROM STDIN (FORMAT BINARY)")
        async with (
            driver_of(self._session) as driver,
            driver.cursor() as cursor,
            cursor.copy(command.format(sql.Identifier(f"brought_{table}"))) as sent,
        ):
            sent.set_types(["text"])
            for row in rows:
                await sent.write_row((row,))


async def _require_empty(
    session: AsyncSession, person: Person, tables: Sequence[OwnedTable]
) -> None:
    # Two imports at once must not both find the account empty.
    await session.execute(
        select(User.id).where(User.id == person.id).with_for_update(key_share=True)
    )
    for table in tables:
        if await has_rows(session, table, person.id):
            raise ConflictError(
                "An export goes into an empty account; this one has entries.",
                code="account-not-empty",
            )


async def _store(
    session: AsyncSession, person: Person, table: OwnedTable, given: frozenset[str]
) -> int:
    """Insert the rows as this person's; types, bounds and rules are the table's own."""
    if given - {c.name for c in table.columns}:
        raise InvalidInputError.at(("body", "tables", table.name), "has columns of a newer version")
    taken = [c.name for c in table.columns if c.name in given - {table.owner}]
    if not taken:
        return 0
    names = ", ".join(f'"{name}"' for name in taken)
    # The names are the catalog's own, not the file's.
    statement = text(
        f'INSERT INTO "{table.name}" (user_id, {names}) SELECT :user_id, {names}'  # noqa: S608
        f' FROM (SELECT CAST(entry AS jsonb) AS entry FROM pg_temp."brought_{table.name}") b'
        f' CROSS JOIN LATERAL jsonb_populate_record(CAST(NULL AS "{table.name}"), b.entry)'
    )
    done = await session.execute(statement, {"user_id": person.id})
    return int(done.rowcount)  # type: ignore[attr-defined]  # of an INSERT there is one


async def _take_profile(session: AsyncSession, person: Person, rows: Sequence[str]) -> None:
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


def _first(rows: Sequence[str]) -> dict[str, Any]:
    if len(rows) > 1 or sum(map(len, rows)) > _MOST_PROFILE:
        raise not_an_export()
    account: dict[str, Any] = json.loads(rows[0]) if rows else {}
    return account
