"""Fitbit: UTC by day, local by night, American dates, and weights that name no unit."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

from app.importers.fitbit import FORMAT
from tests.importers.at_hand import logged, problems, questions, read, readings, strips, utc
from tests.importers.writers import fitbit as writer
from tests.importers.writers.archives import packed


def test_heart_rate_comes_in_strips_of_utc() -> None:
    items = read(FORMAT, writer.example())
    assert problems(items) == []
    (strip,) = strips(items)
    assert (strip.kind, strip.unit, len(strip.cells)) == ("heart_rate", "/min", 180)
    assert dt.datetime.fromtimestamp(strip.cells[0], dt.UTC) == utc("2020-03-14 06:00:30")
    assert strip.cells[0] == strip.cells[1]


def test_minutes_without_steps_are_left_out_and_distance_is_centimetres() -> None:
    items = read(FORMAT, writer.example())
    assert len(readings(items, "steps")) == 40
    (distance,) = readings(items, "distance")
    assert (distance.value, distance.unit) == (2520, "cm")
    assert distance.end == utc("2020-03-14 07:01:00")


def test_a_day_without_a_resting_heart_rate_is_not_known() -> None:
    (resting,) = readings(read(FORMAT, writer.example()), "resting_heart_rate")
    assert resting.value == 58.3
    assert resting.start.isoformat() == "2020-03-14T00:00:00+01:00"


def test_the_unit_of_weights_is_asked_about_and_can_be_told() -> None:
    items = read(FORMAT, writer.example())
    assert questions(items) == {"units.weight": "[lb_av]"}
    told = read(FORMAT, writer.example(), units={"weight": "kg"})
    assert questions(told) == {}
    assert [(r.value, r.unit) for r in readings(told, "weight")] == [(176.4, "kg")]
    assert [r.value for r in readings(items, "body_fat")] == [18.5]


def test_a_night_is_local_and_its_short_wakes_are_not_counted_twice() -> None:
    night = [r for r in readings(read(FORMAT, writer.example())) if r.kind.startswith("sleep")]
    assert [r.kind for r in night] == [
        "sleep_in_bed",
        "sleep_light",
        "sleep_deep",
        "sleep_rem",
        "sleep_awake",
    ]
    assert {r.group for r in night} == {"22958000001"}
    assert night[0].start.isoformat() == "2020-03-13T23:10:00+01:00"
    assert night[-1].end == night[0].end


def test_daily_tables_are_known_by_their_columns() -> None:
    items = read(FORMAT, writer.example())
    daily = {r.kind: r.value for r in readings(items, "hrv_rmssd", "respiratory_rate", "spo2")}
    assert daily == {"hrv_rmssd": 41.5, "respiratory_rate": 15.2, "spo2": 96.1}


def test_a_workout_keeps_its_distance_in_its_unit() -> None:
    (workout,) = logged(read(FORMAT, writer.example()))
    assert workout.start == utc("2020-03-14 16:00:11")
    assert workout.fields == {
        "duration_minutes": (30, "min"),
        "calories_burned": (310, "kcal"),
        "heart_rate_avg": (144, "/min"),
        "distance_km": (5.1, "km"),
    }
    assert workout.words == {"exercise_name": "Run", "exercise_type": "cardio"}


def test_a_day_of_a_summary_is_the_person_s_though_it_says_utc() -> None:
    items = read(FORMAT, writer.example(), zone=ZoneInfo("America/New_York"))
    (spo2,) = readings(items, "spo2")
    assert spo2.start.isoformat() == "2020-03-14T00:00:00-04:00"


def test_newer_folders_are_read_where_they_are_the_only_ones() -> None:
    older, newer = writer.files(), writer.newer()
    alone = read(FORMAT, packed(newer))
    assert problems(alone) == []
    assert [(r.kind, r.value) for r in readings(alone)] == [
        ("resting_heart_rate", 58.3),
        ("steps", 40),
        ("steps", 12),
    ]
    (strip,) = strips(alone)
    assert list(strip.cells[::3]) == [utc("2020-03-14 06:00:30").timestamp()]
    name = "steps-2020-03-14.json"
    both = newer | {f"{writer.GLOBAL}/{name}": json.dumps(older[name]).encode()}
    assert len(readings(read(FORMAT, packed(both)), "steps")) == 40
