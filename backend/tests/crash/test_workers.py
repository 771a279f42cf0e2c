"""Workers under kills: each job's effect once, and nothing stuck (T29)."""

import os
import sys

import pytest

from crash import workers

KILLS = int(os.environ.get("CRASH_KILLS", "6"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills by Linux's process table")


def test_t29_what_killed_workers_had_begun_is_done_once() -> None:
    effects = workers.run(people=20, kills=KILLS, seed=29)
    assert effects.kills > 0
    assert effects.are_once, effects


def test_t29_a_planted_fault_is_found() -> None:
    effects = workers.run(people=2, kills=1, seed=29, plant="finish-apart")
    assert effects.exports > effects.people
    assert not effects.are_once
