"""Health Auto Export: keys in any order, sums over their time, two shapes of nights."""

import datetime as dt

from app.importers.health_auto_export import FORMAT
from tests.importers.at_hand import logged, problems, read, readings
from tests.importers.writers import health_auto_export as writer


def test_a_metric_may_name_itself_after_its_records() -> None:
    beats = readings(read(FORMAT, writer.example()), "heart_rate")
    assert len(beats) == 30
    assert {(r.unit, r.source) for r in beats} == {("/min", "Watch")}
    assert beats[0].start.isoformat() == "2024-02-06T08:00:00-08:00"


def test_sums_are_over_their_day_or_hour() -> None:
    items = read(FORMAT, writer.example())
    lengths = {r.kind: r.end - r.start for r in readings(items, "steps", "distance") if r.end}
    assert lengths == {"steps": dt.timedelta(days=1), "distance": dt.timedelta(hours=1)}


def test_percentages_come_as_fractions_too() -> None:
    values = [(r.value, r.unit) for r in readings(read(FORMAT, writer.example()), "spo2")]
    assert values == [(0.97, "1"), (96, "%")]


def test_nights_come_whole_or_in_stages() -> None:
    items = read(FORMAT, writer.example())
    night = logged(items)[0]
    assert night.tracker == "sleep"
    assert night.fields == {"deep_sleep_minutes": (1.1, "h"), "rem_sleep_minutes": (1.7, "h")}
    assert night.end is not None
    assert night.end - night.start == dt.timedelta(hours=7, minutes=59)
    (stage,) = readings(items, "sleep_deep")
    assert stage.end is not None
    assert stage.end - stage.start == dt.timedelta(minutes=40)


def test_a_workout_keeps_its_units_and_not_its_route() -> None:
    workout = logged(read(FORMAT, writer.example()))[1]
    assert workout.words == {"exercise_name": "Outdoor Run", "exercise_type": "cardio"}
    assert workout.fields == {
        "duration_minutes": (42, "min"),
        "calories_burned": (1716.3, "kJ"),
        "distance_km": (4.4, "[mi_i]"),
        "heart_rate_avg": (141, "/min"),
        "heart_rate_max": (163, "/min"),
    }
    assert workout.origin == "A1"


def test_what_is_not_kept_is_told_of_once() -> None:
    items = read(FORMAT, writer.example())
    assert [p.where for p in problems(items)] == ["metric 8"]
    (weight,) = readings(items, "weight")
    assert (weight.value, weight.unit) == (178.4, "[lb_av]")
