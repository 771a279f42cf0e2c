"""The benchmark of the page's charts runs, and its time is that of drawing."""

import os
import shutil

import pytest

from benchmarks.page.__main__ import Case, built, chromium, drawn, served, told
from tests.browser.chromium import needed


def test_charts_are_drawn_and_told() -> None:
    needed()
    if not shutil.which("npm"):
        if os.environ.get("NODE_REQUIRED"):
            pytest.fail("NODE_REQUIRED is set and there is no npm")
        pytest.skip("no npm on this machine; NODE_REQUIRED makes this a failure")
    none, some = Case("none", 0, 30, None), Case("some", 2, 30, 5.0)
    with built() as folder, served(folder) as address, chromium() as browser:
        spent = {case: [drawn(browser, address, case)] for case in (none, some)}
    assert spent[some][0] > 0
    assert "<= 5" in told(spent)
