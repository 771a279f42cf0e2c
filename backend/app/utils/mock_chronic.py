"""What an invented person notes for chronic conditions: readings, samples, remedies, symptoms.

What is random here never depends on the values, so that a person with anomalies differs from the
same person without them in nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from app.utils.enums import ConditionType, MeasurementContext
from app.utils.mock_diary import Diary, Row, Shown, recorded
from app.utils.mock_series import GLUCOSE_READINGS, BoolArray, FloatArray

_MEDICATION: Mapping[ConditionType, str] = {
    ConditionType.DIABETES: "Metformin 500 mg",
    ConditionType.HYPERTENSION: "Lisinopril 10 mg",
    ConditionType.HEART: "Atorvastatin 20 mg",
}
_ILLNESS = (("Sore throat, tired", None), ("Aching limbs, feverish", "Paracetamol 500 mg"))
_COMPLAINTS = (("Headache", "Ibuprofen 400 mg"), ("Stiff neck", None), ("Heartburn", None))
_BLANK: Row = dict.fromkeys(
    (
        "blood_glucose_mgdl",
        "insulin_units",
        "hba1c_pct",
        "cholesterol_total",
        "cholesterol_ldl",
        "cholesterol_hdl",
        "triglycerides",
        "medication_taken",
        "symptoms",
        "notes",
    )
)
_LIPIDS = ("cholesterol_total", "cholesterol_ldl", "cholesterol_hdl", "triglycerides")
_LABORATORY_DAYS = 91
_READING_TIMES = (20, 310, 450, 800, 900)  # minutes after waking, in the order of the readings
_READING_SIGNS = (0, 0, 1, -1, 0)


def write_chronic(rng: np.random.Generator, diary: Diary) -> Iterator[Row]:
    days = len(diary.dates)
    readings = _readings(diary, wobble=rng.normal(0, 5, days).clip(-12, 12))
    insulin = _insulin(diary)
    tests = diary.shown("chronic")
    taken = rng.random((days, len(_MEDICATION))) < 0.93
    unwell, variants = rng.random(days) < 0.03, rng.random(days)
    laboratory = set(range(int(rng.integers(_LABORATORY_DAYS)), days, _LABORATORY_DAYS))
    for day in diary.days("chronic"):
        if day in laboratory:
            yield from _laboratory(diary, day, tests)
        yield from _medication(diary, day, taken[day])
        yield from _glucose(diary, day, readings, insulin)
        if diary.ill[day] or unwell[day]:
            complaints = _ILLNESS if diary.ill[day] else _COMPLAINTS
            symptoms, remedy = complaints[int(variants[day] * len(complaints))]
            yield _chronic_row(diary, day, symptoms=symptoms, medication_taken=remedy)


def _chronic_row(
    diary: Diary,
    day: int,
    *,
    after_waking: int | None = None,
    context: MeasurementContext = MeasurementContext.OTHER,
    condition: ConditionType = ConditionType.OTHER,
    **known: object,
) -> Row:
    moment = None
    if after_waking is not None:
        moment = diary.moment(day, diary.habits.waking[day] + after_waking)
    return {
        "date": diary.dates[day],
        "occurred_at": moment,
        "time_of_day": context,
        "condition_type": condition,
        **_BLANK,
        **known,
    }


def _laboratory(diary: Diary, day: int, shown: Shown) -> Iterator[Row]:
    """One blood sample, taken fasting: a row for the heart and one for diabetes."""
    for condition, tests in (
        (ConditionType.HEART, _LIPIDS),
        (ConditionType.DIABETES, ("hba1c_pct",)),
    ):
        yield _chronic_row(
            diary,
            day,
            after_waking=60,
            context=MeasurementContext.FASTING,
            condition=condition,
            **{test: shown[test][day] for test in tests},
        )


def _medication(diary: Diary, day: int, taken: BoolArray) -> Iterator[Row]:
    for (condition, medication), was_taken in zip(_MEDICATION.items(), taken, strict=True):
        if was_taken and condition in diary.conditions:
            yield _chronic_row(
                diary, day, after_waking=30, condition=condition, medication_taken=medication
            )


def _readings(diary: Diary, *, wobble: FloatArray) -> list[list[float]]:
    """The glucose readings by time of day. The two after meals differ by twice the wobble, which
    leaves their mean, the day's value, as it is."""
    return [
        recorded("chronic", "blood_glucose_mgdl", diary.values[key] + sign * wobble)
        for key, sign in zip(GLUCOSE_READINGS, _READING_SIGNS, strict=True)
    ]


def _insulin(diary: Diary) -> Mapping[MeasurementContext, Sequence[float]]:
    """With diabetes, the day's units: a part with the meal, the rest for the night."""
    if ConditionType.DIABETES not in diary.conditions:
        return {}
    total = diary.values["insulin_units"]
    meal = recorded("chronic", "insulin_units", 0.45 * total)
    night = recorded("chronic", "insulin_units", total - np.array(meal))
    return {MeasurementContext.PRE_MEAL: meal, MeasurementContext.BEDTIME: night}


def _glucose(
    diary: Diary,
    day: int,
    readings: Sequence[Sequence[float]],
    insulin: Mapping[MeasurementContext, Sequence[float]],
) -> Iterator[Row]:
    diabetes = ConditionType.DIABETES in diary.conditions
    for key, after_waking, values in zip(GLUCOSE_READINGS, _READING_TIMES, readings, strict=True):
        context = MeasurementContext(diary.sources[key].where["time_of_day"])
        yield _chronic_row(
            diary,
            day,
            after_waking=after_waking,
            context=context,
            condition=ConditionType.DIABETES if diabetes else ConditionType.OTHER,
            blood_glucose_mgdl=values[day],
            insulin_units=insulin[context][day] if context in insulin else None,
        )
