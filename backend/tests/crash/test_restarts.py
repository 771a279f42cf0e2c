"""PostgreSQL restarts while the API serves: callers hear 503 and when to try again (T28)."""

import sys

import pytest

from crash import restarts
from crash.restarts import Restart

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills by Linux's process table")
# Half a second where nothing else runs; the machine that tests may be busy.
SECONDS_TO_RESUME = 5.0


def test_t28_a_restart_is_answered_503_and_soon_over() -> None:
    heard: list[Restart] = []
    verdict = restarts.run(restarts.WAYS, heard.append, seed=28)
    assert len(heard) == len(restarts.WAYS)
    for restart in heard:
        assert restart.is_clean, restart
        assert restart.first_success_after < SECONDS_TO_RESUME, restart
        assert restart.last_refusal_after < SECONDS_TO_RESUME, restart
    assert verdict.broken == 0, verdict
