"""Garmin's export and single FIT files."""

import datetime as dt

from app.importers import garmin, garmin_fit
from tests.importers.at_hand import file_of, logged, problems, read, readings, strips, utc
from tests.importers.writers import garmin as writer
from tests.importers.writers import garmin_fit as fit_writer
from tests.importers.writers.archives import packed


def test_days_are_local_and_what_was_not_measured_is_not_zero() -> None:
    items = read(garmin.FORMAT, writer.example())
    assert problems(items) == []
    assert {(r.kind, r.value, r.unit) for r in readings(items) if r.start.day == 2} >= {
        ("steps", 9123, "{count}"),
        ("distance", 7011, "m"),
        ("active_energy", 512, "kcal"),
        ("basal_energy", 1811, "kcal"),
        ("resting_heart_rate", 50, "/min"),
        ("resting_heart_rate", 51, "/min"),
        ("hrv_rmssd", 47, "ms"),
        ("respiratory_rate", 14, "/min"),
    }
    assert readings(items, "spo2") == []
    steps = readings(items, "steps")
    assert [r.start.isoformat() for r in steps] == [
        "2024-05-02T00:00:00+02:00",
        "2024-05-03T00:00:00+02:00",
    ]
    assert steps[0].end == steps[1].start


def test_a_night_has_its_sums() -> None:
    entries = {entry.tracker: entry for entry in logged(read(garmin.FORMAT, writer.example()))}
    night = entries["sleep"]
    assert night.start.isoformat() == "2024-05-01T23:10:00+02:00"
    assert night.fields == {"deep_sleep_minutes": (4800, "s"), "rem_sleep_minutes": (6600, "s")}


def test_a_workout_is_told_once_though_its_file_lies_in_an_archive_within() -> None:
    items = read(garmin.FORMAT, writer.example())
    (workout,) = [entry for entry in logged(items) if entry.tracker == "exercise"]
    assert workout.fields == {
        "duration_minutes": (30, "min"),
        "distance_km": (500_000, "cm"),
        "heart_rate_avg": (141, "/min"),
        "heart_rate_max": (171, "/min"),
    }
    assert workout.words == {"exercise_name": "Morning Run", "exercise_type": "cardio"}
    assert [len(strip.cells) for strip in strips(items)] == [360]


def test_a_fit_file_alone_has_its_workout() -> None:
    items = read(garmin_fit.FORMAT, fit_writer.example())
    assert problems(items) == []
    (workout,) = logged(items)
    assert workout.fields == {
        "duration_minutes": (2, "min"),
        "distance_km": (5023, "m"),
        "calories_burned": (320, "kcal"),
        "heart_rate_avg": (141, "/min"),
        "heart_rate_max": (171, "/min"),
    }
    assert workout.words["exercise_name"] == "Running"
    assert workout.source == "Garmin"
    assert workout.end == utc("2024-05-01 21:46:40") + dt.timedelta(minutes=2)
    assert [(r.kind, r.value, r.unit) for r in readings(items)] == [
        ("weight", 80.5, "kg"),
        ("blood_pressure_systolic", 121, "mm[Hg]"),
        ("blood_pressure_diastolic", 79, "mm[Hg]"),
    ]
    (strip,) = strips(items)
    assert strip.cells[0] == fit_writer.START
    assert strip.cells[3] == fit_writer.START + 1


def test_a_workout_s_original_comes_in_a_zip() -> None:
    content = packed({"111_ACTIVITY.fit": fit_writer.example(), "112.fit": b"no FIT file at all"})
    assert garmin_fit.FORMAT.sniff(file_of(content))
    assert not garmin.FORMAT.sniff(file_of(content))
    items = read(garmin_fit.FORMAT, content)
    assert [entry.words["exercise_name"] for entry in logged(items)] == ["Running"]
    assert [problem.where for problem in problems(items)] == ["112.fit"]
