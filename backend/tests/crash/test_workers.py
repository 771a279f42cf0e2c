"""Workers under kills: each job's effect once, and nothing stuck (T29)."""

import os
import sys

import pytest

from crash import workers

KILLS = int(os.environ.get("CRASH_KILLS", "6"))
MOST_PLANTED_KILLS = 5
SEEDS = range(29, 33)
"""A kill has to fall into the gap; some of so many runs will do."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills by Linux's process table")


def test_t29_what_killed_workers_had_begun_is_done_once() -> None:
    effects = workers.run(people=20, kills=KILLS, seed=29)
    assert effects.kills > 0
    assert effects.are_once, effects


def test_t29_a_planted_fault_is_found() -> None:
    found = (
        workers.run(people=4, kills=MOST_PLANTED_KILLS, seed=seed, plant="finish-apart")
        for seed in SEEDS
    )
    twice = next((effects for effects in found if effects.exports > effects.people), None)
    assert twice is not None
    assert not twice.are_once
