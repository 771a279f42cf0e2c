"""An import of many days, killed again and again, then left to finish: an exact count (T27)."""

import random
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
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
    """One file, and the process that brings it in."""

    def __init__(self, data_dir: Path, days: int) -> None:
        self.data_dir = data_dir
        self.days = days
        self.expected = days * len(COLUMNS)
        self.postgres = Postgres(data_dir)

    def make_account(self) -> None:
        words = ["user", "add", "--email", EMAIL, "--password", secrets.token_hex(16)]
        self._run([str(PROGRAMS / "vitaliq"), *words]).communicate()

    def finish(self) -> float:
        """How many seconds storing takes when nobody interferes."""
        process = self._start()
        started = time.monotonic()
        process.communicate()
        if process.returncode != 0:
            raise RuntimeError("the import failed")
        return time.monotonic() - started

    def cut(self, kind: str, after: float) -> BulkRound:
        """Kill the importing process or PostgreSQL so many seconds after storing began."""
        process = self._start()
        time.sleep(after)
        seen = {self.count()}
        earlier = self.postgres.postmaster
        kill([process.pid] if kind == "api" else self.postgres.family())
        process.communicate()
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

    def _start(self) -> subprocess.Popen[bytes]:
        process = self._run([sys.executable, "-m", "crash.importer", EMAIL, str(self.days)])
        if process.stdout is None or process.stdout.readline() != b"storing\n":
            raise RuntimeError("the import did not begin")
        return process

    def _run(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  (our own program)
            command,
            cwd=self.data_dir.parent,
            env=environment(self.data_dir),
            stdout=subprocess.PIPE,
        )


def run(
    kinds: Sequence[str], told: Callable[[BulkRound], None], *, seed: int, days: int, longest: float
) -> None:
    """Kill an import once for each kind, at up to so many seconds; then let it finish."""
    chance = random.Random(seed)
    with server_folder() as data_dir, EmbeddedPostgres(data_dir):
        bringing = Import(data_dir, days)
        bringing.make_account()
        for kind in kinds:
            told(bringing.cut(kind, chance.uniform(0, longest)))
        bringing.finish()
        told(bringing.look("none", set()))
