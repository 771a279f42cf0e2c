"""Kills under load: what was acknowledged stays, once and as it was sent (T22, T23)."""

import itertools
import os
import sys

import pytest

from crash import entries
from crash.entries import KINDS, Round
from crash.ledger import Verdict, Write, weigh

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "20"))
MOST_PLANTED_ROUNDS = 30

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills by Linux's process table")


def found(one: Round) -> bool:
    return one.verdict.lost > 0


def test_t22_t23_nothing_acknowledged_is_lost_or_doubled_by_kills() -> None:
    rounds: list[Round] = []

    def noted(one: Round) -> bool:
        rounds.append(one)
        return False

    kinds = list(itertools.islice(itertools.cycle(KINDS), ROUNDS))
    verdict = entries.run(kinds, noted, seed=22, plant=None)
    assert len(rounds) == ROUNDS
    assert sum(one.verdict.late for one in rounds) == 0
    assert verdict.acknowledged > ROUNDS
    assert verdict.retried > ROUNDS
    assert verdict.broken == 0, verdict


@pytest.mark.parametrize("plant", ["commit-after-answer", "async-commit"])
def test_t22_a_planted_fault_is_found(plant: str) -> None:
    kinds = ["postgres"] * MOST_PLANTED_ROUNDS
    verdict = entries.run(kinds, found, seed=22, plant=plant)
    assert verdict.lost > 0


SENT = {"notes": "entry-1", "date": "2025-01-11", "weight_kg": 70.5}
STORED = SENT | {"id": "a", "user_id": "u"}


def judged(statuses: list[int | None], rows: list[dict[str, object]], ids: set[str]) -> Verdict:
    verdict = Verdict()
    weigh(Write("/api/body", SENT, statuses=statuses, ids=ids), rows, verdict)
    return verdict


def test_the_ledger_sees_what_it_is_there_for() -> None:
    good = judged([None, 503, 201], [STORED], {"a"})
    assert (good.acknowledged, good.retried, good.broken) == (1, 1, 0)
    assert judged([None], [], set()).broken == 0
    assert judged([None], [STORED], set()).broken == 0
    assert judged([201], [], {"a"}).lost == 1
    assert judged([None], [STORED, STORED | {"id": "b"}], set()).doubled == 1
    assert judged([201, 201], [STORED], {"a", "b"}).doubled == 1
    assert judged([None], [STORED | {"weight_kg": None}], set()).unequal == 1
    assert judged([201], [STORED | {"id": "b"}], {"a"}).unequal == 1
    assert judged([500], [], set()).wrong_status == 1
