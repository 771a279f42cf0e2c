"""The product's figures on invented people, short enough for CI, and the file that holds them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import stdev

from benchmarks.detection.cases import Background, Crowd
from benchmarks.detection.product import VitalIQ
from benchmarks.detection.rating import rate_all
from benchmarks.detection.summary import figures

RECORDED = Path(__file__).with_name("recorded.json")
CROWD = Crowd(people=6, days=120)
SEEDS = (0, 1)
SPREAD_SEEDS = tuple(range(6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Average precision, F1 at two false alarms a month, episodes found at one, and, which is
    only told, what the same alarms find by chance."""

    ap: float
    f1: float
    found: float
    chance: float


def measured(seeds: Sequence[int]) -> Quality:
    """On untouched days of both generators' people."""
    result = figures(rate_all(VitalIQ, CROWD.cases(seeds, Background.RAW)))["mean"]
    at_one = result.found[1.0]
    return Quality(ap=result.ap, f1=result.f1, found=at_one.found, chance=at_one.chance)


def recorded(path: Path = RECORDED) -> tuple[Quality, dict[str, float]]:
    """The figures on `SEEDS`, and by name the standard deviation from seed to seed."""
    content = json.loads(path.read_text())
    return Quality(**content["figures"]), content["spread"]


def record(path: Path = RECORDED) -> None:
    """Measures and writes the file; the spread is that of each seed's own figures."""
    alone = [measured([seed]) for seed in SPREAD_SEEDS]
    together = measured(SEEDS)
    content = {
        "figures": {name: round(value, 4) for name, value in _by_name(together).items()},
        "spread": {
            name: round(stdev(_by_name(quality)[name] for quality in alone), 4)
            for name in _by_name(together)
        },
    }
    path.write_text(json.dumps(content, indent=2) + "\n")


def _by_name(quality: Quality) -> dict[str, float]:
    return {name: getattr(quality, name) for name in Quality.__slots__}
