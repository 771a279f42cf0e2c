"""What Apple Health calls things, and what they are here."""

from collections.abc import Mapping
from types import MappingProxyType

QUANTITY, CATEGORY = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
WORKOUT = "HKWorkoutActivityType"
STAGE = "HKCategoryValueSleepAnalysis"

QUANTITIES: Mapping[str, str] = MappingProxyType(
    {
        "HeartRate": "heart_rate",
        "RestingHeartRate": "resting_heart_rate",
        "HeartRateVariabilitySDNN": "hrv_sdnn",
        "HeartRateVariabilityRMSSD": "hrv_rmssd",
        "RespiratoryRate": "respiratory_rate",
        "OxygenSaturation": "spo2",
        "BodyTemperature": "body_temperature",
        "BloodPressureSystolic": "blood_pressure_systolic",
        "BloodPressureDiastolic": "blood_pressure_diastolic",
        "BloodGlucose": "glucose",
        "InsulinDelivery": "insulin",
        "BodyMass": "weight",
        "Height": "height",
        "BodyFatPercentage": "body_fat",
        "WaistCircumference": "waist",
        "StepCount": "steps",
        "DistanceWalkingRunning": "distance",
        "ActiveEnergyBurned": "active_energy",
        "BasalEnergyBurned": "basal_energy",
        "AppleExerciseTime": "exercise_minutes",
    }
)
SLEEP: Mapping[str, str] = MappingProxyType(
    {
        "InBed": "sleep_in_bed",
        "Awake": "sleep_awake",
        "Asleep": "sleep_asleep",
        "AsleepUnspecified": "sleep_asleep",
        "AsleepCore": "sleep_light",
        "AsleepDeep": "sleep_deep",
        "AsleepREM": "sleep_rem",
    }
)
# A percent sign stands before a fraction: 0.97 % is 97 percent.
_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "count/min": "/min",
        "count/s": "/s",
        "count": "{count}",
        "%": "1",
        "degC": "Cel",
        "degF": "[degF]",
        "mmHg": "mm[Hg]",
        "lb": "[lb_av]",
        "oz": "[oz_av]",
        "st": "[stone_av]",
        "in": "[in_i]",
        "ft": "[ft_i]",
        "yd": "[yd_i]",
        "mi": "[mi_i]",
        "Cal": "kcal",
        "IU": "[iU]",
        "hr": "h",
        "mcg": "ug",
    }
)
NUTRIENTS: Mapping[str, str] = MappingProxyType(
    {
        "DietaryEnergyConsumed": "calories",
        "DietaryProtein": "protein_g",
        "DietaryCarbohydrates": "carbs_g",
        "DietaryFatTotal": "fats_g",
        "DietarySugar": "sugar_g",
        "DietaryFiber": "fiber_g",
        "DietarySodium": "sodium_mg",
    }
)
COLUMN_UNITS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("calories", "calories_burned"), "kcal"),
        **dict.fromkeys(("protein_g", "carbs_g", "fats_g", "sugar_g", "fiber_g"), "g"),
        "sodium_mg": "mg",
        "distance_km": "km",
        "duration_minutes": "min",
        **dict.fromkeys(("heart_rate_avg", "heart_rate_max"), "/min"),
    }
)
# The hour until which it is that meal.
MEALS = (
    (5, "snack"),
    (11, "breakfast"),
    (15, "lunch"),
    (17, "snack"),
    (22, "dinner"),
    (24, "snack"),
)
STATISTICS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "ActiveEnergyBurned": (("sum", "calories_burned"),),
        "HeartRate": (("average", "heart_rate_avg"), ("maximum", "heart_rate_max")),
        "DistanceWalkingRunning": (("sum", "distance_km"),),
        "DistanceCycling": (("sum", "distance_km"),),
        "DistanceSwimming": (("sum", "distance_km"),),
    }
)
ACTIVITIES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            "Walking Running Cycling Swimming Hiking Rowing Elliptical StairClimbing Stairs"
            " HighIntensityIntervalTraining MixedCardio JumpRope CardioDance SkatingSports"
            " CrossCountrySkiing".split(),
            "cardio",
        ),
        **dict.fromkeys(
            "TraditionalStrengthTraining FunctionalStrengthTraining CoreTraining".split(),
            "strength",
        ),
        **dict.fromkeys("Yoga Pilates Flexibility Barre TaiChi Cooldown".split(), "flexibility"),
        **dict.fromkeys(
            "Soccer Tennis Basketball Volleyball Badminton TableTennis Baseball Hockey Golf"
            " Handball Rugby Squash MartialArts Boxing Climbing DownhillSkiing"
            " Snowboarding".split(),
            "sports",
        ),
    }
)


def unit(told: str) -> str:
    """As UCUM writes it."""
    if told.startswith("mmol<180"):
        return "mmol/L"
    return _UNITS.get(told, told)


def spaced(activity: str) -> str:
    """TraditionalStrengthTraining in words."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in activity)
    return words.strip().capitalize()[:200] if activity.isalnum() else ""
