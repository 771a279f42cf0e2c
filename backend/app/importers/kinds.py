"""The kinds of readings: what is measured during a day, finer than the trackers keep it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.catalog import Range


class Kind(NamedTuple):
    """`unit` (UCUM) is what values are converted to, `plausible` the band outside which a value is
    held back and asked about; an interval's value is its own length in minutes."""

    unit: str
    plausible: Range
    loinc: str | None = None
    is_interval: bool = False


_NIGHT = Range(0, 1440)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "heart_rate": Kind("/min", Range(20, 250), "8867-4"),
        "resting_heart_rate": Kind("/min", Range(20, 220), "40443-4"),
        "hrv_rmssd": Kind("ms", Range(1, 400)),
        "hrv_sdnn": Kind("ms", Range(1, 400), "80404-7"),
        "respiratory_rate": Kind("/min", Range(4, 70), "9279-1"),
        "spo2": Kind("%", Range(50, 100), "59408-5"),
        "body_temperature": Kind("Cel", Range(30, 45), "8310-5"),
        "blood_pressure_systolic": Kind("mm[Hg]", Range(50, 300), "8480-6"),
        "blood_pressure_diastolic": Kind("mm[Hg]", Range(20, 200), "8462-4"),
        "glucose": Kind("mg/dL", Range(10, 1000), "2339-0"),
        "ketones": Kind("mmol/L", Range(0, 20)),
        "insulin": Kind("[iU]", Range(0, 300)),
        "carbs": Kind("g", Range(0, 2000)),
        "hba1c": Kind("%", Range(2, 25), "4548-4"),
        "cholesterol_total": Kind("mg/dL", Range(20, 1500), "2093-3"),
        "cholesterol_ldl": Kind("mg/dL", Range(5, 1000), "13457-7"),
        "cholesterol_hdl": Kind("mg/dL", Range(5, 300), "2085-9"),
        "triglycerides": Kind("mg/dL", Range(10, 10000), "2571-8"),
        "weight": Kind("kg", Range(2, 650), "29463-7"),
        "height": Kind("cm", Range(30, 272), "8302-2"),
        "body_fat": Kind("%", Range(1, 80), "41982-0"),
        "muscle_mass": Kind("kg", Range(1, 200), "73964-9"),
        "waist": Kind("cm", Range(20, 300), "8280-0"),
        "steps": Kind("{count}", Range(0, 200_000), "55423-8"),
        "distance": Kind("km", Range(0, 500)),
        "active_energy": Kind("kcal", Range(0, 20_000)),
        "basal_energy": Kind("kcal", Range(0, 10_000)),
        "exercise_minutes": Kind("min", Range(0, 1440), "55411-3"),
        "sleep_in_bed": Kind("min", _NIGHT, is_interval=True),
        "sleep_awake": Kind("min", _NIGHT, is_interval=True),
        "sleep_asleep": Kind("min", _NIGHT, is_interval=True),
        "sleep_light": Kind("min", _NIGHT, is_interval=True),
        "sleep_deep": Kind("min", _NIGHT, "93831-6", is_interval=True),
        "sleep_rem": Kind("min", _NIGHT, "93829-0", is_interval=True),
    }
)
