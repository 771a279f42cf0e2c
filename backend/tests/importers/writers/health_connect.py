"""Health Connect's database, with the tables and columns of the Android module."""

import contextlib
import random
import sqlite3
from collections.abc import Mapping, Sequence

from tests.importers.writers.archives import packed

START = 1_714_521_600_000  # 2024-05-01 00:00 UTC
SUMMER = 7_200
UNKNOWN_NUTRIENT = 5e-324
_COMMON = (
    "row_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB UNIQUE NOT NULL, last_modified_time"
    " INTEGER, client_record_id TEXT, client_record_version TEXT, device_info_id INTEGER,"
    " app_info_id INTEGER, recording_method INTEGER, dedupe_hash BLOB"
)
_INSTANT = f"{_COMMON}, time INTEGER, zone_offset INTEGER, local_date INTEGER"
_INTERVAL = (
    f"{_COMMON}, start_time INTEGER, start_zone_offset INTEGER, end_time INTEGER,"
    " end_zone_offset INTEGER, local_date INTEGER"
)
INSTANTS: Mapping[str, str] = {
    "weight_record_table": "weight REAL",
    "height_record_table": "height REAL",
    "body_fat_record_table": "percentage REAL",
    "oxygen_saturation_record_table": "percentage REAL",
    "respiratory_rate_record_table": "rate REAL",
    "body_temperature_record_table": "temperature REAL, measurement_location INTEGER",
    "blood_glucose_record_table": "level REAL, specimen_source INTEGER, relation_to_meal INTEGER",
    "resting_heart_rate_record_table": "beats_per_minute INTEGER",
    "heart_rate_variability_rmssd_record_table": "heart_rate_variability_millis REAL",
    "basal_metabolic_rate_record_table": "basal_metabolic_rate REAL",
    "blood_pressure_record_table": "systolic REAL, diastolic REAL, body_position INTEGER",
}
INTERVALS: Mapping[str, str] = {
    "steps_record_table": "count INTEGER",
    "distance_record_table": "distance REAL",
    "active_calories_burned_record_table": "energy REAL",
    "heart_rate_record_table": "unused INTEGER",
    "sleep_session_record_table": "title TEXT, notes TEXT",
    "exercise_session_record_table": "exercise_type INTEGER, title TEXT, notes TEXT",
    "nutrition_record_table": (
        "meal_name TEXT, meal_type INTEGER, energy REAL, protein REAL, total_carbohydrate REAL,"
        " total_fat REAL, sugar REAL, dietary_fiber REAL, sodium REAL"
    ),
}
_OTHERS: Mapping[str, str] = {
    "application_info_table": "row_id INTEGER PRIMARY KEY, package_name TEXT, app_name TEXT",
    "heart_rate_record_series_table": (
        "parent_key INTEGER, beats_per_minute INTEGER, epoch_millis INTEGER"
    ),
    "sleep_stages_table": (
        "parent_key INTEGER, stage_start_time INTEGER, stage_end_time INTEGER, stage_type INTEGER"
    ),
}
NIGHT = ((1, 10), (4, 200), (5, 80), (6, 90), (7, 5), (3, 5), (2, 30))


class Export:
    """A database that is being filled."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        for table, columns in INSTANTS.items():
            self.connection.execute(f"CREATE TABLE {table} ({_INSTANT}, {columns})")
        for table, columns in INTERVALS.items():
            self.connection.execute(f"CREATE TABLE {table} ({_INTERVAL}, {columns})")
        for table, columns in _OTHERS.items():
            self.connection.execute(f"CREATE TABLE {table} ({columns})")
        self.insert("application_info_table", row_id=1, package_name="com.example.watch")
        self._records = 0

    def insert(self, table: str, **columns: object) -> int:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        return self.connection.execute(sql, tuple(columns.values())).lastrowid or 0

    def at(self, table: str, millis: int, **columns: object) -> int:
        times = {"time": millis, "zone_offset": SUMMER, "uuid": self._uuid(), "app_info_id": 1}
        return self.insert(table, **(times | columns))

    def over(self, table: str, start: int, end: int, **columns: object) -> int:
        times = {
            "start_time": start, "end_time": end, "start_zone_offset": SUMMER,
            "end_zone_offset": SUMMER, "uuid": self._uuid(), "app_info_id": 1,
        }  # fmt: skip
        return self.insert(table, **(times | columns))

    def content(self) -> bytes:
        with contextlib.closing(self.connection):
            self.connection.commit()
            return self.connection.serialize()

    def _uuid(self) -> bytes:
        self._records += 1
        return self._records.to_bytes(16, "big")


def minutes(count: float) -> int:
    return round(count * 60_000)


def night(export: Export, start: int, stages: Sequence[tuple[int, int]]) -> None:
    """A session of stages, each a kind and its minutes."""
    end = start + minutes(sum(length for _, length in stages))
    session = export.over("sleep_session_record_table", start, end)
    for kind, length in stages:
        export.insert(
            "sleep_stages_table", parent_key=session, stage_start_time=start,
            stage_end_time=start + minutes(length), stage_type=kind,
        )  # fmt: skip
        start += minutes(length)


def database(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    export = Export()
    export.at("weight_record_table", START, weight=80_500.0)
    export.at("height_record_table", START, height=1.81)
    export.at("body_fat_record_table", START, percentage=18.5)
    export.at("oxygen_saturation_record_table", START, percentage=97.0)
    export.at("blood_glucose_record_table", START, level=5.5)
    export.at("blood_pressure_record_table", START, systolic=121.0, diastolic=79.0)
    export.at("heart_rate_variability_rmssd_record_table", START, heart_rate_variability_millis=41)
    export.at("resting_heart_rate_record_table", START, beats_per_minute=55, zone_offset=None)
    export.at("basal_metabolic_rate_record_table", START, basal_metabolic_rate=80.0)
    export.at("basal_metabolic_rate_record_table", START + 1, basal_metabolic_rate=82.0)
    for hour in range(6, 20):
        begin = START + minutes(60 * hour)
        export.over("steps_record_table", begin, begin + minutes(59), count=rng.randint(0, 900))
    export.over("distance_record_table", START, START + minutes(60), distance=5_012.0)
    export.over("active_calories_burned_record_table", START, START + minutes(60), energy=412_000.0)
    series = export.over("heart_rate_record_table", START, START + minutes(30))
    for n in range(30):
        export.insert(
            "heart_rate_record_series_table", parent_key=series,
            beats_per_minute=rng.randint(50, 90), epoch_millis=START + minutes(n),
        )  # fmt: skip
    night(
        export, START - minutes(60), [(1, 10), (4, 200), (5, 80), (6, 90), (7, 5), (3, 5), (2, 30)]
    )
    export.over("exercise_session_record_table", START, START + minutes(42), exercise_type=33)
    export.over(
        "nutrition_record_table", START, START + minutes(1), meal_name="Porridge", meal_type=1,
        energy=350_000.0, protein=12.0, sodium=0.21, sugar=UNKNOWN_NUTRIENT, total_fat=0.0,
    )  # fmt: skip
    return export.content()


def example(seed: int = 1) -> bytes:
    return packed({"health_connect_export.db": database(seed)})
