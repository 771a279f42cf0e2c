"""The schema's versions: bring a database to the newest, and tell which it has."""

import contextlib
import importlib
import logging
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.database import APP_ROLE, DRIVER, role_option

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger("vitaliq")

_BACKEND = Path(__file__).resolve().parent.parent
_SCRIPTS = _BACKEND / "alembic"
LOCK_MILLISECONDS = 400
"""How long a migration waits for a table that others use, before it lets them pass. Well below
PostgreSQL's deadlock_timeout: of two who block each other, the request must not be ended."""
ATTEMPTS = 30
PAUSE_SECONDS = 1.0
_IN_THE_WAY = ("55P03", "40P01")
_LOCK_KEY = 7_308_604_897_068_083_050  # arbitrary; the same for every VitalIQ


class UnusableDatabaseError(Exception):
    """The database cannot be used as it is set up; the message says what to change."""


def alembic_config(connection: Connection | None = None) -> "Config":
    # Alembic takes a fifth of a second to import, which most starts need not spend.
    config: Config = importlib.import_module("alembic.config").Config(_BACKEND / "alembic.ini")
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


@cache
def versions() -> tuple[str, ...]:
    """All that this program knows, oldest first: each has a file that begins with its name."""
    files = sorted((_SCRIPTS / "versions").glob("*_*.py"))
    if not files:
        raise RuntimeError("there are no migrations: reinstall VitalIQ")
    return tuple(file.name.partition("_")[0] for file in files)


def head() -> str:
    """The newest version that this program knows."""
    return versions()[-1]


def knows(revision: str) -> bool:
    """Whether a version is this program's own or one before it."""
    return revision in versions()


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database to a version. Concurrent callers queue; all or nothing.

    Raises UnusableDatabaseError where a table is in use all the time.
    """
    engine = owner_engine(owner_url)
    try:
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSE_SECONDS)
            if _try_upgrade(engine, revision):
                return
    finally:
        engine.dispose()
    raise UnusableDatabaseError(
        "the schema cannot be brought up to date, because a statement or a transaction that does "
        "not end holds a table: end it (see pg_stat_activity), then start again"
    )


def _try_upgrade(engine: Engine, revision: str) -> bool:
    """False, and nothing has changed, where a lock was not to be had in time."""
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            _ensure_app_role(connection)
            if _version(connection) != head() or revision != "head":
                _command("upgrade", connection, revision)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
            raise
        logger.warning("a table is in use: the schema's upgrade lets others pass and tries again")
        return False
    logger.info("the database schema is at version %s", head())
    return True


def _version(connection: Connection) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _command(name: str, connection: Connection, revision: str) -> None:
    run = getattr(importlib.import_module("alembic.command"), name)
    run(alembic_config(connection), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Take the database back to a version."""
    engine = owner_engine(owner_url)
    try:
        with engine.begin() as connection:
            _command("downgrade", connection, revision)
    finally:
        engine.dispose()


def owner_engine(owner_url: str) -> Engine:
    return create_engine(
        make_url(owner_url).set(drivername=DRIVER),
        connect_args={"connect_timeout": 10, "options": "-c lock_timeout=10000"},
        hide_parameters=True,
    )


def prepare_roles(owner_url: str) -> None:
    """Make the role that a backup grants rights to, where the server does not have it yet."""
    engine = owner_engine(owner_url)
    try:
        with engine.begin() as connection:
            _ensure_app_role(connection)
    finally:
        engine.dispose()


def _ensure_app_role(connection: Connection) -> None:
    """The role that serves requests exists, and who migrates may step down into it if it can."""
    known = connection.scalar(
        text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}
    )
    if not known:
        # Roles belong to the whole server: another database's upgrade may make it just now.
        connection.execute(
            text(
                f"DO $$ BEGIN CREATE ROLE {APP_ROLE} NOLOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
    member = connection.scalar(
        text("SELECT pg_has_role(current_user, :role, 'MEMBER')"), {"role": APP_ROLE}
    )
    if not member:
        with contextlib.suppress(ProgrammingError), connection.begin_nested():
            connection.execute(text(f"GRANT {APP_ROLE} TO current_user"))


def check_app_role(app_url: str) -> None:
    """Raise UnusableDatabaseError unless the service can connect and is bound by row security."""
    engine = create_engine(
        make_url(app_url).set(drivername=DRIVER),
        connect_args={"connect_timeout": 10, "options": role_option(app_url)},
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            unbound = connection.scalar(
                text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            )
    except OperationalError as error:
        raise UnusableDatabaseError(
            f"the user of DATABASE_URL cannot act as the role {APP_ROLE}: as a superuser run "
            f"GRANT {APP_ROLE} TO that user, or give a DATABASE_OWNER_URL beside it"
        ) from error
    finally:
        engine.dispose()
    if unbound:
        raise UnusableDatabaseError(
            f"{APP_ROLE} passes over row-level security: as a superuser run "
            f"ALTER ROLE {APP_ROLE} NOSUPERUSER NOBYPASSRLS"
        )
