"""What the command line does with accounts: make one, read a file into it, run detection."""

import datetime as dt
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import CATALOGUE
from app.config import Settings
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.main import VERSION
from app.postgres import DatabaseUrls
from app.schemas.auth import RegisterIn
from app.services.account_import import MOST_UNPACKED_UNHURRIED, import_account
from app.services.anomaly_service import AnomalyService
from app.services.auth_service import SignInService
from app.services.authentication import person_of, user_id_of
from app.services.day_import import DayPlan, ImportReport, import_plan, plan_days
from app.services.detection import DetectionService
from app.services.export import export_account, in_pieces
from app.services.people import Person
from app.startup import opened_database, tokens_of
from app.utils.enums import ConditionType

MOST_DAYS = 400
SHOWN = 10


async def add_user(settings: Settings, urls: DatabaseUrls, account: RegisterIn) -> None:
    async with opened_database(settings, urls) as database:
        await SignInService(database, tokens_of(settings), settings).register(account)


async def import_days(
    settings: Settings,
    urls: DatabaseUrls,
    *,
    label: str,
    lines: Sequence[str],
    email: str,
    mapping: Sequence[str],
    condition: str | None,
    zero_is_unknown: bool,
    skip_rejected: bool,
) -> bool:
    """Whether the file was imported; otherwise nothing was stored and the reasons are printed."""
    async with opened_database(settings, urls) as database, database.session() as session:
        person = await _person(session, email)
        with click.progressbar(length=len(lines), label="Reading") as bar:
            plan = plan_days(
                lines,
                person=person,
                mapping=_pairs(mapping),
                condition=ConditionType(condition) if condition else None,
                zero_is_unknown=zero_is_unknown,
                on_row=lambda _: bar.update(1),
            )
        _tell_plan(plan)
        if plan.rejected and not skip_rejected:
            click.echo("Nothing was stored. Mend the rows above, or use --skip-rejected.")
            return False
        report = await import_plan(session, person, plan, label=label)
        _tell_report(report)
        await _detect(session, settings, person, plan.first, plan.last)
    return True


async def export(settings: Settings, urls: DatabaseUrls, *, email: str, file: Path) -> None:
    """Write the account's archive, which only its owner's system user can read."""
    async with opened_database(settings, urls) as database, database.session() as session:
        with await export_account(session, await _person(session, email)) as archive:
            try:
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise ConflictError(
                    f"{file} is there already; choose another name.", code="file-exists"
                ) from None
            with os.fdopen(descriptor, "wb") as written:
                for piece in in_pieces(archive):
                    written.write(piece)


async def import_export(
    settings: Settings, urls: DatabaseUrls, *, email: str, file: Path
) -> Mapping[str, int]:
    """How many rows of each table were stored."""
    async with opened_database(settings, urls) as database, database.session() as session:
        person = await _person(session, email)
        with file.open("rb") as archive:
            return await import_account(
                session, person, archive, most_bytes=MOST_UNPACKED_UNHURRIED
            )


async def detect(settings: Settings, urls: DatabaseUrls, *, email: str, days: int) -> None:
    async with opened_database(settings, urls) as database, database.session() as session:
        person = await _person(session, email)
        last = person.today()
        await _detect(session, settings, person, last - dt.timedelta(days=days - 1), last)


async def serve_assistant(
    settings: Settings,
    urls: DatabaseUrls,
    serve: Callable[..., Awaitable[None]],
    identify: object,
) -> None:
    """Until the assistant goes."""
    async with opened_database(settings, urls) as database:
        await serve(database, tokens_of(settings), identify, version=VERSION)


async def _person(session: AsyncSession, email: str) -> Person:
    user_id = await user_id_of(session, email)
    if user_id is None:
        raise NotFoundError(
            "There is no account with this e-mail address: register it first "
            "(POST /api/auth/register, or `vitaliq user add`)."
        )
    return await person_of(session, user_id)


def _pairs(mapping: Sequence[str]) -> Mapping[str, str]:
    pairs = [pair.partition("=") for pair in mapping]
    if any(not (column and equals and metric) for column, equals, metric in pairs):
        raise InvalidInputError("--map takes COLUMN=METRIC, or COLUMN=- to leave a column out.")
    return {column: metric for column, _, metric in pairs}


def _tell_plan(plan: DayPlan) -> None:
    for column, reason in plan.ignored.items():
        click.echo(f"  not imported: {column} ({reason})")
    for row in plan.rejected[:SHOWN]:
        where = f"line {row.line}" + (f", {row.column}" if row.column else "")
        click.echo(f"  rejected: {where}: {row.reason}")
    if len(plan.rejected) > SHOWN:
        click.echo(f"  ... and {len(plan.rejected) - SHOWN} more rejected rows")


def _tell_report(report: ImportReport) -> None:
    stored = ", ".join(f"{tracker} {n}" for tracker, n in report.stored.items() if n) or "nothing"
    click.echo(
        f"{report.days} days from {report.first} to {report.last}: stored {stored}"
        f"; {report.already_there} entries were there already."
    )


async def _detect(
    session: AsyncSession,
    settings: Settings,
    person: Person,
    first: dt.date | None,
    last: dt.date | None,
) -> None:
    """Test the span, in pieces of the size that one run takes, and print the gravest findings."""
    if first is None or last is None:
        return
    service = DetectionService(session, person, CATALOGUE)
    starts = range(first.toordinal(), last.toordinal() + 1, MOST_DAYS)
    runs = [
        await service.detect(
            dt.date.fromordinal(start),
            min(last, dt.date.fromordinal(start + MOST_DAYS - 1)),
        )
        for start in starts
    ]
    found = sum(run.found for run in runs)
    click.echo(f"Detection tested {first} to {last}: {found} findings.")
    anomalies = AnomalyService(session, person, CATALOGUE, tokens_of(settings))
    for severity, explanation in await anomalies.gravest(first, last, limit=SHOWN):
        click.echo(f"  {severity:<6}  {explanation}")
