"""A restore: into a new database that takes the old one's place once it is checked."""

import contextlib
import secrets
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
from psycopg import Connection, sql
from pydantic import ValidationError
from sqlalchemy import make_url

from app.backup import (
    DUMP,
    MANIFEST,
    PIECE,
    BackupError,
    Manifest,
    TableContents,
    connected,
    contents,
    program,
)
from app.config import Settings
from app.migrations import knows, prepare_roles, upgrade
from app.startup import running_server

MAINTENANCE = "postgres"
GOODBYE_SECONDS = 5
ONE_AT_A_TIME = 5_120_374_866_913_207_441  # arbitrary; the same for every VitalIQ
# What pg_restore sets since 17, and servers before 17 do not know.
HARMLESS = '"transaction_timeout"'
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL"
FORCED = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND relforcerowsecurity ORDER BY 1, 2
"""
RIGHTS = """
    SELECT CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END, privilege_type
    FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
    WHERE datname = %s AND grantee <> datdba
"""
BUSY = (
    "Others are connected to the database: stop `vitaliq serve` and every other `vitaliq`, then "
    "try again."
)


def restore(settings: Settings, file: Path, *, replace: bool) -> Manifest:
    """Put a backup in the place of the database, checked and brought to the newest schema.

    Whatever fails, the database stays as it is. Accounts that were deleted from it since the
    backup are not brought back.
    """
    with _opened(file) as (archive, manifest), running_server(settings) as urls:
        place = Place(urls.owner)
        with connected(place.url_of(MAINTENANCE), autocommit=True) as maintenance:
            _prepare(maintenance, place, replace=replace)
            prepare_roles(urls.owner)
            _create(maintenance, place)
            try:
                _fill(place.url_of(place.new), archive, manifest)
                _carry_deletions(urls.owner, place.url_of(place.new))
                _swap(maintenance, place)
            except BaseException:
                _drop(maintenance, place.new)
                raise
            # An account may have been deleted between the last look and the swap.
            _carry_deletions(place.url_of(place.old), urls.owner)
            _drop(maintenance, place.old)
    return manifest


class Place:
    """The names of the database: now, while it is made anew, and once it is replaced."""

    def __init__(self, owner_url: str) -> None:
        self._url = make_url(owner_url)
        self.name = self._url.database or ""
        self.prefix = f"{self.name[:30]}_restore_"
        token = secrets.token_hex(4)
        self.new = f"{self.prefix}{token}_new"
        self.old = f"{self.prefix}{token}_old"

    def url_of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The file, if this program can restore it."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.testzip() is not None:
                raise BackupError(f"{file} is damaged: restore another backup.")
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            if not knows(manifest.schema_version):
                raise BackupError(
                    f"{file} was made by a newer VitalIQ ({manifest.vitaliq}): update first."
                )
            yield archive, manifest
    except (zipfile.BadZipFile, KeyError, ValidationError) as error:
        raise BackupError(f"{file} is not a whole backup of VitalIQ.") from error
    except OSError as error:
        raise BackupError(f"{file} cannot be read ({error.strerror}).") from error


def _prepare(maintenance: Connection, place: Place, *, replace: bool) -> None:
    """Raise unless the database may be replaced now; remove what a killed restore left."""
    locked = maintenance.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME]).fetchone()
    if locked != (True,):
        raise BackupError("Another restore is running: let it finish.")
    if not replace and _has_accounts(place.url_of(place.name)):
        raise BackupError(
            "The database has accounts in it. To put the backup in its place use --replace; all "
            "that was stored since the backup is then gone."
        )
    _wait_for_others(maintenance, place.name)
    left = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    for (name,) in maintenance.execute(left, [place.prefix]).fetchall():
        _drop(maintenance, str(name))


def _wait_for_others(maintenance: Connection, name: str) -> None:
    """Raise BackupError while somebody stays connected: a backend outlives its client's goodbye by
    a moment, and PostgreSQL's own RENAME DATABASE waits for it as long."""
    deadline = time.monotonic() + GOODBYE_SECONDS
    while maintenance.execute(OTHERS, [name]).fetchone() != (0,):
        if time.monotonic() > deadline:
            raise BackupError(BUSY)
        time.sleep(0.1)


def _has_accounts(url: str) -> bool:
    with connected(url) as connection:
        if connection.execute("SELECT to_regclass('public.users')").fetchone() == (None,):
            return False
        return connection.execute("SELECT FROM public.users LIMIT 1").fetchone() is not None


def _create(maintenance: Connection, place: Place) -> None:
    """An empty database with the rights of the old one."""
    new = sql.Identifier(place.new)
    try:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(new))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            "The owner of the database may make no other: as a superuser run ALTER ROLE ... "
            "CREATEDB for the user of DATABASE_OWNER_URL (or DATABASE_URL)."
        ) from error
    maintenance.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(new))
    for grantee, right in maintenance.execute(RIGHTS, [place.name]).fetchall():
        role = sql.SQL("PUBLIC") if grantee is None else sql.Identifier(str(grantee))
        given = sql.SQL("GRANT {} ON DATABASE {} TO {}")
        maintenance.execute(given.format(sql.SQL(str(right)), new, role))


def _fill(url: str, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Restore, compare with the manifest, and bring the schema up to date."""
    with archive.open(DUMP) as dump:
        _run_restore(url, dump)
    with connected(url) as connection:
        _unforce(connection)
        restored = contents(connection)
        connection.rollback()
    if restored != manifest.tables:
        raise BackupError(
            f"What was restored is not what was backed up ({_difference(restored, manifest)}): "
            "the database stays as it was."
        )
    upgrade(url)


def _run_restore(url: str, dump: IO[bytes]) -> None:
    """pg_restore; what it says may hold values and is not passed on."""
    command, environment = program("pg_restore", url, "--format=custom", "--no-owner")
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # noqa: S603 - a program of the wheel
            command, env=environment, stdin=subprocess.PIPE, stdout=said, stderr=said
        ) as process:
            if process.stdin is not None:
                with contextlib.suppress(BrokenPipeError), process.stdin as target:
                    shutil.copyfileobj(dump, target, PIECE)
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()
    errors = [line for line in lines if line.startswith("pg_restore: error:")]
    if any(HARMLESS not in line for line in errors) or (process.returncode != 0 and not errors):
        raise BackupError("The backup cannot be restored here: the database stays as it was.")


def _unforce(connection: Connection) -> None:
    """Let the owner see all rows, until the transaction is rolled back."""
    for schema, table in connection.execute(FORCED).fetchall():
        name = sql.Identifier(str(schema), str(table))
        connection.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(name))


def _difference(restored: dict[str, TableContents], manifest: Manifest) -> str:
    tables = sorted(restored.keys() | manifest.tables.keys())
    return ", ".join(t for t in tables if restored.get(t) != manifest.tables.get(t))


def _carry_deletions(source_url: str, target_url: str) -> None:
    """Delete in the target who was deleted from the source, and remember it there."""
    with connected(source_url) as source:
        known = source.execute("SELECT to_regclass('public.deleted_accounts')").fetchone()
        if known == (None,):  # the source is of a version that did not remember
            return
        gone = source.execute("SELECT id, deleted_at FROM public.deleted_accounts").fetchall()
    with connected(target_url) as target, target.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO public.deleted_accounts (id, deleted_at) VALUES (%s, %s)"
            " ON CONFLICT (id) DO NOTHING",
            gone,
        )
        cursor.execute("SELECT app.apply_tombstones()")


def _swap(maintenance: Connection, place: Place) -> None:
    """Both names change in one transaction."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    name = sql.Identifier(place.name)
    try:
        with maintenance.transaction():
            maintenance.execute(rename.format(name, sql.Identifier(place.old)))
            maintenance.execute(rename.format(sql.Identifier(place.new), name))
    except psycopg.errors.ObjectInUse as error:
        raise BackupError(BUSY) from error


def _drop(maintenance: Connection, name: str) -> None:
    statement = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
    maintenance.execute(sql.SQL(statement).format(sql.Identifier(name)))
