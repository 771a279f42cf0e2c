"""The figures of docs/detection.md are there, the same at each drawing, and not out of date."""

import datetime as dt
import json
from pathlib import Path

import pytest

from benchmarks.plots import detection, person
from benchmarks.plots.__main__ import FOLDER

MEASURED = {
    "raw": {
        "VitalIQ": {
            "budgets": [
                {"asked": 2.0, "mean": 1.9, "p90": 3.1, "packs": {}},
                {"asked": 0.5, "mean": 0.4, "p90": 1.2, "packs": {}},
            ],
            "figures": {
                "mean": {
                    "kinds": {
                        "spike": {"found": 0.8, "chance": 0.1, "false_alarms": 2.0},
                        "broken_combination": {"found": 0.4, "chance": 0.1, "false_alarms": 2.0},
                    }
                }
            },
        }
    }
}


@pytest.fixture(scope="module")
def told() -> person.Story:
    return person.story()


def test_the_persons_figure_shows_what_detection_says_today(told: person.Story) -> None:
    """Detection has changed since the figure was drawn where this fails: `make plots`."""
    assert json.loads((FOLDER / "person.json").read_text()) == person.behind(told)
    assert (FOLDER / "person.svg").exists()


def test_a_figure_is_the_same_at_each_drawing(told: person.Story, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        person.draw(tmp_path / name, told)
    first, second = ((tmp_path / name).read_text() for name in ("one.svg", "two.svg"))
    assert first == second
    assert told.metric.label in first
    assert "made strange" in first


def test_measured_figures_are_drawn(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    file.write_text(json.dumps(MEASURED))
    measured = detection.figures(file)
    detection.draw_budget(measured, tmp_path / "budget.svg")
    detection.draw_kinds(measured, tmp_path / "kinds.svg")
    assert "90th percentile of people" in (tmp_path / "budget.svg").read_text()
    kinds = (tmp_path / "kinds.svg").read_text()
    assert "broken combination" in kinds
    assert "by chance" in kinds


def test_days_close_together_are_one_episode() -> None:
    days = [dt.date(2026, 3, day) for day in (9, 1, 3, 6)]
    told = [(start.day, end.day) for start, end in person.episodes(days)]
    assert told == [(1, 3), (6, 6), (9, 9)]
