"""The plan is the contract: every table, column, enumeration and endpoint of it exists."""

import pytest

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.main import create_app
from app.ml.feature_engineering import build_daily_feature_matrix, feature_statement
from app.models import Base

TABLES = {
    "users": "id email hashed_password name date_of_birth created_at updated_at",
    "food_entries": "id user_id date meal_type food_name calories protein_g carbs_g fats_g sugar_g "
    "fiber_g sodium_mg notes created_at",
    "sleep_entries": "id user_id date bedtime wake_time duration_hours quality_score "
    "deep_sleep_minutes rem_sleep_minutes awakenings notes created_at",
    "exercise_entries": "id user_id date exercise_type exercise_name duration_minutes intensity "
    "calories_burned heart_rate_avg heart_rate_max distance_km sets reps weight_kg notes "
    "created_at",
    "vital_signs": "id user_id date time_of_day resting_heart_rate hrv_ms blood_pressure_systolic "
    "blood_pressure_diastolic respiratory_rate body_temperature spo2 created_at",
    "body_metrics": "id user_id date weight_kg body_fat_pct muscle_mass_kg bmi waist_cm notes "
    "created_at",
    "chronic_metrics": "id user_id date time_of_day condition_type blood_glucose_mgdl "
    "insulin_units hba1c_pct cholesterol_total cholesterol_ldl cholesterol_hdl triglycerides "
    "medication_taken symptoms notes created_at",
    "anomalies": "id user_id date source_table source_id metric_name metric_value baseline_value "
    "detector_type severity anomaly_score explanation is_acknowledged detected_at",
}
ENUMS = {
    ("food_entries", "meal_type"): "breakfast lunch dinner snack",
    ("exercise_entries", "exercise_type"): "cardio strength flexibility sports other",
    ("exercise_entries", "intensity"): "low moderate high very_high",
    ("vital_signs", "time_of_day"): "morning afternoon evening night",
    ("chronic_metrics", "time_of_day"): "fasting pre_meal post_meal bedtime other",
    ("chronic_metrics", "condition_type"): "diabetes hypertension heart other",
    ("anomalies", "detector_type"): "zscore isolation_forest ensemble",
    ("anomalies", "severity"): "low medium high",
}
ENDPOINTS = """
POST /api/auth/register
POST /api/auth/login
GET /api/auth/me
GET /api/nutrition
POST /api/nutrition
GET /api/nutrition/daily-summary
DELETE /api/nutrition/{id}
GET /api/sleep
POST /api/sleep
GET /api/sleep/stats
GET /api/exercise
POST /api/exercise
GET /api/exercise/weekly-summary
GET /api/vitals
POST /api/vitals
GET /api/body
POST /api/body
GET /api/chronic
POST /api/chronic
GET /api/chronic/trends
GET /api/dashboard
GET /api/anomalies
POST /api/anomalies/detect
PATCH /api/anomalies/{id}/acknowledge
GET /api/insights
POST /api/mock/generate
"""
FEATURES = """
total_calories total_protein total_carbs total_sugar sleep_hours sleep_quality exercise_minutes
exercise_intensity_avg resting_hr hrv bp_systolic bp_diastolic weight body_fat_pct
blood_glucose_avg protein_ratio sugar_intake exercise_intensity weight_change_7d
glucose_variability
"""
THRESHOLDS = {
    "sleep_hours": 2.5,
    "resting_hr": 2.5,
    "blood_glucose_avg": 2.5,
    "total_calories": 3.0,
    "bp_systolic": 2.5,
    "bp_diastolic": 2.5,
}


@pytest.mark.parametrize("table", TABLES)
def test_table_has_the_planned_columns(table: str) -> None:
    assert set(TABLES[table].split()) <= set(Base.metadata.tables[table].columns.keys())


@pytest.mark.parametrize(("table", "column"), ENUMS)
def test_enumeration_has_the_planned_values(table: str, column: str) -> None:
    kind = Base.metadata.tables[table].columns[column].type
    assert kind.enums == ENUMS[table, column].split()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def routes(settings: Settings) -> set[str]:
    database = Database("postgresql://unused", pool_size=1, statement_timeout=1)
    app = create_app(settings, database, secret="unused")
    paths = app.openapi()["paths"]
    return {
        f"{method.upper()} {_anonymous(path)}" for path, item in paths.items() for method in item
    }


@pytest.mark.parametrize("endpoint", ENDPOINTS.split("\n")[1:-1])
def test_endpoint_exists(endpoint: str, routes: set[str]) -> None:
    assert _anonymous(endpoint) in routes


@pytest.mark.parametrize("name", FEATURES.split())
def test_feature_exists(name: str) -> None:
    assert name in CATALOGUE


@pytest.mark.parametrize("metric", THRESHOLDS)
def test_zscore_target_has_the_planned_threshold(metric: str) -> None:
    watch = CATALOGUE[metric].watch
    assert watch is not None
    assert watch.z == THRESHOLDS[metric]


def test_glucose_has_the_planned_range() -> None:
    normal = CATALOGUE["blood_glucose_avg"].clinical
    assert normal is not None
    assert (normal.low, normal.high) == (70, 140)


def test_feature_matrix_has_the_planned_signature() -> None:
    names = build_daily_feature_matrix.__code__.co_varnames
    assert names[:2] == ("user_id", "days")
    assert build_daily_feature_matrix.__defaults__ == (60,)


def test_feature_matrix_is_one_statement() -> None:
    assert feature_statement().lower().startswith("select")
    assert ";" not in feature_statement()


def _anonymous(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
