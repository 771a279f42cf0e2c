"""The processes that serve: what `vitaliq serve` does, in a process that has it imported already.

A round restarts the API; importing it anew each time would be most of the round.
"""

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvicorn

from app import cli
from app.config import Settings
from app.postgres import HOST

BACKEND = Path(__file__).resolve().parent.parent
DAY_IN_MINUTES = "1440"


def start_served(data_dir: Path, port: int, log: Path, plant: str | None) -> BaseProcess:
    """A process forked from one that has imported the program, and nothing else."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__])
    process = forks.Process(target=_serve, args=(data_dir, port, log, plant))
    process.start()
    return process


def environment(data_dir: Path) -> dict[str, str]:
    """The settings as shipped, but for what a long run of one person needs."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {
        "HOME": str(data_dir.parent),
        "PYTHONPATH": str(BACKEND),
        "DATA_DIR": str(data_dir),
        "ACCESS_TOKEN_MINUTES": DAY_IN_MINUTES,
        "MOCK_DATA_ENABLED": "true",
        "LOG_LEVEL": "WARNING",
        "SERVE_WITH_WORKER": "false",
    }


def _serve(data_dir: Path, port: int, log: Path, plant: str | None) -> None:
    wanted = environment(data_dir)
    os.environ.clear()
    os.environ.update(wanted)
    os.chdir(data_dir.parent)
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    if plant is None:
        cli.main(["serve", "--host", HOST, "--port", str(port)])
    factory = f"crash.planted:{str(plant).replace('-', '_')}"
    uvicorn.run(factory, factory=True, host=HOST, port=port, access_log=False, log_level="warning")
