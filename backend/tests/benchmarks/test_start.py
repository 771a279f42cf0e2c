"""The benchmark of starting runs, and what loads late loads late."""

import subprocess
import sys

from benchmarks.api.servers import environment
from benchmarks.start.__main__ import FLOOR, PRODUCT, imported, started, told
from crash.server import server_folder

LATE = {"pandas", "scipy", "sklearn", "openai", "procrastinate", "distributed"}


def test_a_start_is_measured() -> None:
    with server_folder() as data_dir:
        start = started(data_dir)
    assert start.processor > 0
    assert start.megabytes > 10
    assert "MB" in told([start], [{PRODUCT: 2.0, FLOOR: 1.0}])


def test_importing_is_measured() -> None:
    assert imported("pass") < imported("import fastapi")


def test_heavy_libraries_load_when_first_used() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"{PRODUCT}; import sys; print(*sys.modules)"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ended.stdout.split())
    assert "fastapi" in loaded
    assert not loaded & LATE
