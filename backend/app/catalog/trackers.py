"""The six trackers and the numeric columns of their tables."""

from app.catalog.types import Quantity, Range, Tracker

TRACKERS = (
    Tracker(key="nutrition", table="food_entries", label="Nutrition"),
    Tracker(key="sleep", table="sleep_entries", label="Sleep", instant="wake_time"),
    Tracker(key="exercise", table="exercise_entries", label="Exercise"),
    Tracker(key="vitals", table="vital_signs", label="Vital signs"),
    Tracker(key="body", table="body_metrics", label="Body"),
    Tracker(key="chronic", table="chronic_metrics", label="Chronic conditions"),
)


def _row(
    tracker: str,
    column: str,
    unit: str,
    low: float,
    high: float,
    *,
    integer: bool = False,
    tied_to: tuple[str, ...] = (),
) -> Quantity:
    return Quantity(
        tracker=tracker,
        column=column,
        unit=unit,
        plausible=Range(low, high),
        integer=integer,
        tied_to=tied_to,
    )


QUANTITIES = (
    _row(
        "nutrition",
        "calories",
        "kcal",
        0,
        10_000,
        tied_to=("protein_g", "carbs_g", "fats_g"),
    ),
    _row("nutrition", "protein_g", "g", 0, 1_000),
    _row("nutrition", "carbs_g", "g", 0, 2_000),
    _row("nutrition", "fats_g", "g", 0, 1_000),
    _row("nutrition", "sugar_g", "g", 0, 2_000, tied_to=("carbs_g",)),
    _row("nutrition", "fiber_g", "g", 0, 500, tied_to=("carbs_g",)),
    _row("nutrition", "sodium_mg", "mg", 0, 50_000),
    _row("sleep", "duration_hours", "h", 0, 24),
    _row("sleep", "quality_score", "{score}", 1, 100, integer=True),
    _row("sleep", "deep_sleep_minutes", "min", 0, 1_440, integer=True),
    _row("sleep", "rem_sleep_minutes", "min", 0, 1_440, integer=True),
    _row("sleep", "awakenings", "{count}", 0, 200, integer=True),
    _row("exercise", "duration_minutes", "min", 0, 1_440, integer=True),
    _row("exercise", "calories_burned", "kcal", 0, 20_000, integer=True),
    _row("exercise", "heart_rate_avg", "/min", 25, 250, integer=True),
    _row("exercise", "heart_rate_max", "/min", 25, 250, integer=True),
    _row("exercise", "distance_km", "km", 0, 500),
    _row("exercise", "sets", "{count}", 0, 1_000, integer=True),
    _row("exercise", "reps", "{count}", 0, 10_000, integer=True),
    _row("exercise", "weight_kg", "kg", 0, 1_000),
    _row("vitals", "resting_heart_rate", "/min", 20, 220, integer=True),
    _row("vitals", "hrv_ms", "ms", 1, 400, integer=True),
    _row("vitals", "blood_pressure_systolic", "mm[Hg]", 50, 300, integer=True),
    _row("vitals", "blood_pressure_diastolic", "mm[Hg]", 20, 200, integer=True),
    _row("vitals", "respiratory_rate", "/min", 4, 70, integer=True),
    _row("vitals", "body_temperature", "Cel", 30, 45),
    _row("vitals", "spo2", "%", 50, 100, integer=True),
    _row("body", "weight_kg", "kg", 2, 650),
    _row("body", "body_fat_pct", "%", 1, 80),
    _row("body", "muscle_mass_kg", "kg", 1, 200),
    Quantity(
        tracker="body",
        column="bmi",
        unit="kg/m2",
        plausible=Range(4, 250),
        computed=True,
        tied_to=("weight_kg",),
    ),
    _row("body", "waist_cm", "cm", 20, 300),
    _row("chronic", "blood_glucose_mgdl", "mg/dL", 10, 1_000),
    _row("chronic", "insulin_units", "[iU]", 0, 500),
    _row("chronic", "hba1c_pct", "%", 3, 20),
    _row(
        "chronic",
        "cholesterol_total",
        "mg/dL",
        40,
        1_000,
        tied_to=("cholesterol_ldl", "cholesterol_hdl", "triglycerides"),
    ),
    _row("chronic", "cholesterol_ldl", "mg/dL", 5, 800),
    _row("chronic", "cholesterol_hdl", "mg/dL", 3, 250),
    _row("chronic", "triglycerides", "mg/dL", 10, 10_000),
)
