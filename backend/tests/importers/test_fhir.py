"""FHIR: codes and units, one person, and every way of packing Observations."""

import json

import pytest

from app.importers.fhir import FORMAT
from tests.importers.at_hand import file_of, problems, read, readings
from tests.importers.writers import fhir as writer
from tests.importers.writers.fhir import observation


@pytest.mark.parametrize("pack", [writer.bundle, writer.lines])
def test_a_document_of_either_shape_says_the_same(pack: object) -> None:
    assert callable(pack)
    items = read(FORMAT, pack(writer.observations()))
    assert problems(items) == []
    assert [(r.kind, r.unit) for r in readings(items)] == [
        ("blood_pressure_systolic", "mm[Hg]"),
        ("blood_pressure_diastolic", "mm[Hg]"),
        ("heart_rate", "/min"),
        ("spo2", "1"),
        ("hba1c", "%"),
        ("glucose", "mmol/L"),
        ("weight", "[lb_av]"),
        ("body_temperature", "[degF]"),
        ("cholesterol_ldl", "mmol/L"),
    ]
    both = readings(items)[:2]
    assert both[0].group == both[1].group == "bp-1"
    assert readings(items, "hba1c")[0].start.isoformat() == "2024-03-12T00:00:00+01:00"


def test_a_single_observation_is_a_document() -> None:
    content = json.dumps(observation("8867-4", 61, "/min"), indent=2).encode()
    assert FORMAT.sniff(file_of(content))
    assert [r.value for r in readings(read(FORMAT, content))] == [61]


def test_observations_of_someone_else_are_refused() -> None:
    other = observation("8867-4", 99, "/min", subject={"reference": "Patient/p2"})
    items = read(FORMAT, writer.bundle([observation("8867-4", 61, "/min"), other]))
    assert [r.value for r in readings(items)] == [61]
    assert [p.where for p in problems(items)] == ["entry 1"]


def test_what_was_retracted_has_no_unit_or_no_kind_is_told_of() -> None:
    strange = {"value": 5, "unit": "furlong"}
    items = read(
        FORMAT,
        writer.lines(
            [
                observation("8867-4", 61, "/min", status="entered-in-error"),
                observation("8867-4", None, "", valueQuantity=strange),
                observation("8867-4", 61, "/min", effectiveDateTime="2024"),
                observation("99999-9", 1, "1"),
                observation("99999-9", 2, "1"),
                observation("8867-4", None, "", dataAbsentReason={"text": "unknown"}),
            ]
        ),
    )
    assert readings(items) == []
    assert [p.where for p in problems(items)] == [f"line {n}" for n in (1, 2, 3, 4, 6)]


def test_a_comparator_is_kept() -> None:
    quantity = {"value": 40, "comparator": "<", "unit": "mg/dL"}
    items = read(FORMAT, writer.bundle([observation("2339-0", None, "", valueQuantity=quantity)]))
    assert [(r.value, r.censor) for r in readings(items)] == [(40, "<")]


def test_a_line_that_is_no_json_is_a_problem_of_its_own() -> None:
    content = writer.lines([observation("8867-4", 61, "/min")]) + b"{broken\n[1e999]\n"
    items = read(FORMAT, content)
    assert len(readings(items)) == 1
    assert [p.where for p in problems(items)] == ["line 2", "line 3"]
