"""The command `vitaliq` in a process of its own, with an empty home."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from app.config import Settings
from tests.folders import PATIENCE

VITALIQ = Path(sys.executable).parent / "vitaliq"


def environment(home: Path, **settings: str) -> dict[str, str]:
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return (
        kept
        | {"HOME": str(home), "DATA_DIR": str(home / "data"), "SERVE_WITH_WORKER": "false"}
        | settings
    )


def run(
    home: Path, *words: str, before: Callable[[], None] | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VITALIQ, *words],
        cwd=home,
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=before,
    )
