"""The tables of the plan, and those that accounts and batches need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("hashed_password", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column(
            "timezone", sa.String(length=64), server_default=sa.text("'UTC'"), nullable=False
        ),
        sa.Column("height_cm", sa.Double(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum(
                "female",
                "male",
                "other",
                name="sex_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "thresholds",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("ai_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ai_consent_version", sa.Integer(), nullable=True),
        sa.Column(
            "ai_notes_allowed", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "date_of_birth BETWEEN '1900-01-01' AND '2100-12-31'",
            name=op.f("ck_users_date_of_birth_plausible"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.CheckConstraint(
            "height_cm BETWEEN 30 AND 280", name=op.f("ck_users_height_cm_plausible")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "anomalies",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("source_table", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("metric_name", sa.String(length=60), nullable=False),
        sa.Column("metric_value", sa.Double(), nullable=False),
        sa.Column("baseline_value", sa.Double(), nullable=True),
        sa.Column(
            "detector_type",
            sa.Enum(
                "zscore",
                "isolation_forest",
                "ensemble",
                name="detectortype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "low",
                "medium",
                "high",
                name="severity_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("anomaly_score", sa.Double(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("is_acknowledged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "detected_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("usual_low", sa.Double(), nullable=True),
        sa.Column("usual_high", sa.Double(), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "above",
                "below",
                name="direction_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("p_value", sa.Double(), nullable=True),
        sa.Column("is_unusual", sa.Boolean(), nullable=False),
        sa.Column("clinical", sa.String(length=200), nullable=True),
        sa.Column("explained_by", sa.String(length=200), nullable=True),
        sa.Column("detector_version", sa.String(length=40), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "anomaly_score BETWEEN 0 AND 100", name=op.f("ck_anomalies_anomaly_score_bounded")
        ),
        sa.CheckConstraint("p_value BETWEEN 0 AND 1", name=op.f("ck_anomalies_p_value_bounded")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_anomalies_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_anomalies")),
        sa.UniqueConstraint(
            "user_id", "date", "metric_name", name=op.f("uq_anomalies_user_id_date_metric_name")
        ),
    )
    op.create_index(
        "ix_anomalies_user_id_date_id", "anomalies", ["user_id", "date", "id"], unique=False
    )
    op.create_table(
        "batches",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invented",
                "imported",
                name="batchkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_batches_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_batches")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idempotency_keys_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "sessions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_sessions")),
    )
    op.create_table(
        "body_metrics",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("weight_kg", sa.Double(), nullable=True),
        sa.Column("body_fat_pct", sa.Double(), nullable=True),
        sa.Column("muscle_mass_kg", sa.Double(), nullable=True),
        sa.Column("bmi", sa.Double(), nullable=True),
        sa.Column("waist_cm", sa.Double(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "date BETWEEN '1900-01-01' AND '2100-12-31'",
            name=op.f("ck_body_metrics_date_plausible"),
        ),
        sa.CheckConstraint("bmi BETWEEN 4 AND 250", name=op.f("ck_body_metrics_bmi_plausible")),
        sa.CheckConstraint(
            "body_fat_pct BETWEEN 1 AND 80", name=op.f("ck_body_metrics_body_fat_pct_plausible")
        ),
        sa.CheckConstraint(
            "muscle_mass_kg BETWEEN 1 AND 200",
            name=op.f("ck_body_metrics_muscle_mass_kg_plausible"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(weight_kg, body_fat_pct, muscle_mass_kg, waist_cm) >= 1",
            name=op.f("ck_body_metrics_says_something"),
        ),
        sa.CheckConstraint(
            "waist_cm BETWEEN 20 AND 300", name=op.f("ck_body_metrics_waist_cm_plausible")
        ),
        sa.CheckConstraint(
            "weight_kg BETWEEN 2 AND 650", name=op.f("ck_body_metrics_weight_kg_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_body_metrics_batch",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_body_metrics_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_body_metrics")),
    )
    op.create_index(
        "ix_body_metrics_batch",
        "body_metrics",
        ["user_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_body_metrics_user_id_date_id", "body_metrics", ["user_id", "date", "id"], unique=False
    )
    op.create_index(
        "uq_body_metrics_external_id",
        "body_metrics",
        ["user_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "chronic_metrics",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "time_of_day",
            sa.Enum(
                "fasting",
                "pre_meal",
                "post_meal",
                "bedtime",
                "other",
                name="measurementcontext_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "condition_type",
            sa.Enum(
                "diabetes",
                "hypertension",
                "heart",
                "other",
                name="conditiontype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("blood_glucose_mgdl", sa.Double(), nullable=True),
        sa.Column("insulin_units", sa.Double(), nullable=True),
        sa.Column("hba1c_pct", sa.Double(), nullable=True),
        sa.Column("cholesterol_total", sa.Double(), nullable=True),
        sa.Column("cholesterol_ldl", sa.Double(), nullable=True),
        sa.Column("cholesterol_hdl", sa.Double(), nullable=True),
        sa.Column("triglycerides", sa.Double(), nullable=True),
        sa.Column("medication_taken", sa.String(length=200), nullable=True),
        sa.Column("symptoms", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "date BETWEEN '1900-01-01' AND '2100-12-31'",
            name=op.f("ck_chronic_metrics_date_plausible"),
        ),
        sa.CheckConstraint(
            "blood_glucose_mgdl BETWEEN 10 AND 1000",
            name=op.f("ck_chronic_metrics_blood_glucose_mgdl_plausible"),
        ),
        sa.CheckConstraint(
            "cholesterol_hdl BETWEEN 3 AND 250",
            name=op.f("ck_chronic_metrics_cholesterol_hdl_plausible"),
        ),
        sa.CheckConstraint(
            "cholesterol_ldl BETWEEN 5 AND 800",
            name=op.f("ck_chronic_metrics_cholesterol_ldl_plausible"),
        ),
        sa.CheckConstraint(
            "cholesterol_total BETWEEN 40 AND 1000",
            name=op.f("ck_chronic_metrics_cholesterol_total_plausible"),
        ),
        sa.CheckConstraint(
            "hba1c_pct BETWEEN 3 AND 20", name=op.f("ck_chronic_metrics_hba1c_pct_plausible")
        ),
        sa.CheckConstraint(
            "insulin_units BETWEEN 0 AND 500",
            name=op.f("ck_chronic_metrics_insulin_units_plausible"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(blood_glucose_mgdl, insulin_units, hba1c_pct, cholesterol_total, cholesterol_ldl, cholesterol_hdl, triglycerides, medication_taken, symptoms, notes) >= 1",
            name=op.f("ck_chronic_metrics_says_something"),
        ),
        sa.CheckConstraint(
            "triglycerides BETWEEN 10 AND 10000",
            name=op.f("ck_chronic_metrics_triglycerides_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_chronic_metrics_batch",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_chronic_metrics_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_chronic_metrics")),
    )
    op.create_index(
        "ix_chronic_metrics_batch",
        "chronic_metrics",
        ["user_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_chronic_metrics_user_id_date_id",
        "chronic_metrics",
        ["user_id", "date", "id"],
        unique=False,
    )
    op.create_index(
        "uq_chronic_metrics_external_id",
        "chronic_metrics",
        ["user_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "exercise_entries",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "exercise_type",
            sa.Enum(
                "cardio",
                "strength",
                "flexibility",
                "sports",
                "other",
                name="exercisetype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("exercise_name", sa.String(length=200), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "intensity",
            sa.Enum(
                "low",
                "moderate",
                "high",
                "very_high",
                name="intensity_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("calories_burned", sa.Integer(), nullable=True),
        sa.Column("heart_rate_avg", sa.Integer(), nullable=True),
        sa.Column("heart_rate_max", sa.Integer(), nullable=True),
        sa.Column("distance_km", sa.Double(), nullable=True),
        sa.Column("sets", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("weight_kg", sa.Double(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "date BETWEEN '1900-01-01' AND '2100-12-31'",
            name=op.f("ck_exercise_entries_date_plausible"),
        ),
        sa.CheckConstraint(
            "calories_burned BETWEEN 0 AND 20000",
            name=op.f("ck_exercise_entries_calories_burned_plausible"),
        ),
        sa.CheckConstraint(
            "distance_km BETWEEN 0 AND 500", name=op.f("ck_exercise_entries_distance_km_plausible")
        ),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 0 AND 1440",
            name=op.f("ck_exercise_entries_duration_minutes_plausible"),
        ),
        sa.CheckConstraint(
            "heart_rate_avg BETWEEN 25 AND 250",
            name=op.f("ck_exercise_entries_heart_rate_avg_plausible"),
        ),
        sa.CheckConstraint(
            "heart_rate_max BETWEEN 25 AND 250",
            name=op.f("ck_exercise_entries_heart_rate_max_plausible"),
        ),
        sa.CheckConstraint(
            "reps BETWEEN 0 AND 10000", name=op.f("ck_exercise_entries_reps_plausible")
        ),
        sa.CheckConstraint(
            "sets BETWEEN 0 AND 1000", name=op.f("ck_exercise_entries_sets_plausible")
        ),
        sa.CheckConstraint(
            "weight_kg BETWEEN 0 AND 1000", name=op.f("ck_exercise_entries_weight_kg_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_exercise_entries_batch",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_exercise_entries_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_exercise_entries")),
    )
    op.create_index(
        "ix_exercise_entries_batch",
        "exercise_entries",
        ["user_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_exercise_entries_user_id_date_id",
        "exercise_entries",
        ["user_id", "date", "id"],
        unique=False,
    )
    op.create_index(
        "uq_exercise_entries_external_id",
        "exercise_entries",
        ["user_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "food_entries",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "meal_type",
            sa.Enum(
                "breakfast",
                "lunch",
                "dinner",
                "snack",
                name="mealtype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("food_name", sa.String(length=200), nullable=False),
        sa.Column("calories", sa.Double(), nullable=True),
        sa.Column("protein_g", sa.Double(), nullable=True),
        sa.Column("carbs_g", sa.Double(), nullable=True),
        sa.Column("fats_g", sa.Double(), nullable=True),
        sa.Column("sugar_g", sa.Double(), nullable=True),
        sa.Column("fiber_g", sa.Double(), nullable=True),
        sa.Column("sodium_mg", sa.Double(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "date BETWEEN '1900-01-01' AND '2100-12-31'",
            name=op.f("ck_food_entries_date_plausible"),
        ),
        sa.CheckConstraint(
            "calories BETWEEN 0 AND 10000", name=op.f("ck_food_entries_calories_plausible")
        ),
        sa.CheckConstraint(
            "carbs_g BETWEEN 0 AND 2000", name=op.f("ck_food_entries_carbs_g_plausible")
        ),
        sa.CheckConstraint(
            "fats_g BETWEEN 0 AND 1000", name=op.f("ck_food_entries_fats_g_plausible")
        ),
        sa.CheckConstraint(
            "fiber_g BETWEEN 0 AND 500", name=op.f("ck_food_entries_fiber_g_plausible")
        ),
        sa.CheckConstraint(
            "num_nonnulls(calories, protein_g, carbs_g, fats_g, sugar_g, fiber_g, sodium_mg) >= 1",
            name=op.f("ck_food_entries_says_something"),
        ),
        sa.CheckConstraint(
            "protein_g BETWEEN 0 AND 1000", name=op.f("ck_food_entries_protein_g_plausible")
        ),
        sa.CheckConstraint(
            "sodium_mg BETWEEN 0 AND 50000", name=op.f("ck_food_entries_sodium_mg_plausible")
        ),
        sa.CheckConstraint(
            "sugar_g BETWEEN 0 AND 2000", name=op.f("ck_food_entries_sugar_g_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_food_entries_batch",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_food_entries_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_food_entries")),
    )
    op.create_index(
        "ix_food_entries_batch",
        "food_entries",
        ["user_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_food_entries_user_id_date_id", "food_entries", ["user_id", "date", "id"], unique=False
    )
    op.create_index(
        "uq_food_entries_external_id",
        "food_entries",
        ["user_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "session_id"],
            ["sessions.user_id", "sessions.id"],
            name="fk_refresh_tokens_session",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(
        "ix_refresh_tokens_session", "refresh_tokens", ["user_id", "session_id"], unique=False
    )
    op.create_index(
        "uq_refresh_tokens_token_hash", "refresh_tokens", ["user_id", "token_hash"], unique=True
    )
    op.create_table(
        "sleep_entries",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("bedtime", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_hours", sa.Double(), nullable=False),
        sa.Column("quality_score", sa.Integer(), nullable=True),
        sa.Column("deep_sleep_minutes", sa.Integer(), nullable=True),
        sa.Column("rem_sleep_minutes", sa.Integer(), nullable=True),
        sa.Column("awakenings", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "date BETWEEN '1900-01-01' AND '2100-12-31'",
            name=op.f("ck_sleep_entries_date_plausible"),
        ),
        sa.CheckConstraint(
            "(bedtime IS NULL) = (wake_time IS NULL)",
            name=op.f("ck_sleep_entries_both_ends_or_none"),
        ),
        sa.CheckConstraint(
            "awakenings BETWEEN 0 AND 200", name=op.f("ck_sleep_entries_awakenings_plausible")
        ),
        sa.CheckConstraint(
            "bedtime < wake_time", name=op.f("ck_sleep_entries_wakes_after_bedtime")
        ),
        sa.CheckConstraint(
            "deep_sleep_minutes BETWEEN 0 AND 1440",
            name=op.f("ck_sleep_entries_deep_sleep_minutes_plausible"),
        ),
        sa.CheckConstraint(
            "duration_hours BETWEEN 0 AND 24",
            name=op.f("ck_sleep_entries_duration_hours_plausible"),
        ),
        sa.CheckConstraint(
            "quality_score BETWEEN 1 AND 100", name=op.f("ck_sleep_entries_quality_score_plausible")
        ),
        sa.CheckConstraint(
            "rem_sleep_minutes BETWEEN 0 AND 1440",
            name=op.f("ck_sleep_entries_rem_sleep_minutes_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_sleep_entries_batch",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sleep_entries_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_sleep_entries")),
    )
    op.create_index(
        "ix_sleep_entries_batch",
        "sleep_entries",
        ["user_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sleep_entries_user_id_date_id", "sleep_entries", ["user_id", "date", "id"], unique=False
    )
    op.create_index(
        "uq_sleep_entries_external_id",
        "sleep_entries",
        ["user_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "vital_signs",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "time_of_day",
            sa.Enum(
                "morning",
                "afternoon",
                "evening",
                "night",
                name="partofday_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("resting_heart_rate", sa.Integer(), nullable=True),
        sa.Column("hrv_ms", sa.Integer(), nullable=True),
        sa.Column("blood_pressure_systolic", sa.Integer(), nullable=True),
        sa.Column("blood_pressure_diastolic", sa.Integer(), nullable=True),
        sa.Column("respiratory_rate", sa.Integer(), nullable=True),
        sa.Column("body_temperature", sa.Double(), nullable=True),
        sa.Column("spo2", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "date BETWEEN '1900-01-01' AND '2100-12-31'", name=op.f("ck_vital_signs_date_plausible")
        ),
        sa.CheckConstraint(
            "blood_pressure_diastolic < blood_pressure_systolic",
            name=op.f("ck_vital_signs_pressures_in_order"),
        ),
        sa.CheckConstraint(
            "blood_pressure_diastolic BETWEEN 20 AND 200",
            name=op.f("ck_vital_signs_blood_pressure_diastolic_plausible"),
        ),
        sa.CheckConstraint(
            "blood_pressure_systolic BETWEEN 50 AND 300",
            name=op.f("ck_vital_signs_blood_pressure_systolic_plausible"),
        ),
        sa.CheckConstraint(
            "body_temperature BETWEEN 30 AND 45",
            name=op.f("ck_vital_signs_body_temperature_plausible"),
        ),
        sa.CheckConstraint(
            "hrv_ms BETWEEN 1 AND 400", name=op.f("ck_vital_signs_hrv_ms_plausible")
        ),
        sa.CheckConstraint(
            "num_nonnulls(blood_pressure_systolic, blood_pressure_diastolic, resting_heart_rate, hrv_ms, respiratory_rate, body_temperature, spo2) >= 1",
            name=op.f("ck_vital_signs_says_something"),
        ),
        sa.CheckConstraint(
            "respiratory_rate BETWEEN 4 AND 70",
            name=op.f("ck_vital_signs_respiratory_rate_plausible"),
        ),
        sa.CheckConstraint(
            "resting_heart_rate BETWEEN 20 AND 220",
            name=op.f("ck_vital_signs_resting_heart_rate_plausible"),
        ),
        sa.CheckConstraint("spo2 BETWEEN 50 AND 100", name=op.f("ck_vital_signs_spo2_plausible")),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_vital_signs_batch",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_vital_signs_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_vital_signs")),
    )
    op.create_index(
        "ix_vital_signs_batch",
        "vital_signs",
        ["user_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_vital_signs_user_id_date_id", "vital_signs", ["user_id", "date", "id"], unique=False
    )
    op.create_index(
        "uq_vital_signs_external_id",
        "vital_signs",
        ["user_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_vital_signs_external_id",
        table_name="vital_signs",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_vital_signs_user_id_date_id", table_name="vital_signs")
    op.drop_index(
        "ix_vital_signs_batch",
        table_name="vital_signs",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_table("vital_signs")
    op.drop_index(
        "uq_sleep_entries_external_id",
        table_name="sleep_entries",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_sleep_entries_user_id_date_id", table_name="sleep_entries")
    op.drop_index(
        "ix_sleep_entries_batch",
        table_name="sleep_entries",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_table("sleep_entries")
    op.drop_index("uq_refresh_tokens_token_hash", table_name="refresh_tokens")
    op.drop_index("ix_refresh_tokens_session", table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index(
        "uq_food_entries_external_id",
        table_name="food_entries",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_food_entries_user_id_date_id", table_name="food_entries")
    op.drop_index(
        "ix_food_entries_batch",
        table_name="food_entries",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_table("food_entries")
    op.drop_index(
        "uq_exercise_entries_external_id",
        table_name="exercise_entries",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_exercise_entries_user_id_date_id", table_name="exercise_entries")
    op.drop_index(
        "ix_exercise_entries_batch",
        table_name="exercise_entries",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_table("exercise_entries")
    op.drop_index(
        "uq_chronic_metrics_external_id",
        table_name="chronic_metrics",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_chronic_metrics_user_id_date_id", table_name="chronic_metrics")
    op.drop_index(
        "ix_chronic_metrics_batch",
        table_name="chronic_metrics",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_table("chronic_metrics")
    op.drop_index(
        "uq_body_metrics_external_id",
        table_name="body_metrics",
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_body_metrics_user_id_date_id", table_name="body_metrics")
    op.drop_index(
        "ix_body_metrics_batch",
        table_name="body_metrics",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_table("body_metrics")
    op.drop_table("sessions")
    op.drop_table("idempotency_keys")
    op.drop_table("batches")
    op.drop_index("ix_anomalies_user_id_date_id", table_name="anomalies")
    op.drop_table("anomalies")
    op.drop_table("users")
