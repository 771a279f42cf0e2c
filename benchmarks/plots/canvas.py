"""How all figures look, and how they are written: the same bytes for the same figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, BAND, MARK, CHANCE = "#1f2937", "#a7c7e7", "#c2410c", "#9ca3af"
SEVERITIES = {"low": "#eab308", "medium": "#ea580c", "high": "#b91c1c"}

# Text stays text, so that the page's reader can search it and the file does not hold a font.
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "vitaliq",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "text.color": INK,
    "legend.frameon": False,
}


@contextmanager
def drawn(path: Path, *, width: float = 8, height: float = 4) -> Iterator[Axes]:
    """Axes to draw on; written to `path` as SVG afterwards."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.add_subplot()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
