"""Health Connect: units of its own, values that are none, and databases that are programs."""

import io

import pytest

from app.importers.health_connect import FORMAT
from app.importers.protocol import UnreadableFileError
from app.importers.sqlite_files import open_database
from tests.importers.at_hand import file_of, logged, problems, read, readings, utc
from tests.importers.writers import health_connect as writer
from tests.importers.writers.archives import packed


@pytest.mark.parametrize("content", [writer.example(), writer.database()], ids=["zip", "bare"])
def test_every_unit_is_the_database_s_own(content: bytes) -> None:
    items = read(FORMAT, content)
    assert problems(items) == []
    assert {(r.kind, r.value, r.unit) for r in readings(items)} >= {
        ("weight", 80_500, "g"),
        ("height", 1.81, "m"),
        ("glucose", 5.5, "mmol/L"),
        ("active_energy", 412_000, "cal"),
        ("distance", 5_012, "m"),
        ("spo2", 97, "%"),
    }
    (basal,) = readings(items, "basal_energy")
    assert basal.value == pytest.approx(81 * 86.4), "watts, once a day"
    assert basal.unit == "kJ"
    assert len(readings(items, "steps")) == 14
    assert len(readings(items, "heart_rate")) == 30
    assert {r.source for r in readings(items)} == {"com.example.watch"}


def test_times_keep_their_own_offset_or_else_the_person_s() -> None:
    items = read(FORMAT, writer.database())
    weight, resting = readings(items, "weight", "resting_heart_rate")
    assert weight.start == utc("2024-05-01 00:00")
    assert weight.start.isoformat() == "2024-05-01T02:00:00+02:00"
    assert resting.start.isoformat() == "2024-05-01T02:00:00+02:00"
    assert weight.origin == "00000000000000000000000000000001"


def test_a_night_is_its_stages() -> None:
    items = read(FORMAT, writer.database())
    night = readings(
        items,
        "sleep_in_bed",
        "sleep_awake",
        "sleep_asleep",
        "sleep_light",
        "sleep_deep",
        "sleep_rem",
    )
    assert len({r.group for r in night}) == 1
    lengths = {r.kind: 0.0 for r in night}
    for reading in night:
        assert reading.end is not None
        lengths[reading.kind] += (reading.end - reading.start).total_seconds() / 60
    assert lengths == {
        "sleep_in_bed": 420,
        "sleep_awake": 15,
        "sleep_light": 200,
        "sleep_deep": 80,
        "sleep_rem": 90,
        "sleep_asleep": 30,
    }


def test_a_nutrient_that_is_not_known_is_left_out_and_zero_is_zero() -> None:
    workout, meal = logged(read(FORMAT, writer.database()))
    assert meal.fields == {
        "calories": (350_000, "cal"),
        "protein_g": (12, "g"),
        "fats_g": (0, "g"),
        "sodium_mg": (0.21, "g"),
    }
    assert meal.words == {"food_name": "Porridge", "meal_type": "breakfast"}
    assert workout.words == {"exercise_name": "Running", "exercise_type": "cardio"}
    assert workout.fields == {"duration_minutes": (42, "min")}


def test_values_of_another_type_are_problems_of_their_row() -> None:
    export = writer.Export()
    export.at("weight_record_table", writer.START, weight="heavy")
    export.at("weight_record_table", 10**18, weight=80_000)
    export.at("weight_record_table", writer.START, weight=81_000, zone_offset=10**9)
    export.at("weight_record_table", writer.START, weight=82_000)
    items = read(FORMAT, export.content())
    assert [p.where for p in problems(items)] == [f"weight_record_table {n}" for n in (1, 2, 3)]
    assert [r.value for r in readings(items)] == [82_000]


ENDLESS = """
    CREATE VIEW weight_record_table AS WITH RECURSIVE n(row_id) AS
    (SELECT 1 UNION ALL SELECT row_id + 1 FROM n) SELECT row_id, 1 AS weight, 1 AS time,
    0 AS zone_offset, x'00' AS uuid, 1 AS app_info_id FROM n
"""


def test_a_view_that_never_ends_is_not_looked_at() -> None:
    export = writer.Export()
    export.connection.execute("DROP TABLE weight_record_table")
    export.connection.execute(ENDLESS)
    assert readings(read(FORMAT, export.content()), "weight") == []


def test_columns_that_are_computed_are_not_looked_at() -> None:
    export = writer.Export()
    export.connection.execute("DROP TABLE weight_record_table")
    export.connection.execute(
        "CREATE TABLE weight_record_table (row_id INTEGER PRIMARY KEY, uuid BLOB, app_info_id,"
        " time, zone_offset, weight AS (length(hex(zeroblob(900000)))))"
    )
    export.insert("weight_record_table", uuid=b"1", time=writer.START, zone_offset=0)
    assert readings(read(FORMAT, export.content())) == []


@pytest.mark.parametrize("wanted", ["max(n)", "n"], ids=["no row", "rows without end"])
def test_a_statement_that_does_not_end_is_ended(wanted: str) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
    with (
        open_database(io.BytesIO(writer.database())) as database,
        pytest.raises(UnreadableFileError, match="damaged"),
    ):
        list(database.rows(" ".join((endless, "SELECT", wanted, "FROM c"))))


def test_another_database_is_not_claimed_nor_read() -> None:
    export = writer.Export()
    for table in (*writer.INSTANTS, *writer.INTERVALS):
        export.connection.execute(f"DROP TABLE {table}")
    export.connection.commit()
    export.connection.execute("VACUUM")
    content = export.content()
    assert not FORMAT.sniff(file_of(content))
    with pytest.raises(UnreadableFileError, match="no export"):
        read(FORMAT, content)
    with pytest.raises(UnreadableFileError, match="no export"):
        read(FORMAT, packed({"other.db": content}))
