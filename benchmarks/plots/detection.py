"""Figures from the file that `python -m benchmarks.detection --json FILE` writes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plots.canvas import CHANCE, INK, MARK, drawn

PRODUCT, MEAN = "VitalIQ", "mean"
Figures = Mapping[str, Any]


def figures(file: Path, background: str = "raw") -> Figures:
    """The product's part. Raises KeyError for a file without it."""
    told: Figures = json.loads(file.read_text(encoding="utf-8"))[background][PRODUCT]
    return told


def draw_budget(told: Figures, path: Path) -> None:
    """Alarm days a month, asked and got, where nothing was injected."""
    rows = sorted(told["budgets"], key=lambda row: row["asked"])
    asked = [row["asked"] for row in rows]
    with drawn(path, width=5.5, height=4.5) as axes:
        ends = [min(asked) / 1.5, max(asked) * 1.5]
        axes.plot(ends, ends, color=CHANCE, lw=1, ls="--", label="as asked")
        axes.plot(asked, [row["mean"] for row in rows], color=MARK, marker="o", label="mean person")
        axes.plot(
            asked,
            [row["p90"] for row in rows],
            color=INK,
            marker="^",
            lw=1,
            label="90th percentile of people",
        )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("alarm days a month, asked")
        axes.set_ylabel("got")
        axes.legend()


def draw_kinds(told: Figures, path: Path) -> None:
    """Episodes found by kind, beside what the same alarms find where nothing was injected."""
    kinds = told["figures"][MEAN]["kinds"]
    places = np.arange(len(kinds))
    with drawn(path, width=7) as axes:
        found = [100 * row["found"] for row in kinds.values()]
        chance = [100 * row["chance"] for row in kinds.values()]
        axes.bar(places - 0.2, found, 0.4, color=MARK, label="found")
        axes.bar(places + 0.2, chance, 0.4, color=CHANCE, label="by chance")
        axes.set_xticks(places, [kind.replace("_", " ") for kind in kinds])
        axes.set_ylim(0, 100)
        axes.set_ylabel("episodes with an alarm, %")
        axes.legend()
