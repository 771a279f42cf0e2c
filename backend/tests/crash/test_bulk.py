"""Large writes and parallel runs under kills: all or nothing, each once (T25, T27)."""

import sys

import pytest

from crash import bulk, detections, imports
from crash.bulk import BulkRound

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills by Linux's process table")


def test_t27_a_bulk_post_is_stored_whole_or_not_at_all() -> None:
    rounds: list[BulkRound] = []
    bulk.run(["api", "postgres"], rounds.append, seed=27)
    assert len(rounds) == 2
    assert all(one.is_whole for one in rounds), rounds


def test_t27_an_import_that_is_killed_ends_with_an_exact_count() -> None:
    rounds: list[BulkRound] = []
    imports.run(["api", "postgres"], rounds.append, seed=27, days=2_000, longest=2.0)
    assert all(one.seen <= {0, one.expected} for one in rounds), rounds
    assert rounds[-1].is_whole


def test_t25_parallel_detection_stores_each_finding_once() -> None:
    found = detections.run()
    assert found.runs == 20
    assert found.agree, found
