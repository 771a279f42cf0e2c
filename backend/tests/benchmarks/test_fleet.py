"""The benchmarks of fleets run, in their short form, and say what is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fleet import nights, planning
from benchmarks.fleet.nights import Measured, Night
from tests.folders import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
NOT_ALLOWED = 3


def test_planning_tells_what_was_planned() -> None:
    planned, detected = planning.run(people=1_990, tested=10)
    assert re.search(r"1990 people: 4 jobs \(4 in the queue", planned)
    assert detected.startswith("detection  10 people")


async def test_nights_are_done_in_each_way_and_told_apart() -> None:
    measured = await nights.measure(people=4, models=2, nights=2)
    assert [night.spent.keys() for night in measured.nights] == [
        dict.fromkeys(nights.WAYS).keys()
    ] * 2
    told = list(nights.lines(measured))
    assert len(told) == 1 + 2 + 6
    assert told[1].startswith("2026-03-04")


async def test_nights_are_done_in_one_way_alone() -> None:
    together = nights.WAYS[:1]
    measured = await nights.measure(people=2, models=1, nights=1, history=60, ways=together)
    assert [tuple(night.spent) for night in measured.nights] == [together]
    assert measured.held > 1
    assert len(list(nights.lines(measured))) == 1 + 1 + 6


def test_a_ratio_is_of_both_processes() -> None:
    together, alone, unsettled = nights.WAYS
    spent = {together: (1.0, 1.0), alone: (4.0, 2.0), unsettled: (10.0, 10.0)}
    night = Night(night=nights.FIRST, spent=spent, told=0.5)
    assert night.ratio(alone) == 3
    assert night.ratio(unsettled) == 10
    measured = Measured([night, night], night, (1_990.0, 10.0), 100.0)
    told = list(nights.lines(measured))
    assert any("1000 times the mean" in line for line in told)
    assert "500 people a second of CPU" in told
    row = next(line for line in told if line.startswith("2026"))
    assert "  50%" in row
    assert row.rstrip(" *").endswith("3.0  10.0")


def test_two_hosts_of_which_one_is_lost_do_everything_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fleet.hosts", "--people", "12"],
        cwd=ROOT,
        env={"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", "PYTHONPATH": "backend"},
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE,
        check=False,
    )
    if done.returncode == NOT_ALLOWED:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 done, 12 with a finding, 0 findings twice" in done.stdout
    assert "equal to the last bit" in done.stdout
