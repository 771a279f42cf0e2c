"""A memory as bytes: an equal one comes back, and what is none is no error."""

import numpy as np
import pytest

from app.ml.memory import Memory
from app.ml.memory_bytes import read, written
from app.ml.types import Accepted, Wishes
from app.utils.enums import Direction
from tests.ml.test_memory import DAYS, judged, person

WISHES = Wishes(
    alarms_per_month=4,
    set_aside=frozenset({person().days[DAYS - 30]}),
    accepted=(Accepted(person().days[DAYS - 20], "hrv", Direction.BELOW),),
)


def memory() -> Memory:
    found = judged(person(), DAYS - 60, DAYS - 1, None, WISHES).memory
    assert found is not None
    assert found.findings
    return found


def test_comes_back_equal() -> None:
    before = memory()
    after = read(b"".join(written(before)))
    assert after is not None
    assert written(after) == written(before)
    assert after.findings == before.findings
    assert (after.set_aside, after.accepted) == (before.set_aside, before.accepted)
    np.testing.assert_array_equal(after.scores, before.scores)
    assert judged(person(), DAYS - 59, DAYS - 1, after, WISHES) == judged(
        person(), DAYS - 59, DAYS - 1, None, WISHES
    )


def test_without_findings_or_learning_comes_back_too() -> None:
    short = judged(person(days=5), 0, 4, None).memory
    assert short is not None
    after = read(b"".join(written(short)))
    assert after is not None
    assert written(after) == written(short)


@pytest.mark.parametrize("cut", [0, 1, 40, 2000, -1, -400])
def test_that_is_cut_off_is_none(cut: int) -> None:
    assert read(b"".join(written(memory()))[:cut]) is None


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n", b"null\n", b"\xff\n", b"{\n"])
def test_that_is_something_else_is_none(content: bytes) -> None:
    assert read(content) is None


def test_is_small() -> None:
    """A year of four metrics in less than a page of rows."""
    assert len(b"".join(written(memory()))) < 30_000
