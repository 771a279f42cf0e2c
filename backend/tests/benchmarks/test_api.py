"""The API's benchmark runs, and its numbers are made from what they claim."""

import os
import time

import pytest

from benchmarks.api import load, tables
from benchmarks.api.detection import detected
from benchmarks.api.load import Load, as_text
from benchmarks.api.processor import seconds_of
from benchmarks.api.rounds import BARE, LIMIT, Cost, Figure, Round, calm, measure_all
from benchmarks.api.scene import PATHS, scene
from benchmarks.api.statements import repeatable


def test_processor_time_is_that_of_the_process() -> None:
    before, used = seconds_of(os.getpid()), time.process_time()
    while time.process_time() - used < 0.3:
        pass
    assert seconds_of(os.getpid()) - before == pytest.approx(time.process_time() - used, abs=0.1)


def test_only_the_new_identifier_is_made_anew() -> None:
    one, other = ("0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a7" + digit for digit in "12")
    template = "with me as ('{one}') insert into t values (cast({new} as uuid), '{one}')"
    recorded = template.format(one=one, new=f"'{other}'")
    assert repeatable(recorded) == template.format(one=one, new="uuidv7()")
    assert repeatable(template.partition(" insert")[0]) == template.partition(" insert")[0]


def test_shares_are_of_processor_time() -> None:
    figures = [
        Figure("list", who, Cost(program, 100, 1, 1, 2, 0.1))
        for who, program in (("VitalIQ", 300), ("peer", 2_700), (LIMIT, 60), (BARE, 20))
    ]
    ours = figures[0]
    assert tables.share(figures, ours, LIMIT) == pytest.approx(160 / 400)
    assert tables.share(figures, ours, BARE) == pytest.approx(120 / 400)
    assert tables.peers(figures).split()[-1] == "7.0"


def test_a_short_run_measures_everything_there_is() -> None:
    with scene() as everything:
        figures = measure_all(everything, Round(seconds=1, connections=2), rounds=1)
        logins = calm(everything, rounds=1, seconds=1)
        asked = detected(everything, people=1, times=2)
        unsigned = everything.product.request("GET", "/api/sleep").replace(b"Bearer", b"Basic")
        refused = load.run(
            Load(
                port=everything.product.port,
                request=as_text(unsigned),
                connections=1,
                seconds=0.2,
            )
        )
    assert refused.wrong == refused.answers > 0
    for operation in PATHS:
        measured = {f.who: f for f in figures if f.operation == operation}
        assert {"VitalIQ", LIMIT} <= set(measured)
        assert all(f.cost.a_second > 0 for f in measured.values())
        assert measured["VitalIQ"].cost.program > 0
    assert logins.p99_during > 0
    assert sum(one.requests for one in asked.values()) == 2
    assert all(0 < one.p50 <= one.slowest for one in asked.values())
    assert tables.operations(figures).count("\n") == len(figures)
