"""`python -m benchmarks.start`: `vitaliq serve` over a warm data folder, beside a bare FastAPI."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click

from benchmarks.api.processor import seconds_of
from benchmarks.api.servers import environment, product
from crash.server import free_port, server_folder

FLOOR = "import fastapi, uvicorn, sqlalchemy.ext.asyncio, psycopg"
"""What any such server imports, for comparison."""
PRODUCT = "import app.cli, app.main"
_TIMED = "import time; {what}; print(time.process_time())"


class Start(NamedTuple):
    """Seconds until the first answer, of the wall and of the server's processor; megabytes that it
    then holds."""

    seconds: float
    processor: float
    megabytes: float


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Medians are of so many.")
def main(*, rounds: int) -> None:
    """Starts the server over and over on a data folder that is there, and reads the clock."""
    with server_folder() as data_dir:
        started(data_dir)  # makes the database
        starts = [started(data_dir) for _ in range(rounds)]
    imports = [{what: imported(what) for what in (PRODUCT, FLOOR)} for _ in range(rounds)]
    click.echo(told(starts, imports))


def started(data_dir: Path) -> Start:
    """One start, to the first answer of /readyz, which asks the database too."""
    began = time.perf_counter()
    with product(data_dir, free_port()) as pid:
        took = time.perf_counter() - began
        return Start(seconds=took, processor=seconds_of(pid), megabytes=_resident(pid))


def imported(what: str) -> float:
    """Seconds of processor that a fresh Python takes for it."""
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _TIMED.format(what=what)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(ended.stdout)


def told(starts: Sequence[Start], imports: Sequence[Mapping[str, float]]) -> str:
    seconds, processor, megabytes = map(median, zip(*starts, strict=True))
    ours, floor = (median(row[what] for row in imports) for what in (PRODUCT, FLOOR))
    return (
        f"first answer after {seconds:.1f} s ({processor:.1f} s of processor)\n"
        f"idle server holds {megabytes:.0f} MB\n"
        f"imports take {ours:.2f} s of processor, {ours / floor:.1f} times those of FastAPI, "
        f"uvicorn, SQLAlchemy and psycopg alone ({floor:.2f} s)"
    )


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_024
    raise ProcessLookupError(pid)


if __name__ == "__main__":
    main()
