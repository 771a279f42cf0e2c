"""An import of many days, killed again and again, then left to finish: an exact count (T27)."""

import random
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.postgres import EmbeddedPostgres
from crash.bulk import BulkRound
from crash.importer import COLUMNS
from crash.served import environment
from crash.server import PROGRAMS, Postgres, eventually, kill, server_folder

KINDS = ("api", "postgres")
EMAIL = "someone@example.com"
DAYS = 200_000 // len(COLUMNS)
COUNT = """
    SELECT (SELECT count(*) FROM vital_signs) + (SELECT count(*) FROM body_metrics)
         + (SELECT count(*) FROM sleep_entries) + (SELECT count(*) FROM food_entries)
         + (SELECT count(*) FROM exercise_entries)
"""


class Import:
    """One file, and the process whose copies bring it in."""

    def __init__(self, data_dir: Path, days: int, importer: subprocess.Popen[str]) -> None:
        self.expected = days * len(COLUMNS)
        self.postgres = Postgres(data_dir)
        self._importer = importer
        self._hear("ready")

    def finish(self) -> None:
        """When nobody interferes."""
        self._start()
        self._hear("0")

    def cut(self, kind: str, after: float) -> BulkRound:
        """Kill the storing process or PostgreSQL so many seconds after it began."""
        copy = self._start()
        time.sleep(after)
        seen = {self.count()}
        earlier = self.postgres.postmaster
        kill([copy] if kind == "api" else self.postgres.family())
        self._told()
        if kind == "postgres":
            eventually(lambda: self.postgres.postmaster not in (0, earlier), "no postmaster")
        return self.look(kind, seen)

    def look(self, kind: str, seen: set[int]) -> BulkRound:
        stored = self.count()
        seen = seen | {stored}
        return BulkRound(kind=kind, seen=frozenset(seen), stored=stored, expected=self.expected)

    def count(self) -> int:
        eventually(self.postgres.is_accepting, "PostgreSQL does not accept connections")
        return int(self.postgres.query(COUNT)[0][0])

    def _start(self) -> int:
        """The process that stores."""
        if self._importer.stdin is not None:
            self._importer.stdin.write("again\n")
            self._importer.stdin.flush()
        return int(self._told())

    def _told(self) -> str:
        return self._importer.stdout.readline().strip() if self._importer.stdout else ""

    def _hear(self, expected: str) -> None:
        if self._told() != expected:
            raise RuntimeError("the import failed")


@contextmanager
def importing(data_dir: Path, days: int) -> Iterator[Import]:
    wanted = environment(data_dir)
    words = ["user", "add", "--email", EMAIL, "--password", secrets.token_hex(16)]
    subprocess.run(  # noqa: S603  (our own program)
        [PROGRAMS / "vitaliq", *words],
        cwd=data_dir.parent,
        env=wanted,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "crash.importer", EMAIL, str(days)],
        cwd=data_dir.parent,
        env=wanted,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as importer:
        yield Import(data_dir, days, importer)


def run(
    kinds: Sequence[str], told: Callable[[BulkRound], None], *, seed: int, days: int, longest: float
) -> None:
    """Kill an import once for each kind, at up to so many seconds; then let it finish."""
    chance = random.Random(seed)
    with (
        server_folder() as data_dir,
        EmbeddedPostgres(data_dir),
        importing(data_dir, days) as bringing,
    ):
        for kind in kinds:
            told(bringing.cut(kind, chance.uniform(0, longest)))
        bringing.finish()
        told(bringing.look("none", set()))
