"""What the trends of a chronic condition tell."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel

from app.schemas import summary_examples as examples
from app.schemas.base import ReadSchema
from app.schemas.summaries import Reason, Share, Status
from app.utils.enums import ConditionType, MeasurementContext, PartOfDay


class Mention(ReadSchema):
    id: UUID
    date: dt.date
    medication: str | None
    symptoms: str | None


class Mentions(ReadSchema):
    """Medication and symptoms logged under the condition, newest first, at most 50."""

    total: int
    items: list[Mention] = Field(max_length=50)


class Trends(ReadSchema):
    """What all conditions have."""

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    status: Status
    mentions: Mentions


class GlucoseReadings(ReadSchema):
    """mg/dL. The spread is the standard deviation, `cv_pct` its share of the mean: 36 or less is
    called stable."""

    readings: int
    days: int
    mean: float | None
    spread: float | None
    cv_pct: Share
    min: float | None
    max: float | None


class GlucoseRanges(ReadSchema):
    """Shares of the readings (not of time) in mg/dL; below 54 also counts as below 70, above 250
    as above 180. Consensus goals for most adults: in range over 70 %, below 70 under 4 %, below 54
    under 1 %, above 180 under 25 %, above 250 under 5 %."""

    in_range_pct: Share
    below_70_pct: Share
    below_54_pct: Share
    above_180_pct: Share
    above_250_pct: Share


class Gmi(ReadSchema):
    """Glucose management indicator: the HbA1c (%) that the mean glucose would go with."""

    value: float | None
    reason: Reason


class GlucoseByTime(ReadSchema):
    time_of_day: MeasurementContext
    readings: int
    mean: float
    min: float
    max: float


class GlucoseDay(ReadSchema):
    date: dt.date
    readings: int
    mean: float
    min: float
    max: float


class InsulinUse(ReadSchema):
    """Units a day, over the days with a dose logged."""

    days: int
    mean_units: float | None


class LaboratoryResult(ReadSchema):
    date: dt.date
    value: float


class DiabetesTrends(Trends):
    """HbA1c reaches back two years at least."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DIABETES})

    condition_type: Literal[ConditionType.DIABETES]
    glucose: GlucoseReadings
    ranges: GlucoseRanges
    gmi: Gmi
    by_time_of_day: list[GlucoseByTime]
    insulin: InsulinUse
    hba1c: list[LaboratoryResult]
    daily: list[GlucoseDay]


class HomeAverage(ReadSchema):
    """mmHg. With 12 readings on 3 days the first day is left out of the average."""

    systolic: float | None
    diastolic: float | None
    readings: int
    days: int
    averaged_readings: int
    first_day_left_out: bool


class PressureCategories(ReadSchema):
    """Of the home average, by two guidelines, the higher of systolic and diastolic; ESC 2024 by
    its limits for home. Null until there are 12 readings on 3 days. No diagnosis."""

    acc_aha_2017: Literal["normal", "elevated", "stage_1", "stage_2", "crisis"] | None
    esc_2024: Literal["non_elevated", "elevated", "hypertension"] | None
    reason: Reason


class PressureByTime(ReadSchema):
    time_of_day: PartOfDay
    readings: int
    systolic: float
    diastolic: float


class HighReadings(ReadSchema):
    """Readings that reach either limit for home."""

    systolic_limit: int
    diastolic_limit: int
    readings: int
    pct: Share


class PressureDay(ReadSchema):
    date: dt.date
    readings: int
    systolic: float
    diastolic: float


class HypertensionTrends(Trends):
    """From the vital signs that hold both pressures."""

    model_config = ConfigDict(json_schema_extra={"example": examples.HYPERTENSION})

    condition_type: Literal[ConditionType.HYPERTENSION]
    home_average: HomeAverage
    categories: PressureCategories
    by_time_of_day: list[PressureByTime]
    high: HighReadings
    daily: list[PressureDay]


class ClinicalRange(ReadSchema):
    low: float | None
    high: float | None


class LipidTrend(ReadSchema):
    """One marker's results over two years at least, the latest against the one before."""

    key: str
    label: str
    unit: str
    clinical: ClinicalRange
    guideline: str | None
    latest: float | None
    latest_date: dt.date | None
    previous: float | None
    previous_date: dt.date | None
    change: float | None
    is_outside: bool | None
    results: list[LaboratoryResult]


class ReadingsMean(ReadSchema):
    mean: float | None
    readings: int
    days: int


class HeartTrends(Trends):
    """Resting heart rate (/min) and its variability (RMSSD, ms) come from the vital signs."""

    model_config = ConfigDict(json_schema_extra={"example": examples.HEART})

    condition_type: Literal[ConditionType.HEART]
    lipids: list[LipidTrend]
    resting_heart_rate: ReadingsMean
    hrv: ReadingsMean


class OtherTrends(Trends):
    """Conditions without readings of their own: what was taken and felt."""

    model_config = ConfigDict(json_schema_extra={"example": examples.OTHER})

    condition_type: Literal[ConditionType.OTHER]


class ChronicTrends(
    RootModel[
        Annotated[
            DiabetesTrends | HypertensionTrends | HeartTrends | OtherTrends,
            Field(discriminator="condition_type"),
        ]
    ]
):
    """The trends of the condition that was asked for."""
