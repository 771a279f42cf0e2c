"""The enumerations of the plan, as stored and as sent."""

from enum import StrEnum


class MealType(StrEnum):
    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    DINNER = "dinner"
    SNACK = "snack"


class ExerciseType(StrEnum):
    CARDIO = "cardio"
    STRENGTH = "strength"
    FLEXIBILITY = "flexibility"
    SPORTS = "sports"
    OTHER = "other"


class Intensity(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    VERY_HIGH = "very_high"


class PartOfDay(StrEnum):
    """When vital signs were taken."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class MeasurementContext(StrEnum):
    """When a chronic metric was taken, relative to meals and sleep."""

    FASTING = "fasting"
    PRE_MEAL = "pre_meal"
    POST_MEAL = "post_meal"
    BEDTIME = "bedtime"
    OTHER = "other"


class ConditionType(StrEnum):
    DIABETES = "diabetes"
    HYPERTENSION = "hypertension"
    HEART = "heart"
    OTHER = "other"


class DetectorType(StrEnum):
    ZSCORE = "zscore"
    ISOLATION_FOREST = "isolation_forest"
    ENSEMBLE = "ensemble"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Direction(StrEnum):
    ABOVE = "above"
    BELOW = "below"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class BatchKind(StrEnum):
    """How a batch of entries came about."""

    INVENTED = "invented"
    IMPORTED = "imported"
