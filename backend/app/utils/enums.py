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


class AlarmBudget(StrEnum):
    """How often a person wants to hear of a day that is unusual and nothing more."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    GRAVEST = "gravest"


class Feedback(StrEnum):
    """What a person says to a finding."""

    SEEN = "seen"
    HAD_REASON = "had_reason"
    NOT_UNUSUAL = "not_unusual"
    USEFUL = "useful"


class TagKind(StrEnum):
    """What a stretch of days was like."""

    ILLNESS = "illness"
    TRAVEL = "travel"
    MEDICATION = "medication"
    STRESS = "stress"
    OTHER = "other"


class DataStatus(StrEnum):
    """Whether what is usual is known: not yet, yes, or it was, but nothing new came for a while."""

    LEARNING = "learning"
    READY = "ready"
    STALE = "stale"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class BatchKind(StrEnum):
    """How a batch of entries came about."""

    INVENTED = "invented"
    IMPORTED = "imported"


class AuditKind(StrEnum):
    """What the audit trail keeps of an account."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  (an event, not a password)
    PROFILE_CHANGED = "profile_changed"
    THRESHOLDS_CHANGED = "thresholds_changed"
    BUDGET_CHANGED = "budget_changed"
    FEEDBACK_CHANGED = "feedback_changed"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNKNOWN_ID = "unknown_id"
    EXPORTED = "exported"
    IMPORTED = "imported"
    BATCH_REMOVED = "batch_removed"
    ACCOUNT_DELETED = "account_deleted"
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CHANNEL_ADDED = "channel_added"
    CHANNEL_REMOVED = "channel_removed"


class AuditOutcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


class JobKind(StrEnum):
    """Work that a person can ask for."""

    EXPORT = "export"
    IMPORT_ACCOUNT = "import_account"
    IMPORT_DAYS = "import_days"


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ChannelKind(StrEnum):
    """A way out: a program of theirs, a browser's push service, a service of Apprise's."""

    WEBHOOK = "webhook"
    PUSH = "push"
    SERVICE = "service"


class DeliveryKind(StrEnum):
    FINDING = "finding"
    TEST = "test"


class DeliveryStatus(StrEnum):
    """`dropped`: there was nothing to tell any more when its time came."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class ImportStatus(StrEnum):
    """How far a file is that a person brings."""

    RECEIVING = "receiving"
    READING = "reading"
    READY = "ready"
    COMMITTING = "committing"
    COMMITTED = "committed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ClauseKind(StrEnum):
    """What a clause of an explanation says of its metric: the value outside the usual range, inside
    it but part of an unusual pattern, unusual on neither side, within it, or the value alone; then
    what is usual, which limit is broken, and what else moved."""

    OUTSIDE = "outside"
    PATTERN = "pattern"
    UNUSUAL = "unusual"
    WITHIN = "within"
    VALUE = "value"
    USUAL = "usual"
    LIMIT = "limit"
    ALSO = "also"
