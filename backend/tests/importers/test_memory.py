"""Large hostile files: a reader holds little of them, and leaves no file (T37)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.importers.hostile import LARGE, MEGABYTE

BACKEND = Path(__file__).parents[2]
MOST_GROWN = 32 * MEGABYTE


@pytest.mark.parametrize("write", LARGE.values(), ids=LARGE)
def test_t37_a_large_file_takes_little_memory(write: Callable[[], bytes], tmp_path: Path) -> None:
    file, temporary = tmp_path / "hostile", tmp_path / "temporary"
    file.write_bytes(write())
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.importers.memory_run", str(file)],
        cwd=BACKEND,
        env=os.environ | {"TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    file.unlink()
    assert done.returncode == 0, done.stderr
    grown = json.loads(done.stdout)
    assert {key: size for key, size in grown.items() if size > MOST_GROWN} == {}
    assert list(temporary.iterdir()) == []
