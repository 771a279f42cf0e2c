"""PostgreSQL restarts while the API serves: callers hear 503 and when to try again (T28)."""

import math
import sys

import pytest

from crash import restarts
from crash.restarts import Restart

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills by Linux's process table")


def test_t28_a_restart_is_answered_503_and_soon_over() -> None:
    heard: list[Restart] = []
    verdict = restarts.run(restarts.WAYS, heard.append, seed=28)
    assert len(heard) == len(restarts.WAYS)
    for restart in heard:
        assert restart.is_clean, restart
        # How soon depends on what else the machine does: `python -m crash restart` tells.
        assert math.isfinite(restart.first_success_after), restart
    assert verdict.broken == 0, verdict
