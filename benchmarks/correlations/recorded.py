"""Real days in which nothing can go with anything: each metric of another person.

The days keep their real memory, weekdays, gaps and rounding; what is lost is that they were lived
by one body. Seasons and epidemics that people share stay: what is told from them is true, but
counts as false here.
"""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from app.ml.types import FloatArray
from benchmarks.correlations.methods import Pairs
from benchmarks.detection.people import read_packs

FEWEST_KNOWN = 60
METRICS = 8


def mixed(folder: Path, people: int, seed: int) -> Iterator[tuple[FloatArray, Pairs]]:
    """Columns of as many different people, side by side from their first known day on."""
    rng = np.random.default_rng(seed)
    packs = read_packs(folder).values()
    owners = [_columns(person.values.values) for pack in packs for person in pack]
    owners = [columns for columns in owners if columns]
    for _ in range(people):
        chosen = rng.choice(len(owners), size=min(METRICS, len(owners)), replace=False)
        columns = [owners[n][rng.integers(len(owners[n]))] for n in chosen]
        days = min(len(column) for column in columns)
        values = np.stack([column[:days] for column in columns], axis=1)
        yield values, tuple(combinations(range(len(columns)), 2))


def _columns(values: FloatArray) -> list[FloatArray]:
    """The well-known metrics, each from its first known day on."""
    known = np.isfinite(values)
    return [
        values[np.argmax(known[:, n]) :, n]
        for n in range(values.shape[1])
        if known[:, n].sum() >= FEWEST_KNOWN
    ]
