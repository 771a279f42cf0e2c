"""The command `vitaliq`."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import uvicorn
from pydantic import ValidationError

from app import commands, generated_docs
from app import demo as demo_account
from app.config import Settings
from app.errors import AppError
from app.migrations import UnusableDatabaseError
from app.postgres import EmbeddedPostgresError
from app.schemas.auth import RegisterIn
from app.startup import app_of, running_database

LOOPBACK = "127.0.0.1"


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
        except (AppError, EmbeddedPostgresError, UnusableDatabaseError, PermissionError) as error:
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
        click.echo(f"VitalIQ serves on http://{host}:{port} (API docs: http://{host}:{port}/docs)")
        _serve(app_of(settings, urls), host, port)


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
        _serve(app_of(settings, urls), host, port)


@main.command()
@friendly
def migrate() -> None:
    """Bring the database to the newest schema."""
    with running_database(_settings()):
        click.echo("The database is up to date.")


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


@main.group(name="import")
def import_group() -> None:
    """Bring in data from files."""


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
    settings = _settings()
    with running_database(settings) as urls:
        stored = asyncio.run(
            commands.import_days(
                settings,
                urls,
                label=file.name,
                lines=file.read_text(encoding="utf-8-sig").splitlines(),
                email=email,
                mapping=mapping,
                condition=condition,
                zero_is_unknown=zero_is_unknown,
                skip_rejected=skip_rejected,
            )
        )
    sys.exit(0 if stored else 1)


@main.command()
@click.option("--email", required=True, help="Account to test.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400))
@friendly
def detect(email: str, days: int) -> None:
    """Run detection for an account and print what it finds."""
    settings = _settings()
    with running_database(settings) as urls:
        asyncio.run(commands.detect(settings, urls, email=email, days=days))


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
    logging.basicConfig(
        level=settings.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for chatty in ("alembic", "uvicorn", "httpx2", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return settings


def _serve(app: Any, host: str, port: int) -> None:
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        uvicorn.run(
            app,
            host=host,
            port=port,
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=30,
        )
