"""The benchmarks of fleets run, in their short form, and say what is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fleet import planning
from tests.folders import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
NOT_ALLOWED = 3


def test_planning_tells_what_was_planned() -> None:
    planned, detected = planning.run(people=1_990, tested=10)
    assert re.search(r"1990 people: 4 jobs \(4 in the queue", planned)
    assert detected.startswith("detection  10 people")


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
