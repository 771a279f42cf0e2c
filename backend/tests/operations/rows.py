"""Invented rows for every table, as SQL that each schema version since the first takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid5

import psycopg
from psycopg import Connection, sql

PEOPLE = 3
_SPACE = UUID("6f1c7a3e-52a6-4a53-9a5d-0d6b5f0c9f11")
USER_IDS = tuple(uuid5(_SPACE, str(number)) for number in range(PEOPLE))
# Each statement is run for each person, `%(user)s`; parents come before their children.
ROWS = {
    "users": """
        INSERT INTO users (id, email, hashed_password, name, timezone, height_cm, thresholds)
        VALUES (%(user)s, %(user)s || '@example.com', 'none', E'O''Brien "Zoë" \\\\ \t 日本',
            'Pacific/Auckland', 170.25, '{"sleep_hours": 2.5}')
    """,
    "batches": """
        INSERT INTO batches (user_id, id, kind, label, details)
        VALUES (%(user)s, %(user)s, 'imported', 'days.csv', '{"rows": 20}')
    """,
    "sleep_entries": """
        INSERT INTO sleep_entries (user_id, id, date, bedtime, wake_time, duration_hours, batch_id)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n,
            timestamptz '2024-02-29 22:30+13' + n * interval '1 day',
            timestamptz '2024-03-01 06:30+13' + n * interval '1 day', 8 - n %% 20 / 7.0, %(user)s
        FROM generate_series(1, %(days)s) n
    """,
    "vital_signs": """
        INSERT INTO vital_signs (user_id, id, date, time_of_day, resting_heart_rate, notes)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n, 'morning', 55 + n %% 40, E'a\nb'
        FROM generate_series(1, %(days)s) n
    """,
    "body_metrics": """
        INSERT INTO body_metrics (user_id, id, date, weight_kg)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n, 70 + n %% 20 / 3.0
        FROM generate_series(1, %(days)s) n
    """,
    "chronic_metrics": """
        INSERT INTO chronic_metrics (user_id, id, date, time_of_day, condition_type, symptoms)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n, 'fasting', 'diabetes', 'tired'
        FROM generate_series(1, %(days)s) n
    """,
    "exercise_entries": """
        INSERT INTO exercise_entries (user_id, id, date, exercise_type, exercise_name,
            duration_minutes)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n, 'cardio', 'running', 20 + n %% 60
        FROM generate_series(1, %(days)s) n
    """,
    "food_entries": """
        INSERT INTO food_entries (user_id, id, date, meal_type, food_name, calories, external_id)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n, 'lunch', 'soup',
            300.1 + n %% 500, n
        FROM generate_series(1, %(days)s) n
    """,
    "anomalies": """
        INSERT INTO anomalies (user_id, id, date, source_table, metric_name, metric_value,
            detector_type, severity, anomaly_score, explanation, direction, is_unusual,
            detector_version, evidence)
        SELECT %(user)s, gen_random_uuid(), date '2024-03-01' + n, 'vital_signs',
            'resting_heart_rate', 90.5, 'zscore', 'high', 88.8, 'Higher than usual.', 'above',
            true, '1', '{"days": 28}'
        FROM generate_series(1, 5) n
    """,
    "episodes": """
        INSERT INTO episodes (user_id, id, date, peak, last, days, severity, metrics, explanation)
        VALUES (%(user)s, gen_random_uuid(), '2024-03-01', '2024-03-02', '2024-03-05', 4, 'high',
            '["resting_hr"]', 'Higher than usual.')
    """,
    "tags": """
        INSERT INTO tags (user_id, id, kind, first, last, note)
        SELECT %(user)s, gen_random_uuid(), 'travel', date '2024-03-01' + n, date '2024-03-03' + n,
            'Away'
        FROM generate_series(1, 2) n
    """,
    "sessions": """
        INSERT INTO sessions (user_id, id, expires_at)
        VALUES (%(user)s, %(user)s, now() + interval '30 days')
    """,
    "refresh_tokens": """
        INSERT INTO refresh_tokens (user_id, id, session_id, token_hash)
        SELECT %(user)s, gen_random_uuid(), %(user)s, decode(md5(n::text) || md5(''), 'hex')
        FROM generate_series(1, 3) n
    """,
    "idempotency_keys": """
        INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body)
        VALUES (%(user)s, 'one', '\\x00ff', 201, '{}')
    """,
    "audit_events": """
        INSERT INTO audit_events (user_id, id, kind, outcome, detail)
        SELECT %(user)s, gen_random_uuid(), 'sign_in', 'success', '{}' FROM generate_series(1, 5)
    """,
    "deleted_accounts": "INSERT INTO deleted_accounts (id) SELECT gen_random_uuid()",
    "guess_limits": """
        INSERT INTO guess_limits (bucket, full_at)
        VALUES (decode(md5(%(user)s || '') || md5(''), 'hex'), now() + interval '1 hour')
    """,
    "channels": """
        INSERT INTO channels (user_id, id, kind, shown, sealed)
        VALUES (%(user)s, %(user)s, 'webhook', 'https://example.com/...', '\\x0102')
    """,
    "deliveries": """
        INSERT INTO deliveries (user_id, id, channel_id, kind)
        SELECT %(user)s, gen_random_uuid(), %(user)s, 'test' FROM generate_series(1, 3) n
    """,
    "jobs": """
        INSERT INTO jobs (user_id, id, kind) VALUES (%(user)s, %(user)s, 'export')
    """,
    "job_parts": """
        INSERT INTO job_parts (user_id, job_id, number, content)
        VALUES (%(user)s, %(user)s, 0, '\\x0102')
    """,
    "imports": """
        INSERT INTO imports (user_id, id, name, bytes) VALUES (%(user)s, %(user)s, 'x.csv', 9)
    """,
    "import_parts": """
        INSERT INTO import_parts (user_id, import_id, start, content)
        VALUES (%(user)s, %(user)s, 0, '\\x0102')
    """,
    "reading_series": """
        INSERT INTO reading_series (user_id, id, kind, source, unit)
        VALUES (%(user)s, 1, 'glucose', 'Sensor', 'mmol/L')
    """,
    "readings": """
        INSERT INTO readings (user_id, series, at, identity, value, original, batch_id)
        SELECT %(user)s, 1, timestamptz '1999-12-30 12:00Z' + n * interval '100 days', n, 90.1 + n,
            5 + n / 18.0, %(user)s
        FROM generate_series(1, %(days)s) n
    """,
    "held_groups": """
        INSERT INTO held_groups (user_id, id, batch_id, kind, source, unit, reason, guess, count)
        VALUES (%(user)s, %(user)s, %(user)s, 'glucose', 'Meter', 'mg/dL', 'implausible', 'mmol/L',
            1)
    """,
    "held_readings": """
        INSERT INTO held_readings (user_id, group_id, at, identity, value)
        VALUES (%(user)s, %(user)s, '2024-03-04 12:00Z', 1, 5.5)
    """,
    "import_templates": """
        INSERT INTO import_templates (user_id, id, name, signature, options)
        VALUES (%(user)s, %(user)s, 'Scales', 'x', '{"day_first": true}')
    """,
    "day_pages": """
        INSERT INTO day_pages (user_id, first, layout, known, cells)
        VALUES (%(user)s, '2024-03-04', 0, '\\x00', '\\x0102')
    """,
    "detection_memories": """
        INSERT INTO detection_memories (user_id, content) VALUES (%(user)s, '\\x0102')
    """,
    "passkeys": """
        INSERT INTO passkeys (user_id, id, name, credential_id, public_key, sign_count)
        VALUES (%(user)s, gen_random_uuid(), 'Phone', '\\x0102', '\\x0304', 5)
    """,
    "passkey_challenges": """
        INSERT INTO passkey_challenges (challenge, expires_at)
        VALUES (decode(md5(%(user)s || '') || md5(''), 'hex'), now() + interval '1 hour')
    """,
    "recovery_codes": """
        INSERT INTO recovery_codes (user_id, code_hash)
        SELECT %(user)s, decode(md5(n::text) || md5(''), 'hex') FROM generate_series(1, 8) n
    """,
    "totp_secrets": """
        INSERT INTO totp_secrets (user_id, sealed) VALUES (%(user)s, '\\x0102')
    """,
}
COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    AND c.relname <> 'alembic_version' GROUP BY 1
"""
ROWS_AS_TEXT = sql.SQL("SELECT to_jsonb(r)::text FROM (SELECT {} FROM {}) r ORDER BY 1")
Columns = dict[str, list[str]]
Contents = dict[str, list[str]]


def columns_of(connection: Connection) -> Columns:
    """Each table and its columns."""
    return dict(connection.execute(COLUMNS).fetchall())


@contextmanager
def sees_everything(connection: Connection) -> Iterator[None]:
    """The owner past row-level security, for as long as the block lasts."""
    forced = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relforcerowsecurity"
    ).fetchall()
    for word in ("NO FORCE", "FORCE"):
        for (table,) in forced:
            statement = sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY")
            connection.execute(statement.format(sql.Identifier(table), sql.SQL(word)))
        if word == "NO FORCE":
            yield


def fill(owner_url: str, *, days: int = 20) -> None:
    """Rows for each person in each table that there is; entries of every tracker on each day."""
    # Interpolated by the client, so that a parameter may be a uuid here and text there.
    connection = psycopg.connect(owner_url, cursor_factory=psycopg.ClientCursor)
    with connection, sees_everything(connection):
        there = columns_of(connection)
        for table, statement in ROWS.items():
            for user in USER_IDS if table in there else ():
                connection.execute(statement.encode(), {"user": str(user), "days": days})


def read(owner_url: str, columns: Columns | None = None) -> tuple[Columns, Contents]:
    """The rows of these columns, or of all."""
    with psycopg.connect(owner_url) as connection, sees_everything(connection):
        columns = columns or columns_of(connection)
        found = {}
        for table, names in columns.items():
            chosen = sql.SQL(", ").join(map(sql.Identifier, names))
            rows = connection.execute(ROWS_AS_TEXT.format(chosen, sql.Identifier(table)))
            found[table] = [row[0] for row in rows]
    return columns, found
