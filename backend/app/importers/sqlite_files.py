"""SQLite databases that strangers made: read within limits, and nothing in them is trusted."""

import contextlib
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from app.importers.protocol import UnreadableFileError
from app.importers.zip_files import copy

MAGIC = b"SQLite format 3\0"
LARGEST_VALUE = 1024 * 1024
# Rows may be counted far beyond what a file can hold by pages that lead to one another.
_SMALLEST_ROW = 4
_STEPS_BETWEEN_ROWS = 20_000_000
_STEPS = 100_000
_DAMAGED = "The database is damaged: export it again."
# SQLite's own messages may quote bytes of the file that are no text.
_FAULTS = (sqlite3.Error, UnicodeError, MemoryError)
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LARGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_SETTINGS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA query_only = ON",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA cache_size = -4000",
    "PRAGMA temp_store = FILE",
)


class Database:
    """Tables to be read by name; views and virtual tables, which are programs, are none."""

    def __init__(self, connection: sqlite3.Connection, size: int) -> None:
        self._connection = connection
        self._size = size
        self._steps = 0
        connection.set_progress_handler(self._count_steps, _STEPS)

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a plain table, none where there is no such."""
        found = self.rows(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
        )
        sql = next(iter(found), ("",))[0]
        if not isinstance(sql, str) or not sql.upper().lstrip().startswith("CREATE TABLE"):
            return frozenset()
        return frozenset(
            row[0] for row in self.rows("SELECT name FROM pragma_table_info(?)", (table,))
        )

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Raises UnreadableFileError for what cannot be read, or does not end."""
        left = self._size // _SMALLEST_ROW
        self._steps = 0
        try:
            for row in self._connection.execute(sql, parameters):
                self._steps = 0
                left -= 1
                if left < 0:
                    raise UnreadableFileError(_DAMAGED)
                yield row
        except _FAULTS:
            raise UnreadableFileError(_DAMAGED) from None

    def _count_steps(self) -> int:
        """Other than 0 ends the statement."""
        self._steps += _STEPS
        return int(self._steps > _STEPS_BETWEEN_ROWS)


@contextlib.contextmanager
def open_database(content: IO[bytes]) -> Iterator[Database]:
    """The database in a copy of its own, gone afterwards: SQLite opens files by their path."""
    with tempfile.TemporaryDirectory(prefix="vitaliq-import-") as folder:
        path = Path(folder) / "export.db"
        with path.open("wb") as target:
            copy(content, target)
            size = target.seek(0, io.SEEK_END)
        with contextlib.closing(_connected(path)) as connection:
            yield Database(connection, size)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        for limit, most in _LIMITS.items():
            connection.setlimit(limit, most)
        for setting in _SETTINGS:
            connection.execute(setting).close()
    except _FAULTS:
        connection.close()
        raise UnreadableFileError(_DAMAGED) from None
    return connection
