"""The tables."""

from app.models.anomaly import Anomaly
from app.models.audit_event import AuditEvent
from app.models.base import Base, Entry
from app.models.batch import Batch
from app.models.body_metrics import BodyMetrics
from app.models.channel import Channel, Delivery
from app.models.chronic_metrics import ChronicMetrics
from app.models.day_page import DayPage, StaleDay
from app.models.deleted_account import DeletedAccount
from app.models.detection_memory import DetectionMemory
from app.models.episode import Episode
from app.models.exercise_entry import ExerciseEntry
from app.models.file_import import FileImport, ImportPart
from app.models.food_entry import FoodEntry
from app.models.guess_limit import GuessLimit
from app.models.held_reading import HeldGroup, HeldReading
from app.models.idempotency_key import IdempotencyKey
from app.models.import_template import ImportTemplate
from app.models.job import Job, JobPart
from app.models.passkey import Passkey, PasskeyChallenge
from app.models.reading import Reading, ReadingSeries
from app.models.session import LoginSession, RefreshToken
from app.models.sleep_entry import SleepEntry
from app.models.tag import Tag
from app.models.two_factor import RecoveryCode, TotpSecret
from app.models.user import User
from app.models.vital_signs import VitalSigns

__all__ = [
    "ENTRY_MODELS",
    "Anomaly",
    "AuditEvent",
    "Base",
    "Batch",
    "BodyMetrics",
    "Channel",
    "ChronicMetrics",
    "DayPage",
    "DeletedAccount",
    "Delivery",
    "DetectionMemory",
    "Entry",
    "Episode",
    "ExerciseEntry",
    "FileImport",
    "FoodEntry",
    "GuessLimit",
    "HeldGroup",
    "HeldReading",
    "IdempotencyKey",
    "ImportPart",
    "ImportTemplate",
    "Job",
    "JobPart",
    "LoginSession",
    "Passkey",
    "PasskeyChallenge",
    "Reading",
    "ReadingSeries",
    "RecoveryCode",
    "RefreshToken",
    "SleepEntry",
    "StaleDay",
    "Tag",
    "TotpSecret",
    "User",
    "VitalSigns",
]

ENTRY_MODELS: dict[str, type[Entry]] = {
    model.tracker: model
    for model in (FoodEntry, SleepEntry, ExerciseEntry, VitalSigns, BodyMetrics, ChronicMetrics)
}
