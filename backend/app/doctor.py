"""What could be wrong with an installation, and what to do about it; no secret is ever shown."""

import dataclasses
import datetime as dt
import enum
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app.config import Settings
from app.database import APP_ROLE, DRIVER, role_option
from app.migrations import UnusableDatabaseError, check_app_role, head, knows
from app.postgres import DatabaseUrls, EmbeddedPostgresError, ServerFiles
from app.startup import running_server

LITTLE_SPACE = 1 << 30
NO_SPACE = 200 << 20
OLDEST_SERVER = 14
SKEW = dt.timedelta(seconds=2)
LONG_TRANSACTION = dt.timedelta(minutes=5)
GREAT_SKEW = dt.timedelta(minutes=1)
OTHERS_MAY = 0o077
LOOPBACK = ("127.0.0.1", "::1", "localhost")
OLDEST_TRANSACTION = """
    SELECT max(now() - xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid()
"""
# Without these an acknowledged entry can be lost when the power is.
DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")
UNPROTECTED = f"""
    SELECT c.relname FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND c.relname <> 'alembic_version'
    AND has_table_privilege('{APP_ROLE}', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
    AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'user_id'
    ))) ORDER BY 1
"""  # noqa: S608 - a name of ours


class State(enum.StrEnum):
    """How grave it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    state: State
    what: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.state:<8} {self.what}" + (f": {self.advice}" if self.advice else "")


def ok(what: str) -> Finding:
    return Finding(State.OK, what)


def warning(what: str, advice: str) -> Finding:
    return Finding(State.WARNING, what, advice)


def problem(what: str, advice: str) -> Finding:
    return Finding(State.PROBLEM, what, advice)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, the cheap ones first; it changes nothing and migrates nothing."""
    yield from _check_settings(settings)
    yield from _check_files(settings)
    yield _check_space(settings)
    files = ServerFiles(settings.data_dir.resolve() / "postgres")
    if settings.database_url is None and not files.cluster.exists():
        yield warning("database", "there is none yet; `vitaliq serve` makes it at first start")
        return
    try:
        with running_server(settings) as urls:
            yield from _check_database(urls)
    except EmbeddedPostgresError as error:
        yield problem("database", str(error))


def unsafe_settings(urls: DatabaseUrls) -> Iterator[Finding]:
    """What may lose acknowledged entries, as the service's own connections have it."""
    with _connected(urls.app, role_option(urls.app)) as connection:
        yield from (f for f in _check_durability(connection) if f.state is not State.OK)


def _check_settings(settings: Settings) -> Iterator[Finding]:
    yield ok("settings are valid")
    if settings.mock_data_enabled:
        yield warning("MOCK_DATA_ENABLED is on", "turn it off where real data is kept")
    listen = settings.metrics_listen
    if listen is not None and listen.host not in LOOPBACK:
        yield warning(
            f"METRICS_LISTEN is {listen.host}",
            "whoever reaches it reads the figures without signing in: use 127.0.0.1, or keep it on "
            "a network of your own",
        )
    url, model = settings.openai_base_url, settings.openai_model
    if (url is None) != (model is None):
        yield warning(
            "language model is half configured",
            "set both OPENAI_BASE_URL and OPENAI_MODEL, or neither; nothing is sent now",
        )
    elif url is None:
        yield ok("no language model is configured, nothing is sent anywhere")
    elif urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
        yield problem("language model is reached without encryption", "use https")
    elif urlsplit(url).scheme not in ("http", "https"):
        yield problem("OPENAI_BASE_URL is no address", "use http://... or https://...")
    else:
        yield ok("language model settings are complete")


def _check_files(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.resolve()
    if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield problem("data folder", f"this user cannot write to {folder}: change its owner")
        return
    yield ok("data folder")
    if settings.secret_key is not None:
        yield ok("SECRET_KEY is set and strong")
    server = ServerFiles(folder / "postgres")
    for path in (folder / "secret_key", server.passwords, server.log, server.cluster):
        if path.exists():
            yield _check_mode(path)
    if (env := Path.cwd() / ".env").exists():
        found = _check_mode(env)
        grave = found.state is State.PROBLEM
        yield dataclasses.replace(found, state=State.WARNING) if grave else found


def _check_mode(path: Path) -> Finding:
    mode = path.stat().st_mode
    if mode & OTHERS_MAY:
        return problem(f"{path} is open to other users", f"run chmod go= {path}")
    return ok(f"{path.name} is closed to other users")


def _check_space(settings: Settings) -> Finding:
    folder = settings.data_dir.resolve()
    existing = next(f for f in (folder, *folder.parents) if f.exists())
    free = shutil.disk_usage(existing).free
    what = f"disk space ({free >> 20} MB free)"
    if free < NO_SPACE:
        return problem(what, f"make room on the disk of {existing}")
    if free < LITTLE_SPACE:
        return warning(what, f"make room on the disk of {existing} soon")
    return ok(what)


def _check_database(urls: DatabaseUrls) -> Iterator[Finding]:
    try:
        check_app_role(urls.app)
        yield ok(f"database is reached as {APP_ROLE}, which row-level security binds")
    except UnusableDatabaseError as error:
        yield problem("row-level security", str(error))
    except SQLAlchemyError:
        yield problem("database", "it cannot be reached: check DATABASE_URL, and that it runs")
        return
    for url, options, checks in (
        (urls.app, role_option(urls.app), (_check_durability, _check_clock)),
        (urls.owner, "", (_check_server, _check_schema, _check_protection, _check_idlers)),
    ):
        try:
            with _connected(url, options) as connection:
                for check in checks:
                    yield from check(connection)
        except SQLAlchemyError:
            yield problem("database", "it cannot be reached: check DATABASE_URL, and that it runs")


def _check_server(connection: Connection) -> Iterator[Finding]:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST_SERVER:
        yield problem(f"PostgreSQL {version}", f"use {OLDEST_SERVER} or newer")
    else:
        yield ok(f"PostgreSQL {version}")


def _check_schema(connection: Connection) -> Iterator[Finding]:
    known = connection.scalar(text("SELECT to_regclass('public.alembic_version')"))
    asked = text("SELECT version_num FROM public.alembic_version")
    version = connection.scalar(asked) if known else None
    if version == head():
        yield ok(f"schema is at the newest version, {version}")
    elif version is None or knows(version):
        yield problem(f"schema is at version {version}", "run `vitaliq migrate`")
    else:
        yield problem(f"schema is of a newer VitalIQ ({version})", "update VitalIQ")


def _check_protection(connection: Connection) -> Iterator[Finding]:
    role = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    open_tables: list[str] = []
    if connection.scalar(role, {"role": APP_ROLE}):
        open_tables = list(connection.scalars(text(UNPROTECTED)))
    if open_tables:
        yield problem(
            f"row-level security is not forced on {', '.join(open_tables)}",
            "run ALTER TABLE ... ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY on each",
        )
    else:
        yield ok("row-level security is forced on every table")


def _check_idlers(connection: Connection) -> Iterator[Finding]:
    """Transactions that would hold up an upgrade; those of other users are hidden from most."""
    oldest: dt.timedelta | None = connection.scalar(text(OLDEST_TRANSACTION))
    if oldest is not None and oldest > LONG_TRANSACTION:
        yield warning(
            f"a transaction has been open for {oldest.total_seconds() / 60:.0f} minutes",
            "end it (see pg_stat_activity): it can hold up an upgrade and the clean-up of tables",
        )
    else:
        yield ok("no transaction has been open for long")


def _check_durability(connection: Connection) -> Iterator[Finding]:
    for name in DURABILITY:
        if connection.scalar(text(f"SHOW {name}")) == "off":
            yield problem(f"{name} is off", "a loss of power can lose or damage data: turn it on")
        else:
            yield ok(f"{name} is on")
    if connection.scalar(text("SHOW data_checksums")) == "off":
        yield warning(
            "data checksums are off",
            "a failing disk goes unnoticed: stop the server and run pg_checksums --enable",
        )
    else:
        yield ok("data checksums are on")


def _check_clock(connection: Connection) -> Iterator[Finding]:
    theirs: dt.datetime | None = connection.scalar(text("SELECT clock_timestamp()"))
    skew = abs(dt.datetime.now(dt.UTC) - theirs) if theirs else dt.timedelta()
    what, advice = f"clocks differ by {skew.total_seconds():.1f} s", "keep both in step (NTP)"
    if skew > GREAT_SKEW:
        yield problem(what, advice)
    elif skew > SKEW:
        yield warning(what, advice)
    else:
        yield ok("clocks of the database and this machine agree")


def _connected(url: str, options: str) -> Connection:
    engine = create_engine(
        make_url(url).set(drivername=DRIVER),
        connect_args={"connect_timeout": 10, "options": options},
        hide_parameters=True,
        poolclass=NullPool,
    )
    return engine.connect()
