"""A backup: one file with a dump and a manifest of what the dump holds, from one snapshot.

The file is a zip: `database.dump` is for pg_restore, `manifest.json` counts and sums every table.
"""

import contextlib
import datetime as dt
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, LiteralString, NamedTuple

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import BaseModel
from sqlalchemy import make_url

from app.config import Settings
from app.main import VERSION
from app.migrations import UnusableDatabaseError
from app.postgres import SUPERUSER, DatabaseUrls, ServerFiles, find_binaries
from app.startup import running_server

DUMP = "database.dump"
MANIFEST = "manifest.json"
PIECE = 1 << 20
NEWEST_SERVER = 18
# Rows are compared as text, which these change; and a long dump must not be cut short.
SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "row_security": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
TABLES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1, 2
"""
# The md5 of each row, added up in two halves: the same in any order, however many rows there are.
SUM = """
    SELECT count(*), md5(concat_ws(':',
        sum(('x' || left(hash, 16))::bit(64)::bigint),
        sum(('x' || right(hash, 16))::bit(64)::bigint)
    )) FROM (SELECT md5(whole_row::text) AS hash FROM {} AS whole_row) AS hashes
"""


class BackupError(Exception):
    """The backup cannot be made or restored; the message says what to do."""


class TableContents(BaseModel):
    """What a table holds."""

    rows: int
    md5: str


class Manifest(BaseModel):
    """What a backup holds; a restore is checked against it."""

    vitaliq: str
    schema_version: str
    made_at: dt.datetime
    tables: dict[str, TableContents]


class Program(NamedTuple):
    """A program of PostgreSQL: the password stands in its environment, which only we can read."""

    command: Sequence[str]
    environment: Mapping[str, str]


def back_up(settings: Settings, file: Path) -> Manifest:
    """Write a backup that is there as a whole or not at all, while others go on writing."""
    with running_server(settings) as urls, connected(reader_url(settings, urls)) as connection:
        check_reader(connection)
        with _appearing(file) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
            manifest = _write(connection, reader_url(settings, urls), archive)
    return manifest


def _write(connection: Connection, url: str, archive: zipfile.ZipFile) -> Manifest:
    """The dump and, in the snapshot that it was taken in, the manifest."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
    version = _version(connection)
    arguments = ["--format=custom", f"--snapshot={snapshot}"]
    with archive.open(DUMP, "w", force_zip64=True) as target:
        _dump(program("pg_dump", url, *arguments), target)
    manifest = Manifest(
        vitaliq=VERSION,
        schema_version=version,
        made_at=dt.datetime.now(dt.UTC),
        tables=contents(connection),
    )
    archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def _dump(dump: Program, target: IO[bytes]) -> None:
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - a program of the wheel
            dump.command, env=dump.environment, stdout=subprocess.PIPE, stderr=errors
        )
        with process:
            if process.stdout is not None:
                try:
                    shutil.copyfileobj(process.stdout, target, PIECE)
                except BaseException:
                    process.kill()
                    raise
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise BackupError(f"No backup was made. pg_dump says: {said}")


def contents(connection: Connection) -> dict[str, TableContents]:
    """Rows and md5 of each table, as the connection's transaction sees it."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        name = sql.Identifier(str(schema), str(table))
        counted = connection.execute(sql.SQL(SUM).format(name)).fetchone()
        if counted is not None:
            found[f"{schema}.{table}"] = TableContents(rows=counted[0], md5=counted[1])
    return found


@contextlib.contextmanager
def connected(url: str, *, autocommit: bool = False) -> Iterator[Connection]:
    """A connection that sees all rows or fails, and renders them always alike."""
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    try:
        connection = psycopg.connect(
            _plain(url), autocommit=autocommit, connect_timeout=10, options=options
        )
    except psycopg.OperationalError as error:
        raise UnusableDatabaseError(
            "the database cannot be reached: check DATABASE_URL, and that the server runs"
        ) from error
    with connection:
        yield connection


def program(name: str, url: str, *arguments: str) -> Program:
    """A program of the wheel, to be run on a database."""
    place = conninfo_to_dict(_plain(url))
    password = place.pop("password", None)
    ours = {setting.upper() for setting in Settings.model_fields}
    environment = {n: value for n, value in os.environ.items() if n.upper() not in ours}
    environment["LC_ALL"] = "C"
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    where = f"--dbname={make_conninfo(**{name: str(part) for name, part in place.items()})}"
    binary = find_binaries() / "bin" / name
    return Program([str(binary), "--no-password", where, *arguments], environment)


def _plain(url: str) -> str:
    """The URL as libpq takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def reader_url(settings: Settings, urls: DatabaseUrls) -> str:
    """Who sees every row: in the embedded server its superuser, elsewhere who is configured."""
    if settings.backup_database_url is not None:
        return settings.backup_database_url.get_secret_value()
    if settings.database_url is not None:
        return urls.owner
    files = ServerFiles(settings.data_dir.resolve() / "postgres")
    password = json.loads(files.passwords.read_text(encoding="utf-8"))[SUPERUSER]
    superuser = make_url(urls.owner).set(username=SUPERUSER, password=password)
    return superuser.render_as_string(hide_password=False)


def check_reader(connection: Connection) -> None:
    if connection.info.server_version // 10_000 > NEWEST_SERVER:
        raise BackupError(
            f"This server is newer than the pg_dump that VitalIQ brings ({NEWEST_SERVER}): use "
            "the server's own pg_dump."
        )
    asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    if not _one(connection, asked):
        raise BackupError(
            "Row-level security hides rows from this user, so a backup would not be whole. As a "
            "superuser run CREATE ROLE vitaliq_backup LOGIN BYPASSRLS PASSWORD '...' and GRANT "
            "pg_read_all_data TO vitaliq_backup, then set BACKUP_DATABASE_URL to a connection of "
            "that role."
        )
    connection.rollback()


def _version(connection: Connection) -> str:
    if _one(connection, "SELECT to_regclass('public.alembic_version')") is None:
        raise BackupError("There is nothing to back up yet: `vitaliq migrate` makes the tables.")
    return str(_one(connection, "SELECT version_num FROM public.alembic_version"))


def _one(connection: Connection, statement: LiteralString) -> object:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


@contextlib.contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    """A file of mode 0600 that takes its name once it is whole and on the disk."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as unfinished:
                yield unfinished
                unfinished.flush()
                os.fsync(unfinished.fileno())
            Path(temporary).replace(file)
        finally:
            Path(temporary).unlink(missing_ok=True)
        if os.name == "posix":
            folder = os.open(file.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except OSError as error:
        raise BackupError(f"The backup cannot be written to {file} ({error.strerror}).") from error
