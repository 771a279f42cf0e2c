"""Any table: found out where the file says enough, asked where it does not."""

import pytest

from app.importers.generic_csv import FORMAT
from app.importers.protocol import UnreadableFileError
from tests.importers.at_hand import problems, questions, read, readings
from tests.importers.writers import generic_csv as writer


def test_a_spreadsheet_of_another_country_is_read_and_its_encoding_asked_about() -> None:
    items = read(FORMAT, writer.example())
    assert problems(items) == []
    assert set(questions(items)) == {"encoding"}
    weights = readings(items, "weight")
    assert len(weights) == len(readings(items, "heart_rate")) == 40
    assert all(80 <= (r.value or 0) <= 84 and r.unit == "kg" for r in weights)
    assert weights[0].start.isoformat() == "2024-01-01T07:15:00+01:00"
    assert weights[-1].start.date().isoformat() == "2024-02-09"


@pytest.mark.parametrize(
    ("header", "cell", "value", "unit"),
    [
        ("Weight (lb)", "176.4", 176.4, "[lb_av]"),
        ("weight_kg", "80,5", 80.5, "kg"),
        ("Blood glucose [mmol/L]", "5.4", 5.4, "mmol/L"),
        ("Glucose mg/dL", "98", 98, "mg/dL"),
        ("Temperature °F", "98.6", 98.6, "[degF]"),
        ("Steps", "12'345", 12345, "{count}"),
        ("Distance (km)", "1.234,5", 1234.5, "km"),
        ("HbA1c (mmol/mol)", "42", 42, "mmol/mol"),
    ],
)
def test_units_stand_in_the_header(header: str, cell: str, value: float, unit: str) -> None:
    items = read(FORMAT, f"Date;{header}\n2024-01-31;{cell}\n".encode())
    assert [(r.value, r.unit) for r in readings(items)] == [(value, unit)]
    assert problems(items) == []


def test_a_unit_that_nothing_names_is_asked_about_and_can_be_told() -> None:
    content = b"date,weight,steps\n2024-01-31,176,9000\n"
    assert questions(read(FORMAT, content)) == {"units.weight": "kg"}
    told = readings(read(FORMAT, content, units={"weight": "lb"}), "weight")
    assert [(r.value, r.unit) for r in told] == [(176, "[lb_av]")]


def test_a_column_that_is_not_known_is_asked_about_and_can_be_mapped() -> None:
    content = b"date,Kilos\n2024-01-31,80\n2024-02-01,81\n"
    with pytest.raises(UnreadableFileError, match="which one"):
        read(FORMAT, content)
    mapping = {"Kilos": "weight"}
    assert len(readings(read(FORMAT, content, mapping=mapping), "weight")) == 2
    two = content.replace(b"Kilos", b"Kilos,Pulse").replace(b"80", b"80,60")
    assert questions(read(FORMAT, two)) == {"mapping.Kilos": "-"}
    with pytest.raises(UnreadableFileError, match="not known"):
        read(FORMAT, two, mapping={"Kilos": "__class__"})


def test_a_long_table_names_kind_unit_and_source_in_its_rows() -> None:
    content = (
        b"start,end,type,value,unit,source,id\n"
        b"2024-01-31T07:00:00Z,,weight,80.5,kg,Scale,a1\n"
        b"2024-01-31T07:00:00+02:00,,Blood Glucose,Low,mg/dL,Meter,a2\n"
        b"2024-01-31T07:00:00Z,,mood,3,,Diary,a3\n"
        b"2024-01-31T07:00:00Z,,weight,80.5,furlongs,Scale,a4\n"
        b"2024-01-31T00:00:00Z,2024-01-31T01:00:00Z,sleep_rem,60,min,Watch,a5\n"
    )
    items = read(FORMAT, content)
    found = [(r.kind, r.value, r.unit, r.source, r.origin, r.censor) for r in readings(items)]
    assert found == [
        ("weight", 80.5, "kg", "Scale", "a1", None),
        ("glucose", 40, "mg/dL", "Meter", "a2", "<"),
        ("sleep_rem", 60, "min", "Watch", "a5", None),
    ]
    assert [p.where for p in problems(items)] == ["line 4, column 4", "line 5, column 4"]
    assert readings(items)[1].start.isoformat() == "2024-01-31T07:00:00+02:00"


def test_percentages_that_never_pass_one_are_fractions_and_asked_about() -> None:
    content = b"date,SpO2 (%),weight kg\n2024-01-31,0.97,80\n2024-02-01,0.98,80\n"
    items = read(FORMAT, content)
    assert [(r.value, r.unit) for r in readings(items, "spo2")] == [(0.97, "1"), (0.98, "1")]
    assert questions(items) == {"units.SpO2 (%)": "1"}
    whole = read(FORMAT, content.replace(b"0.98", b"98"))
    assert {r.unit for r in readings(whole, "spo2")} == {"%"}


def test_a_comma_that_may_be_either_is_asked_about() -> None:
    content = b"date;steps\n2024-01-31;1,234\n2024-02-01;2,345\n"
    items = read(FORMAT, content)
    assert questions(items) == {"decimal_comma": "false"}
    assert [r.value for r in readings(items)] == [1234, 2345]
    told = read(FORMAT, content, decimal_comma=True)
    assert [r.value for r in readings(told)] == [1.234, 2.345]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_marks_and_wide_characters_are_known(encoding: str) -> None:
    items = read(FORMAT, "date,Körpergewicht (kg)\n2024-01-31,80.5\n".encode(encoding))
    assert [r.value for r in readings(items, "weight")] == [80.5]


def test_an_empty_cell_is_not_known_and_not_zero() -> None:
    items = read(FORMAT, b"date,weight kg,steps\n2024-01-31,,0\n2024-02-01,n/a,-\n")
    assert [(r.kind, r.value) for r in readings(items)] == [("steps", 0)]
    assert problems(items) == []
