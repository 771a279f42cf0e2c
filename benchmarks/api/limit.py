"""The limit: pgbench, which sends prepared statements and drops the rows."""

import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.postgres import find_binaries

_DONE = re.compile(r"number of transactions actually processed: (\d+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    transactions: int
    seconds: float
    processor: float


def repeat(url: str, script: str, *, connections: int, seconds: int = 0) -> Repeated:
    """The script over and over for so long, or once a connection, which shows what connecting
    costs; each statement prepared once a connection. Raises where one failed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script, encoding="utf-8")
        program = str(find_binaries() / "bin" / "pgbench")
        length = ("-T", str(seconds)) if seconds else ("-t", "1")
        sizes = ("-c", str(connections), *length)
        started, before = time.perf_counter(), os.times()
        ended = subprocess.run(  # noqa: S603
            [program, "-n", "-M", "prepared", *sizes, "-f", str(file)],
            env=os.environ | connection_of(url),
            capture_output=True,
            text=True,
            check=False,
        )
        after, took = os.times(), time.perf_counter() - started
    done, failed = _DONE.search(ended.stdout), _FAILED.search(ended.stdout)
    if ended.returncode or done is None or (failed and int(failed[1])):
        raise RuntimeError(f"pgbench did not repeat the script: {ended.stderr}")
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return Repeated(transactions=int(done[1]), seconds=took, processor=used)


def connection_of(url: str) -> dict[str, str]:
    """The variables by which libpq's programs connect."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
    given = psycopg.conninfo.conninfo_to_dict(url)
    options = f"{given.get('options', '')} -c plan_cache_mode=force_generic_plan"
    told = {variable: str(given[name]) for name, variable in names.items()}
    return told | {"PGPASSWORD": str(given["password"]), "PGOPTIONS": options}
