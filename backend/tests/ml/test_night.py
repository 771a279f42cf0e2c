"""Nights of days on which nothing is logged find nothing, and change nothing later."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from app.ml.memory import Memory
from app.ml.night import stands
from app.ml.priors import shipped
from app.ml.types import Accepted, DailyValues, Wishes
from app.utils.enums import Direction
from tests.ml.test_memory import DAYS, FEW, FIRST, judged, person

LAST = DAYS - 40
PAUSE = 12
LAST_DAY = FIRST + timedelta(LAST)


def with_pause() -> DailyValues:
    """The day `LAST` and those up to the end of the pause are empty."""
    values = person().values.copy()
    values[LAST : LAST + PAUSE] = np.nan
    return replace(person(), values=values)


def memory_of(values: DailyValues, last: int = LAST) -> Memory:
    memory = judged(values, last - 29, last, None).memory
    assert memory is not None
    return memory


@pytest.mark.parametrize(
    "other",
    [
        {"alarms_per_month": 4.0},
        {"thresholds": {"resting_hr": 2.0}},
        {"conditions": {"diabetes": LAST_DAY}},
        {"set_aside": frozenset({LAST_DAY})},
        {"accepted": (Accepted(LAST_DAY, "resting_hr", Direction.ABOVE),)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_with_other_wishes_a_memory_does_not_stand(other: dict[str, Any]) -> None:
    memory = memory_of(with_pause())
    assert not stands(memory, replace(Wishes(), **other), catalogue=FEW)


def test_with_wishes_about_days_to_come_it_stands() -> None:
    later = LAST_DAY + timedelta(1)
    wishes = Wishes(set_aside=frozenset({later}), conditions={"diabetes": later})
    assert stands(memory_of(with_pause()), wishes, catalogue=FEW)


def test_with_other_priors_a_memory_does_not_stand() -> None:
    other = replace(shipped(), version="another")
    memory = memory_of(with_pause())
    assert stands(memory, Wishes(), catalogue=FEW, priors=shipped())
    assert not stands(memory, Wishes(), catalogue=FEW, priors=other)


def test_nights_of_a_pause_find_nothing_and_are_not_missed_afterwards() -> None:
    values = with_pause()
    kept = nightly = memory_of(values)
    for last in range(LAST + 1, DAYS):
        found = judged(values, last - 29, last, nightly)
        assert found.memory is not None
        nightly = found.memory
        if last < LAST + PAUSE:
            assert found.findings == tuple(
                f for f in kept.findings if f.day >= values.days[last - 29]
            )
            continue
        after = judged(values, last - 29, last, kept)
        assert after.memory is not None
        assert after == found
        kept = after.memory
    assert any(f.day >= values.days[LAST + PAUSE] for f in nightly.findings)
