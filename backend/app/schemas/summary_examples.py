"""Examples of what the summaries answer, for the API's description."""

from typing import Any

_TOTALS = {
    "calories": 1_020,
    "protein_g": 62,
    "carbs_g": 118,
    "fats_g": 31,
    "sugar_g": 24,
    "fiber_g": 19,
    "sodium_mg": None,
}
_NO_GAPS = dict.fromkeys(_TOTALS, 0)
_GAPS = _NO_GAPS | {"fiber_g": 1, "sodium_mg": 2}
_MENTIONS = {
    "total": 1,
    "items": [
        {
            "id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77",
            "date": "2026-03-12",
            "medication": "Metformin 500 mg",
            "symptoms": None,
        }
    ],
}

NUTRITION: dict[str, Any] = {
    "date": "2026-03-12",
    "status": "ready",
    "entries": 2,
    "totals": _TOTALS,
    "unknown": _GAPS,
    "energy_shares": {"entries": 2, "protein_pct": 24.8, "carbs_pct": 47.3, "fats_pct": 27.9},
    "meals": [{"meal_type": "lunch", "entries": 2, "totals": _TOTALS, "unknown": _GAPS}],
    "usual": {
        "days": 30,
        "since": "2026-02-09",
        "nutrients": {
            name: {"mean": None if value is None else 2 * value, "days": 0 if value is None else 30}
            for name, value in _TOTALS.items()
        },
    },
}

SLEEP: dict[str, Any] = {
    "from": "2026-02-11",
    "to": "2026-03-12",
    "status": "ready",
    "nights": 28,
    "duration": {"mean_hours": 7.21, "spread_hours": 0.64, "min_hours": 5.5, "max_hours": 8.4},
    "quality": {"mean": 77.5, "nights": 28},
    "awakenings": {"mean": 2.1, "nights": 28},
    "clock": {
        "nights": 28,
        "bedtime": "23:14",
        "wake_time": "06:27",
        "midpoint": "02:50",
        "midpoint_spread_minutes": 31.4,
    },
    "stages": {"deep_pct": 19.2, "deep_nights": 28, "rem_pct": 22.6, "rem_nights": 28},
    "debt": {"hours": 3.4, "nights": 13, "days": 14, "recommended_hours": 7},
    "social_jet_lag": {"minutes": 42, "free_nights": 8, "work_nights": 20, "reason": None},
    "efficiency": {"value": None, "reason": "How long you lay awake is not recorded."},
    "regularity": {"index": 86.3, "pairs": 26, "reason": None},
}

EXERCISE: dict[str, Any] = {
    "from": "2026-03-09",
    "to": "2026-03-15",
    "days_so_far": 4,
    "status": "ready",
    "sessions": 2,
    "minutes": 82,
    "active_days": 2,
    "calories_burned": 410,
    "calories_unknown": 1,
    "distance_km": 7.2,
    "by_type": [
        {"exercise_type": "cardio", "sessions": 1, "minutes": 42},
        {"exercise_type": "strength", "sessions": 1, "minutes": 40},
    ],
    "by_intensity": [{"intensity": "high", "sessions": 2, "minutes": 82}],
    "aerobic": {
        "moderate_minutes": 0,
        "vigorous_minutes": 42,
        "unrated_minutes": 0,
        "equivalent_minutes": 84,
        "recommended_low": 150,
        "recommended_high": 300,
        "standing": "below",
    },
    "strength": {
        "sessions": 1,
        "minutes": 40,
        "days": 1,
        "recommended_days": 2,
        "volume_kg": 3_875,
        "volume_unknown": 0,
    },
    "previous_weeks": {
        "weeks": 4,
        "sessions": 3.5,
        "minutes": 164.25,
        "equivalent_minutes": 190,
        "active_days": 3.25,
        "calories_burned": 1_320.5,
        "distance_km": 18.4,
    },
    "minutes_change_pct": -50.1,
    "days": [
        {
            "date": f"2026-03-{9 + day:02}",
            "sessions": sessions,
            "minutes": minutes,
            "equivalent_minutes": equivalent,
        }
        for day, (sessions, minutes, equivalent) in enumerate(
            [(1, 42, 84), (0, 0, 0), (1, 40, 0), *[(0, 0, 0)] * 4]
        )
    ],
}

DIABETES: dict[str, Any] = {
    "condition_type": "diabetes",
    "from": "2026-02-27",
    "to": "2026-03-12",
    "status": "ready",
    "glucose": {
        "readings": 52,
        "days": 14,
        "mean": 142.6,
        "spread": 41.2,
        "cv_pct": 28.9,
        "min": 61,
        "max": 264,
    },
    "ranges": {
        "in_range_pct": 80.8,
        "below_70_pct": 1.9,
        "below_54_pct": 0,
        "above_180_pct": 17.3,
        "above_250_pct": 1.9,
    },
    "gmi": {"value": 6.7, "reason": None},
    "by_time_of_day": [
        {"time_of_day": "fasting", "readings": 14, "mean": 118.4, "min": 61, "max": 152}
    ],
    "insulin": {"days": 14, "mean_units": 33.5},
    "hba1c": [{"date": "2025-12-02", "value": 7.1}],
    "daily": [{"date": "2026-03-12", "readings": 4, "mean": 139.5, "min": 98, "max": 181}],
    "mentions": _MENTIONS,
}

HYPERTENSION: dict[str, Any] = {
    "condition_type": "hypertension",
    "from": "2026-03-06",
    "to": "2026-03-12",
    "status": "ready",
    "home_average": {
        "systolic": 131.2,
        "diastolic": 82.4,
        "readings": 28,
        "days": 7,
        "averaged_readings": 24,
        "first_day_left_out": True,
    },
    "categories": {"acc_aha_2017": "stage_1", "esc_2024": "elevated", "reason": None},
    "by_time_of_day": [
        {"time_of_day": "morning", "readings": 14, "systolic": 133.6, "diastolic": 84}
    ],
    "high": {"systolic_limit": 135, "diastolic_limit": 85, "readings": 7, "pct": 25},
    "daily": [{"date": "2026-03-12", "readings": 4, "systolic": 130.5, "diastolic": 81.8}],
    "mentions": {"total": 0, "items": []},
}

HEART: dict[str, Any] = {
    "condition_type": "heart",
    "from": "2025-12-13",
    "to": "2026-03-12",
    "status": "ready",
    "lipids": [
        {
            "key": "cholesterol_ldl",
            "label": "LDL cholesterol",
            "unit": "mg/dL",
            "clinical": {"low": 5, "high": 129},
            "guideline": "ATP III: borderline high from 130 mg/dL",
            "latest": 118,
            "latest_date": "2026-02-02",
            "previous": 136,
            "previous_date": "2025-07-21",
            "change": -18,
            "is_outside": False,
            "results": [
                {"date": "2025-07-21", "value": 136},
                {"date": "2026-02-02", "value": 118},
            ],
        }
    ],
    "resting_heart_rate": {"mean": 61.3, "readings": 84, "days": 82},
    "hrv": {"mean": 48.9, "readings": 80, "days": 80},
    "mentions": {"total": 0, "items": []},
}

OTHER: dict[str, Any] = {
    "condition_type": "other",
    "from": "2025-12-13",
    "to": "2026-03-12",
    "status": "learning",
    "mentions": _MENTIONS,
}

_STANDING: dict[str, Any] = {
    "key": "resting_hr",
    "label": "Resting heart rate",
    "unit": "/min",
    "decimals": 0,
    "family": "heart_rate",
    "status": "ready",
    "days_needed": 14,
    "usual": {"days": 28, "mean": 61.4, "median": 61, "low": 59, "high": 64},
    "direction": "above",
    "clinical": {
        "low": 50,
        "high": 100,
        "guideline": "ACC/AHA/HRS 2018: sinus bradycardia below 50; tachycardia above 100",
        "is_outside": False,
    },
    "latest": {"date": "2026-03-12", "value": 72},
}
_SURROUNDINGS = {
    "date": "2026-03-12",
    "is_today": True,
    "status": "ready",
    "days_with_data": 58,
    "days_needed": 21,
    "open_anomalies": {
        "total": 1,
        "items": [
            {
                "id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77",
                "date": "2026-03-12",
                "metric_name": "resting_hr",
                "metric_value": 72,
                "baseline_value": 61,
                "direction": "above",
                "severity": "medium",
                "anomaly_score": 84.2,
                "detector_type": "ensemble",
                "is_unusual": True,
                "clinical": None,
                "explanation": "Resting heart rate was 72 bpm, above your usual 59 to 64 bpm.",
                "usual_low": 59,
                "usual_high": 64,
            }
        ],
    },
    "findings_of_day": [
        {
            "id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77",
            "metric_name": "resting_hr",
            "direction": "above",
            "is_unusual": True,
            "clinical": None,
            "is_acknowledged": False,
        }
    ],
    "data_quality": [
        {
            "tracker": "vitals",
            "label": "Vital signs",
            "days_of_last_7": 7,
            "days_of_last_30": 28,
            "last_entry": "2026-03-12",
        }
    ],
}

DAILY: dict[str, Any] = {
    "period": "daily",
    "metrics": [_STANDING | {"value": 72}],
    **_SURROUNDINGS,
}

WEEKLY: dict[str, Any] = {
    "period": "weekly",
    "metrics": [
        _STANDING
        | {
            "value": 64.86,
            "days": 7,
            "change": 3.46,
            "change_pct": 5.6,
            "trend": {"per_week": 0.85, "p_value": 0.0031, "days": 28},
        }
    ],
    **_SURROUNDINGS,
}

CORRELATIONS: dict[str, Any] = {
    "first": "2025-09-13",
    "last": "2026-03-11",
    "status": "ready",
    "false_discovery_rate": 0.05,
    "longest_lag": 3,
    "minimum_effective_days": 20,
    "pairs_looked_at": 214,
    "tests": 1_498,
    "items": [
        {
            "earlier": "exercise_minutes",
            "later": "resting_hr",
            "lag_days": 1,
            "direction": "opposite",
            "r": -0.482,
            "interval": {"low": -0.752, "high": -0.073},
            "days": 164,
            "effective_days": 103.8,
            "p_value": 9.1e-7,
            "adjusted_p": 0.0012,
            "text": "Higher exercise was mostly followed by lower resting heart rate the next day "
            "(correlation -0.48, interval -0.75 to -0.07; 164 days, worth 104 independent ones). "
            "This is an association, not a cause.",
        }
    ],
}
