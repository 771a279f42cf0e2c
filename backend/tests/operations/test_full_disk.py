"""A disk that is truly full: callers are told, no promise is broken, service resumes (T30)."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from crash.full_disk import DISK_FULL, WAYS
from crash.small_disk import run_on
from tests.folders import reachable_folder


@pytest.fixture(scope="module")
def told() -> Mapping[str, Any]:
    """What was heard and kept while an embedded server's disk was full, in each way."""
    with reachable_folder() as folder:
        done = run_on(folder, [sys.executable, "-m", "crash.full_disk", str(folder)])
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert [heard["way"] for heard in result["heard"]] == list(WAYS)
    return result


def test_t30_whoever_writes_hears_503_and_nothing_worse(told: Mapping[str, Any]) -> None:
    for heard in told["heard"]:
        assert set(heard["statuses"]) == {"201", "503"}, heard
        assert heard["malformed"] == [], heard


def test_t30_a_table_that_cannot_grow_is_told_as_a_full_disk(told: Mapping[str, Any]) -> None:
    heard = told["heard"][WAYS.index("table")]
    assert set(heard["titles"]) == {DISK_FULL}
    assert heard["reads_while_full"] == {"200": 1}


def test_t30_what_was_acknowledged_is_there_once_as_it_was_sent(told: Mapping[str, Any]) -> None:
    verdict = told["verdict"]
    assert verdict["acknowledged"] > 0
    broken = ("lost", "doubled", "unequal", "invented", "wrong_status")
    assert {name: verdict[name] for name in broken} == dict.fromkeys(broken, 0)


def test_t30_service_resumes_once_there_is_room(told: Mapping[str, Any]) -> None:
    """Also after the supervisor of the server had given up; else the run would have timed out."""
    assert all(heard["seconds_to_resume"] > 0 for heard in told["heard"])
