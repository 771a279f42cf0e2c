"""`python -m benchmarks.page`: main-thread time of the page's charts at their first draw.

A browser draws the charts of `frontend/bench` (the page's own, with invented days), in a fresh page
each time; what counts is what its main thread worked, not the clock. It needs Node and chromium.
"""

import functools
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click
from playwright.sync_api import Browser, CDPSession, ViewportSize, sync_playwright

from benchmarks.page.chromium import found

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
YEAR = 365
CHARTS = 12
DESKTOP: ViewportSize = {"width": 1280, "height": 860}


class Case(NamedTuple):
    """So many charts of so many days, and what they may take."""

    name: str
    charts: int
    days: int
    goal_ms: float | None


CASES = (
    Case("nothing", 0, YEAR, None),
    Case("one of a year", 1, YEAR, None),
    Case("12 of a year", CHARTS, YEAR, 150),
    Case("12 of ten years", CHARTS, 10 * YEAR, 300),
)


@click.command()
@click.option("--rounds", default=7, show_default=True, help="Medians are of so many.")
def main(*, rounds: int) -> None:
    """Draws each case in turn, over and over."""
    with built() as folder, served(folder) as address, chromium() as browser:
        spent = {case: [drawn(browser, address, case) for _ in range(rounds)] for case in CASES}
    click.echo(told(spent))


@contextmanager
def built() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603
            [
                FRONTEND / "node_modules" / ".bin" / "vite",
                "build",
                "--config",
                "bench/vite.config.ts",
                "--logLevel",
                "warn",
            ],
            cwd=FRONTEND,
            env=os.environ | {"BENCH_FOLDER": folder},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield Path(folder)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A page that is closed does not read on."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=folder)
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=["--disable-gpu"])
        yield browser
        browser.close()


def drawn(browser: Browser, address: str, case: Case) -> float:
    """Milliseconds that the main thread worked from the wish to the painted charts."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(address, wait_until="networkidle")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("([charts, days]) => window.invent(charts, days)", [case.charts, case.days])
    before = _worked(session)
    canvases = page.evaluate("() => window.draw()")
    spent = _worked(session) - before
    page.close()
    if canvases != case.charts:
        raise RuntimeError(f"{canvases} charts were drawn, not {case.charts}")
    return spent * 1_000


def _worked(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(it["value"] for it in metrics if it["name"] == "TaskDuration"))


def told(spent: dict[Case, list[float]]) -> str:
    lines = [f"{'main thread, first draw':<28}{'median ms':>10}{'least':>8}{'goal':>8}"]
    for case, times in spent.items():
        goal = "" if case.goal_ms is None else f"<= {case.goal_ms:.0f}"
        lines.append(f"{case.name:<28}{median(times):>10.0f}{min(times):>8.0f}{goal:>8}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
