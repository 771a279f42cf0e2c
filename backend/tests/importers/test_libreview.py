"""LibreView's CSV: places instead of names, local times, words instead of numbers."""

import datetime as dt
import itertools
import random

from app.importers.libreview import FORMAT
from tests.importers.at_hand import problems, questions, read, readings, utc
from tests.importers.writers import libreview as writer
from tests.importers.writers.tables import local

START = local("2024-03-14")


def test_every_kind_of_record_is_read_once() -> None:
    items = read(FORMAT, writer.example())
    assert problems(items) == []
    kinds = [reading.kind for reading in readings(items)]
    assert kinds == ["glucose"] * 42 + ["ketones", "insulin", "insulin", "carbs"]
    insulin = [reading.value for reading in readings(items, "insulin")]
    assert insulin == [6, 14], "meal and correction are parts of the rapid-acting units"
    first = readings(items)[0]
    assert (first.unit, first.source, first.where) == ("mg/dL", "FreeStyle Libre 3", "line 3")
    assert first.start == utc("2024-03-14 05:00")


def test_hi_is_beyond_the_limit_and_no_number() -> None:
    beyond = [r for r in readings(read(FORMAT, writer.example()), "glucose") if r.censor]
    assert [(r.value, r.censor) for r in beyond] == [(400, ">")]


def test_a_german_file_with_decimal_commas_is_read_alike() -> None:
    rows = [writer.record(0, "14-03-2024 06:00", {4: 5.4}), writer.record(5, "14-03-2024", {9: 12})]
    content = writer.write(rows, unit="mmol/L", header=writer.GERMAN, delimiter=";")
    items = read(FORMAT, content)
    assert [(r.kind, r.value, r.unit) for r in readings(items)] == [
        ("glucose", 5.4, "mmol/L"),
        ("carbs", 12, "g"),
    ]
    assert questions(items) == {}


def test_the_order_of_day_and_month_is_found_over_the_whole_file() -> None:
    rows = [
        writer.record(0, "03-04-2024 06:00", {4: 100}),
        writer.record(0, "03-17-2024 06:00", {4: 100}),
    ]
    items = read(FORMAT, writer.write(rows))
    assert [r.start.date() for r in readings(items)] == [dt.date(2024, 3, 4), dt.date(2024, 3, 17)]
    assert questions(items) == {}


def test_an_order_that_no_date_tells_is_asked_about() -> None:
    rows = [writer.record(0, f"0{n}-04-2024 06:00", {4: 100}) for n in range(1, 6)]
    content = writer.write(rows)
    items = read(FORMAT, content)
    assert questions(items) == {"day_first": "true"}, "five days of April, not of five months"
    assert {r.start.month for r in readings(items)} == {4}
    told = readings(read(FORMAT, content, day_first=False))
    assert [r.start.month for r in told] == [1, 2, 3, 4, 5]


def test_the_hour_that_clocks_showed_twice_is_two_hours() -> None:
    start = local("2024-10-27 01:00")
    shown = [start + dt.timedelta(minutes=15 * n) for n in range(8)]
    shown += [moment for moment in shown if moment.hour == 2] + [local("2024-10-27 03:00")]
    rows = [writer.record(0, writer.stamp(moment), {4: 100}) for moment in shown]
    starts = [r.start for r in readings(read(FORMAT, writer.write(rows)))]
    steps = {later - earlier for earlier, later in itertools.pairwise(starts)}
    assert steps == {dt.timedelta(minutes=15)}


def test_a_type_that_is_not_known_is_told_of() -> None:
    rows = [writer.record(9, "14-03-2024 06:00", {4: 100}), writer.record(0, "?", {4: 100})]
    items = read(FORMAT, writer.write([*rows, *writer.records(random.Random(1), START, 2)]))
    assert [problem.where for problem in problems(items)] == ["line 3", "line 4"]
    assert len(readings(items, "glucose")) == 4
