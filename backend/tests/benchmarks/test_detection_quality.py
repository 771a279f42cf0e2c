"""The short form of the detection benchmark: the product is not worse than it was.

After a change that is meant to move these figures: `python -m benchmarks.detection --record`.
"""

from functools import cache

import pytest

from benchmarks.detection.record import SEEDS, Quality, measured, recorded


@cache
def now() -> Quality:
    return measured(SEEDS)


@pytest.mark.parametrize("figure", ["ap", "f1", "found"])
def test_detection_is_no_worse_than_recorded(figure: str) -> None:
    before, spread = recorded()
    assert getattr(now(), figure) >= getattr(before, figure) - spread[figure]


def test_what_is_found_is_not_found_by_chance() -> None:
    assert now().found > now().chance + recorded()[1]["found"]
