"""What the summaries of food, sleep and exercise tell."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.schemas import summary_examples as examples
from app.schemas.base import ReadSchema
from app.utils.enums import ExerciseType, Intensity, MealType

Status = Annotated[
    Literal["learning", "ready"],
    Field(description="`learning` while there are too few days to compare with."),
]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["23:10"])]
Share = Annotated[float | None, Field(description="Per cent; null where it is unknown.")]
Reason = Annotated[str | None, Field(description="Why the value is null; else null.")]


class NutrientTotals(ReadSchema):
    """Null where no entry knows the nutrient."""

    calories: float | None
    protein_g: float | None
    carbs_g: float | None
    fats_g: float | None
    sugar_g: float | None
    fiber_g: float | None
    sodium_mg: float | None


class NutrientCounts(ReadSchema):
    """How many entries lack the nutrient: the total does not hold what these had."""

    calories: int
    protein_g: int
    carbs_g: int
    fats_g: int
    sugar_g: int
    fiber_g: int
    sodium_mg: int


class UsualNutrient(ReadSchema):
    mean: float | None
    days: int


class UsualNutrients(ReadSchema):
    """The mean daily total, and the number of days that know the nutrient."""

    calories: UsualNutrient
    protein_g: UsualNutrient
    carbs_g: UsualNutrient
    fats_g: UsualNutrient
    sugar_g: UsualNutrient
    fiber_g: UsualNutrient
    sodium_mg: UsualNutrient


class EnergyShares(ReadSchema):
    """Of the energy of the entries whose three macronutrients are known: 4 kcal a gram of protein
    and carbohydrate, 9 a gram of fat."""

    entries: int
    protein_pct: Share
    carbs_pct: Share
    fats_pct: Share


class MealSummary(ReadSchema):
    meal_type: MealType
    entries: int
    totals: NutrientTotals
    unknown: NutrientCounts


class UsualDays(ReadSchema):
    """The last 30 logged days before this one."""

    days: int
    since: dt.date | None
    nutrients: UsualNutrients


class NutritionSummary(ReadSchema):
    """One day's nutrients, in all and by meal, beside the person's usual."""

    model_config = ConfigDict(json_schema_extra={"example": examples.NUTRITION})

    date: dt.date
    status: Status
    entries: int
    totals: NutrientTotals
    unknown: NutrientCounts
    energy_shares: EnergyShares
    meals: list[MealSummary]
    usual: UsualDays


class SleepDuration(ReadSchema):
    """Hours of sleep a day, naps included. The spread is the standard deviation."""

    mean_hours: float | None
    spread_hours: float | None
    min_hours: float | None
    max_hours: float | None


class NightlyMean(ReadSchema):
    mean: float | None
    nights: int


class SleepClock(ReadSchema):
    """Circular means of the longest sleep's times, by the person's clock. The spread of the
    midpoint is its circular standard deviation."""

    nights: int
    bedtime: ClockTime | None
    wake_time: ClockTime | None
    midpoint: ClockTime | None
    midpoint_spread_minutes: float | None


class SleepStages(ReadSchema):
    """Shares of the sleep in which the stage was measured."""

    deep_pct: Share
    deep_nights: int
    rem_pct: Share
    rem_nights: int


class SleepEfficiency(ReadSchema):
    value: Share
    reason: Reason


class SleepDebt(ReadSchema):
    """What the logged nights of the last `days` days fall short of the recommended hours."""

    hours: float | None
    nights: int
    days: int
    recommended_hours: float


class SocialJetLag(ReadSchema):
    """How many minutes later the middle of sleep lies on weekends; below zero, earlier."""

    minutes: float | None
    free_nights: int
    work_nights: int
    reason: Reason


class SleepRegularity(ReadSchema):
    """The sleep regularity index (Phillips 2017): 100 where each day is like the one before, about
    0 where sleep comes at random."""

    index: float | None = Field(ge=-100, le=100)
    pairs: int = Field(description="Pairs of consecutive days that it rests on.")
    reason: Reason


class SleepStats(ReadSchema):
    """How the person slept from the morning `from` to the morning `to`."""

    model_config = ConfigDict(json_schema_extra={"example": examples.SLEEP})

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    status: Status
    nights: int
    duration: SleepDuration
    quality: NightlyMean
    awakenings: NightlyMean
    clock: SleepClock
    stages: SleepStages
    debt: SleepDebt
    social_jet_lag: SocialJetLag
    efficiency: SleepEfficiency
    regularity: SleepRegularity


class TypeMinutes(ReadSchema):
    exercise_type: ExerciseType
    sessions: int
    minutes: int


class IntensityMinutes(ReadSchema):
    """Intensity is null for sessions that did not tell it."""

    intensity: Intensity | None
    sessions: int
    minutes: int


class AerobicMinutes(ReadSchema):
    """Cardio, sports and other against the WHO's weekly recommendation: moderate minutes, and
    vigorous (high, very high) minutes twice. Unrated minutes had no intensity and do not count."""

    moderate_minutes: int
    vigorous_minutes: int
    unrated_minutes: int
    equivalent_minutes: int
    recommended_low: int
    recommended_high: int
    standing: Literal["below", "within", "above"]


class StrengthWeek(ReadSchema):
    """`days` had strength training of no low intensity; volume is sets x reps x kilograms."""

    sessions: int
    minutes: int
    days: int
    recommended_days: int
    volume_kg: float | None
    volume_unknown: int


class PreviousWeeks(ReadSchema):
    """Means of those of the four weeks before that have a session."""

    weeks: int
    sessions: float | None
    minutes: float | None
    equivalent_minutes: float | None
    active_days: float | None
    calories_burned: float | None
    distance_km: float | None


class ExerciseDay(ReadSchema):
    date: dt.date
    sessions: int
    minutes: int
    equivalent_minutes: int


class ExerciseSummary(ReadSchema):
    """One week, Monday to Sunday; `days_so_far` of it have come."""

    model_config = ConfigDict(json_schema_extra={"example": examples.EXERCISE})

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    days_so_far: int = Field(ge=0, le=7)
    status: Status
    sessions: int
    minutes: int
    active_days: int
    calories_burned: int | None
    calories_unknown: int = Field(description="Sessions without calories.")
    distance_km: float | None
    by_type: list[TypeMinutes]
    by_intensity: list[IntensityMinutes]
    aerobic: AerobicMinutes
    strength: StrengthWeek
    previous_weeks: PreviousWeeks
    minutes_change_pct: float | None
    days: list[ExerciseDay] = Field(min_length=7, max_length=7)
