"""The tables."""

from app.models.anomaly import Anomaly
from app.models.base import Base, Entry
from app.models.batch import Batch
from app.models.body_metrics import BodyMetrics
from app.models.chronic_metrics import ChronicMetrics
from app.models.exercise_entry import ExerciseEntry
from app.models.food_entry import FoodEntry
from app.models.idempotency_key import IdempotencyKey
from app.models.session import LoginSession, RefreshToken
from app.models.sleep_entry import SleepEntry
from app.models.user import User
from app.models.vital_signs import VitalSigns

__all__ = [
    "ENTRY_MODELS",
    "Anomaly",
    "Base",
    "Batch",
    "BodyMetrics",
    "ChronicMetrics",
    "Entry",
    "ExerciseEntry",
    "FoodEntry",
    "IdempotencyKey",
    "LoginSession",
    "RefreshToken",
    "SleepEntry",
    "User",
    "VitalSigns",
]

ENTRY_MODELS: dict[str, type[Entry]] = {
    model.tracker: model
    for model in (FoodEntry, SleepEntry, ExerciseEntry, VitalSigns, BodyMetrics, ChronicMetrics)
}
