"""Dexcom Clarity's CSV: metadata rows, Low and High, and a transmitter that counts seconds."""

import datetime as dt

from app.importers.dexcom_clarity import FORMAT
from tests.importers.at_hand import problems, questions, read, readings, utc
from tests.importers.writers import dexcom_clarity as writer
from tests.importers.writers.tables import local

AUTUMN = local("2024-10-27 02:00")


def test_rows_about_the_patient_are_neither_read_nor_counted_as_problems() -> None:
    items = read(FORMAT, writer.example())
    assert problems(items) == []
    assert questions(items) == {}
    assert [r.kind for r in readings(items)] == ["glucose"] * 61 + ["insulin", "carbs"]
    first = readings(items)[0]
    assert first.start == utc("2024-05-01 22:03:21")
    assert (first.source, first.origin) == ("Dexcom Android G6", "8ABCDE/7000000")


def test_low_and_high_are_never_numbers() -> None:
    moment = local("2024-05-02")
    content = writer.write(
        [writer.event(moment, "Low", 1), writer.event(moment, "High", 2)], unit="mmol/L"
    )
    items = readings(read(FORMAT, content))
    assert [(r.value, r.unit, r.censor) for r in items] == [
        (2.2, "mmol/L", "<"),
        (22.2, "mmol/L", ">"),
    ]


def test_a_translated_header_is_known_by_its_pattern() -> None:
    rows = [writer.event(local("2024-05-02"), "Niedrig", 1)]
    items = readings(read(FORMAT, writer.write(rows, header=writer.GERMAN, delimiter=";")))
    assert [(r.value, r.censor) for r in items] == [(40, "<")]


def test_the_transmitter_tells_the_hours_apart_in_any_order() -> None:
    """The same wall time twice, the later one first: only the transmitter knows."""
    before = writer.event(AUTUMN - dt.timedelta(minutes=5), 100, 1_000)
    later = writer.event(AUTUMN, 102, 1_000 + 300 + 3_600)
    first = writer.event(AUTUMN, 101, 1_000 + 300)
    starts = [r.start for r in readings(read(FORMAT, writer.write([before, later, first])))]
    assert [start - starts[0] for start in starts] == [
        dt.timedelta(0),
        dt.timedelta(minutes=65),
        dt.timedelta(minutes=5),
    ]


def test_without_a_transmitter_the_order_tells_them_apart_both_ways() -> None:
    local = [AUTUMN + dt.timedelta(minutes=n) for n in (-10, 0, 30, 0, 30, 60)]
    rows = [writer.event(moment, 100) for moment in local]
    expected = [dt.timedelta(minutes=n) for n in (0, 10, 40, 70, 100, 130)]
    starts = [r.start for r in readings(read(FORMAT, writer.write(rows)))]
    assert [start - starts[0] for start in starts] == expected
    backwards = [r.start for r in readings(read(FORMAT, writer.write(rows[::-1])))]
    assert backwards == starts[::-1]
