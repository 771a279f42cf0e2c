"""`make bench-imports`: an export of Apple Health from the file to committed readings, in shares of
expat's own speed on the same file, and what the process holds at most."""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.days.fleet import people, server
from benchmarks.imports.worker import Spent
from tests.importers.apple_export import write_years

USUAL_SHARE, MOST_USUAL = 10, 40_000
"""The usual way is so slow that it gets a tenth of the records, and no more than so many."""
_SAMPLE = 2_000

Taken = Mapping[str, list[Spent]]


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.imports", description=__doc__)
    options.add_argument("--records", type=int, default=400_000)
    options.add_argument("--gigabytes", type=float, help="a file of this size instead")
    options.add_argument("--file", type=Path, help="an export.xml that is there instead")
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    records = records_in(asked.gigabytes) if asked.gigabytes else asked.records
    with (
        server() as (urls, superuser),
        tempfile.TemporaryDirectory(prefix="vitaliq-bench-") as folder,
    ):
        large, small = asked.file or Path(folder) / "large.xml", Path(folder) / "small.xml"
        write(small, min(records // USUAL_SHARE, MOST_USUAL))
        if asked.file is None:
            write(large, records)
        taken: dict[str, list[Spent]] = {}
        for number in range(asked.rounds):
            ways = [("expat", large), ("vitaliq", large), ("usual", small)]
            for way, file in ways[number % 3 :] + ways[: number % 3]:
                owner = people(superuser, 1, 1)[0]
                for step, spent in measured(way, urls.app, str(owner), file).items():
                    taken.setdefault(step, []).append(spent)
        print_table(taken, large.stat().st_size, small.stat().st_size)


def write(file: Path, records: int) -> None:
    with file.open("wb") as written:
        write_years(written, records)


def records_in(gigabytes: float) -> int:
    """How many records make a file of that size."""
    sample = io.BytesIO()
    write_years(sample, _SAMPLE)
    return int(gigabytes * 1e9 / sample.tell() * _SAMPLE)


def measured(way: str, url: str, owner: str, file: Path) -> dict[str, Spent]:
    command = [sys.executable, "-m", "benchmarks.imports.worker", way, url, owner, str(file)]
    told = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603  (ours)
    return {step: Spent(*spent) for step, spent in json.loads(told.stdout).items()}


def print_table(taken: Taken, large: int, small: int) -> None:
    """Shares are of the clock, and of processor time (this process and PostgreSQL together)."""
    sizes = {"usual": small}
    print(f"{large / 1e6:.0f} MB; medians of {len(taken['expat'])} rounds")
    print(f"{'':34} {'MB/s':>6} {'of expat':>9} {'CPU MB/s':>9} {'of expat':>9} {'peak MB':>8}")
    names = {
        "expat": "expat alone, nothing done",
        "preview": "VitalIQ, preview",
        "commit": "VitalIQ, end to end to the commit",
        "usual": "ElementTree and ORM rows",
    }
    speeds = {step: speed(taken[step], sizes.get(step, large)) for step in names}
    for step, name in names.items():
        wall, cpu = speeds[step]
        peak = max(spent.peak_mb for spent in taken[step])
        shares = wall / speeds["expat"][0], cpu / speeds["expat"][1]
        print(f"{name:34} {wall:6.1f} {shares[0]:9.2f} {cpu:9.1f} {shares[1]:9.2f} {peak:8.0f}")


def speed(taken: list[Spent], size: int) -> tuple[float, float]:
    """Megabytes a second of the clock, and a second of processor."""
    wall = statistics.median(spent.wall for spent in taken)
    cpu = statistics.median(spent.here + spent.there for spent in taken)
    return size / 1e6 / wall, size / 1e6 / cpu


if __name__ == "__main__":
    main()
