"""The browser that tests need."""

import os

import pytest

from benchmarks.page.chromium import found


def needed() -> str:
    """Where there is none the test is skipped; where BROWSER_REQUIRED is set, as in CI, that is a
    failure."""
    path = found()
    if path is None and os.environ.get("BROWSER_REQUIRED"):
        pytest.fail("BROWSER_REQUIRED is set and there is no chromium")
    if path is None:
        pytest.skip("no chromium on this machine; BROWSER_REQUIRED makes this a failure")
    return path
