"""A server with people whose days are full, made by PostgreSQL itself."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from app.migrations import upgrade
from app.postgres import DatabaseUrls, EmbeddedPostgres

# Waiting for the disk is not what is measured.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_PEOPLE = """
    INSERT INTO users (id, email, hashed_password)
    SELECT gen_random_uuid(), gen_random_uuid() || '@example.com', '-'
    FROM generate_series(1, %(people)s) RETURNING id
"""
# What happens how often on a day, and what an entry says.
_ENTRIES = {
    """food_entries (user_id, id, date, occurred_at, food_name, meal_type, calories, protein_g,
        carbs_g, fats_g, sugar_g, fiber_g, sodium_mg)""": (
        2.7,
        """now() - d * interval '1 day', 'x', 'lunch', 100 + r * 700, 5 + r * 40, r * 90, r * 30,
        r * 20, r * 9, r * 700""",
    ),
    """sleep_entries (user_id, id, date, duration_hours, quality_score, deep_sleep_minutes,
        rem_sleep_minutes, awakenings)""": (0.95, "6 + r * 2, 60 + r * 35, 60 + r * 40, 90, r * 4"),
    """exercise_entries (user_id, id, date, exercise_type, exercise_name, duration_minutes,
        intensity, calories_burned, heart_rate_avg)""": (
        0.5,
        "'cardio', 'run', 20 + r * 60, 'moderate', 200 + r * 300, 110 + r * 30",
    ),
    """vital_signs (user_id, id, date, time_of_day, resting_heart_rate, hrv_ms,
        blood_pressure_systolic, blood_pressure_diastolic, respiratory_rate, body_temperature,
        spo2)""": (
        0.9,
        """'morning', 55 + r * 10, 40 + r * 20, 110 + r * 20, 70 + r * 10, 14 + r * 3, 36.5 + r,
        96 + r * 3""",
    ),
    "body_metrics (user_id, id, date, weight_kg, body_fat_pct, bmi)": (
        0.4,
        "70 + r * 5, 20 + r * 3, 23 + r",
    ),
    """chronic_metrics (user_id, id, date, condition_type, time_of_day, blood_glucose_mgdl)""": (
        0.2,
        "'diabetes', 'fasting', 80 + r * 60",
    ),
}


@contextmanager
def server() -> Iterator[tuple[DatabaseUrls, str]]:
    """A migrated database, and a superuser's way in."""
    with tempfile.TemporaryDirectory(prefix="vitaliq-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with EmbeddedPostgres(folder / "data", settings=SETTINGS) as urls:
            upgrade(urls.owner)
            passwords = json.loads((folder / "data/postgres/passwords.json").read_text())
            superuser = make_url(urls.owner).set(
                username="postgres", password=passwords["postgres"]
            )
            yield urls, superuser.render_as_string(hide_password=False)


def people(superuser: str, count: int, days: int) -> list[UUID]:
    """So many new people with that many days up to today; nothing of them is kept or noted."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("SELECT setseed(0.5)")
        ids = [row[0] for row in connection.execute(_PEOPLE, {"people": count})]
        for columns, (a_day, values) in _ENTRIES.items():
            times = -(-int(a_day * 100) // 100)
            statement = f"""
                INSERT INTO {columns}
                SELECT u, gen_random_uuid(), current_date - d, {values}
                FROM unnest(%(ids)s::uuid[]) AS u, generate_series(0, %(days)s - 1) AS d,
                    generate_series(1, {times}), LATERAL (SELECT random() AS r WHERE d >= 0) AS x
                WHERE random() < {a_day / times} ORDER BY u, d
            """  # noqa: S608  (the parts stand above)
            connection.execute(statement.encode(), {"ids": ids, "days": days})
        connection.execute("DELETE FROM stale_days WHERE user_id = ANY(%s)", [ids])
        connection.execute("VACUUM ANALYZE")
    return ids
