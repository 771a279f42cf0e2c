"""The command `vitaliq`."""

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from app import commands, doctor, fleet, generated_docs, import_command, prior_learning
from app import demo as demo_account
from app.backup import BackupError, Manifest, back_up
from app.beside import worker_beside
from app.config import Settings
from app.errors import AppError
from app.migrations import UnusableDatabaseError
from app.postgres import DatabaseUrls, EmbeddedPostgresError
from app.restore import restore as restore_backup
from app.schemas.auth import RegisterIn
from app.schemas.file_import import ImportOptions
from app.serving import ListenError
from app.serving import serve as serve_app
from app.startup import app_of, running_database, tokens_of
from app.utils import log_lines
from app.utils.text_file import read_lines

LOOPBACK = "127.0.0.1"
EXPECTED = (
    AppError,
    BackupError,
    EmbeddedPostgresError,
    ListenError,
    UnusableDatabaseError,
    PermissionError,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """VitalIQ: store what you measure, compare it with your own past, see what is unusual.

    Settings come from the environment and from .env; docs/settings.md lists them.
    """


def friendly(command: Callable[..., None]) -> Callable[..., None]:
    """Expected failures as one line on standard error, exit status 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ValidationError as error:
            for wrong in error.errors():
                name = "_".join(map(str, wrong["loc"]))
                click.echo(f"vitaliq: {name}: {wrong['msg']}", err=True)
            sys.exit(1)
        except EXPECTED as error:
            click.echo(f"vitaliq: {error}", err=True)
            sys.exit(1)

    return run


@main.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@friendly
def serve(host: str, port: int) -> None:
    """Serve the API. Makes the database and the secret at first start."""
    settings = _settings()
    with running_database(settings) as urls:
        for finding in doctor.unsafe_settings(urls):
            logging.getLogger("vitaliq").warning("%s: %s", finding.what, finding.advice)
        click.echo(f"VitalIQ serves on http://{host}:{port} (API docs: http://{host}:{port}/docs)")
        _serve(settings, urls, host, port)


@main.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@friendly
def demo(host: str, port: int) -> None:
    """Serve with a demo account: 120 invented days, strange ones among them, detected."""
    settings = demo_account.apart(_settings(mock_data_enabled=True))
    with running_database(settings) as urls:
        account = asyncio.run(demo_account.prepare(settings, urls))
        click.echo(demo_account.greeting(account, f"http://{host}:{port}"))
        _serve(settings, urls, host, port)


def _serve(settings: Settings, urls: DatabaseUrls, host: str, port: int) -> None:
    with worker_beside(settings.data_dir, wanted=settings.serve_with_worker):
        serve_app(app_of(settings, urls), settings, host, port)


@main.command()
@click.option("--beside", is_flag=True, hidden=True, help="End when standard input does.")
@friendly
def worker(beside: bool) -> None:
    """Do what lies in the queue: nightly detection, exports, imports, explanations.

    `vitaliq serve` runs one beside itself; run more of them, on any number of hosts that reach the
    database. Stops on SIGTERM once work in progress is done or given back.
    """
    settings = _settings()
    # It imports what a server that serves requests need not.
    working = importlib.import_module("app.worker")
    with running_database(settings) as urls:
        working.run(settings, urls, while_stdin_is_open=beside)


@main.command()
@click.option("--email", help="Account to read; otherwise VITALIQ_TOKEN holds an access token.")
@friendly
def mcp(email: str | None) -> None:
    """Let an assistant read summaries and findings of one account, and change nothing.

    Speaks the Model Context Protocol on standard input and output: start it from the assistant's
    configuration. Needs `pip install 'vitaliq[mcp]'`.
    """
    try:
        assistant = importlib.import_module("app.assistant")
    except ImportError:
        raise click.UsageError("The package `mcp` is missing: pip install 'vitaliq[mcp]'") from None
    settings, token = _settings(), os.environ.get("VITALIQ_TOKEN", "")
    tokens = tokens_of(settings)
    identify = assistant.by_email(email) if email else assistant.by_token(token, tokens)
    with running_database(settings) as urls:
        asyncio.run(commands.serve_assistant(settings, urls, assistant.serve, identify))


@main.command()
@friendly
def migrate() -> None:
    """Bring the database to the newest schema."""
    with running_database(_settings()):
        click.echo("The database is up to date.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@friendly
def backup(file: Path) -> None:
    """Write everything in the database to a file, while others go on using it.

    The file can be read by you alone, and holds all health data unencrypted.
    """
    _tell_contents("Backed up", back_up(_settings(), file))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where the database has accounts in it.")
@friendly
def restore(file: Path, replace: bool) -> None:
    """Put a backup in the place of the database, which stays as it is if anything fails.

    Accounts deleted since the backup stay deleted.
    """
    _tell_contents("Restored", restore_backup(_settings(), file, replace=replace))


def _tell_contents(done: str, manifest: Manifest) -> None:
    rows = sum(table.rows for table in manifest.tables.values())
    when = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{done} {rows} rows of {len(manifest.tables)} tables, as of {when}.")


@main.command(name="doctor")
@friendly
def examine() -> None:
    """Check settings, files and database; exit status 1 if there is a problem."""
    findings = []
    for finding in doctor.examine(_settings()):
        click.echo(finding)
        findings.append(finding.state)
    sys.exit(1 if doctor.State.PROBLEM in findings else 0)


@main.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.option("--email", required=True, help="Address to sign in with.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA time zone of the person.")
@click.password_option(help="At least 15 characters; asked for if left out.")
@friendly
def add(email: str, timezone: str, password: str) -> None:
    """Make an account, also where sign-up through the API is closed."""
    settings = _settings(registration_enabled=True)
    account = RegisterIn(email=email, password=password, timezone=timezone)
    with running_database(settings) as urls:
        asyncio.run(commands.add_user(settings, urls, account))
    click.echo(f"{account.email} can sign in.")


class FileOrCommand(click.Group):
    """`vitaliq import FILE` is short for `vitaliq import file FILE`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            args = ["file", *args]
        return super().resolve_command(ctx, args)


@main.group(name="import", cls=FileOrCommand)
def import_group() -> None:
    """Bring in data from files: vitaliq import FILE --email ADDRESS.

    The kind of file is found by its content: Apple Health, Health Connect, FHIR, tables and others.
    """


@import_group.command(name="file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--email", "--user", "email", required=True, help="Account to import into.")
@click.option("--zone", help="Time zone of times without one. Default: the person's.")
@click.option("--day-first/--month-first", default=None, help="How days are written.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="GROUP=UNIT",
    help="What to do with readings that are held back: their unit, accept, or leave.",
)
@click.option("--dry-run", is_flag=True, help="Show what is in the file, and store nothing.")
@click.option("--yes", is_flag=True, help="Store without asking.")
@friendly
def import_file(
    file: Path,
    email: str,
    zone: str | None,
    day_first: bool | None,
    answers: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Show what is in a file, then store all of it or nothing; never twice.

    Exit status 1 if nothing was stored.
    """
    settings, options = _settings(), ImportOptions(zone=zone, day_first=day_first)
    with running_database(settings) as urls:
        stored = asyncio.run(
            import_command.import_file(
                settings,
                urls,
                file=file,
                email=email,
                options=options,
                answers=answers,
                confirm=lambda: not dry_run and (yes or click.confirm("Store this?")),
            )
        )
    sys.exit(0 if stored or dry_run else 1)


@import_group.command(name="days")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--email", required=True, help="Account to import into.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="COLUMN=METRIC",
    help="Read a column as this metric; COLUMN=- leaves it out. Can be repeated.",
)
@click.option(
    "--condition",
    type=click.Choice(["diabetes", "hypertension", "heart", "other"]),
    help="Condition that chronic readings belong to.",
)
@click.option("--zero-is-unknown", is_flag=True, help="Read 0 as unknown where 0 cannot be.")
@click.option("--skip-rejected", is_flag=True, help="Import the rest if some rows do not fit.")
@friendly
def import_days(
    file: Path,
    email: str,
    mapping: tuple[str, ...],
    condition: str | None,
    zero_is_unknown: bool,
    skip_rejected: bool,
) -> None:
    """Import a daily CSV: a date column, other columns named by metrics (docs/metrics.md).

    All or nothing: if any row does not fit, nothing is stored. Detection runs afterwards.
    """
    settings, lines = _settings(), read_lines(file)
    with running_database(settings) as urls:
        stored = asyncio.run(
            commands.import_days(
                settings,
                urls,
                label=file.name,
                lines=lines,
                email=email,
                mapping=mapping,
                condition=condition,
                zero_is_unknown=zero_is_unknown,
                skip_rejected=skip_rejected,
            )
        )
    sys.exit(0 if stored else 1)


@import_group.command(name="account")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--email", required=True, help="Account to import into; it must be empty.")
@friendly
def import_account(file: Path, email: str) -> None:
    """Import an archive of `vitaliq export`, all of it or nothing."""
    settings = _settings()
    with running_database(settings) as urls:
        stored = asyncio.run(commands.import_export(settings, urls, email=email, file=file))
    click.echo(f"{sum(stored.values())} rows stored.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--email", required=True, help="Account to export.")
@friendly
def export(file: Path, email: str) -> None:
    """Write everything that is kept of an account to a zip archive, readable by you alone."""
    settings = _settings()
    with running_database(settings) as urls:
        asyncio.run(commands.export(settings, urls, email=email, file=file))
    click.echo(f"{file} written.")


@main.group(invoke_without_command=True)
@click.option("--email", help="Account to test.")
@click.option("--all", "everybody", is_flag=True, help="Test everybody, and print counts.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400))
@click.option(
    "--engine",
    default=fleet.LOCAL,
    show_default=True,
    help="Where --all works: local, or dask://host:port of a Dask scheduler.",
)
@click.pass_context
@friendly
def detect(
    context: click.Context, email: str | None, everybody: bool, days: int, engine: str
) -> None:
    """Run detection for an account and print what it finds, or for everybody."""
    if context.invoked_subcommand is not None:
        return
    if (email is None) is not everybody:
        raise click.UsageError("Say either '--email' or '--all'.")
    settings = _settings()
    with running_database(settings) as urls:
        if email is None:
            chosen = fleet.engine_of(engine, settings, urls)
            done = fleet.detect_all(chosen, urls.owner, fleet.Order(days=days))
            click.echo(f"{done.people} people tested: {done.found} findings, {done.new} new.")
            return
        asyncio.run(commands.detect(settings, urls, email=email, days=days))


@detect.command(name="learn")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--people", default=1_000, show_default=True, type=click.IntRange(5, 10_000))
@friendly
def detect_learn(file: Path, people: int) -> None:
    """Learn from your own users what is usual for people (aggregates only), for PRIORS_FILE."""
    count = prior_learning.learn_priors(_settings(), file, people=people)
    click.echo(f"{file} written, learned from {count} people. Set PRIORS_FILE to use it.")


@main.command()
@click.option("--check", is_flag=True, help="Fail if a generated page is stale; write nothing.")
@friendly
def docs(check: bool) -> None:
    """Write the pages that repeat what the code says."""
    stale = generated_docs.write(check=check)
    for page in stale:
        click.echo(f"{page} {'is stale: run `vitaliq docs`' if check else 'written'}")
    sys.exit(1 if check and stale else 0)


def _settings(**overrides: Any) -> Settings:
    settings = Settings(**overrides)
    log_lines.leave_out_origins()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(log_lines.FORMATTERS[settings.log_format]())
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    # They log what jobs are called with, and to whom is sent; app.work_queue and the log of
    # deliveries tell what may be told.
    for telling in ("procrastinate", "apprise"):
        logging.getLogger(telling).setLevel(logging.CRITICAL)
    for chatty in ("alembic", "uvicorn", "httpx2", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return settings
