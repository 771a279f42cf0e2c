"""Writes exports of Apple Health as the documentation describes them, traps included."""

import datetime as dt
import io
import random
import zipfile
from collections.abc import Iterator
from typing import IO

DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT ExportDate EMPTY>
<!ATTLIST ExportDate
  value CDATA #REQUIRED
>
]>
"""
WATCH, PHONE = "Ada’s Apple&#160;Watch", "iPhone"
_DEVICE = (
    "&lt;&lt;HKDevice: 0x2822c4f50&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch,"
    " hardware:Watch6,1, software:9.1&gt;"
)
YEARS = dt.timedelta(days=8 * 365)
_Q, _C = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"


def written(instant: dt.datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S %z")


def record(
    kind: str,
    value: object,
    unit: str | None,
    start: dt.datetime,
    minutes: float = 0,
    source: str = WATCH,
) -> str:
    """One record, as a line of the file."""
    end = start + dt.timedelta(minutes=minutes)
    told = f' unit="{unit}"' if unit else ""
    return (
        f' <Record type="{kind}" sourceName="{source}" sourceVersion="9.1" device="{_DEVICE}"'
        f'{told} creationDate="{written(start)}" startDate="{written(start)}"'
        f' endDate="{written(end)}" value="{value}"/>\n'
    )


def quantity(kind: str, *rest: object, **more: object) -> str:
    return record(_Q + kind, *rest, **more)  # type: ignore[arg-type]  # as record takes them


def sleep(stage: str, start: dt.datetime, minutes: float, source: str = WATCH) -> str:
    value = f"HKCategoryValueSleepAnalysis{stage}"
    return record(f"{_C}SleepAnalysis", value, None, start, minutes, source)


def blood_pressure(upper: int, lower: int, at: dt.datetime, source: str = "Cuff") -> str:
    """At the top level, and once more inside their correlation."""
    both = quantity("BloodPressureSystolic", upper, "mmHg", at, source=source) + quantity(
        "BloodPressureDiastolic", lower, "mmHg", at, source=source
    )
    correlation = (
        f' <Correlation type="HKCorrelationTypeIdentifierBloodPressure" sourceName="{source}"'
        f' creationDate="{written(at)}" startDate="{written(at)}" endDate="{written(at)}">\n'
        f"{both} </Correlation>\n"
    )
    return both + correlation


def workout(activity: str, start: dt.datetime, minutes: int, kcal: float) -> str:
    end = start + dt.timedelta(minutes=minutes)
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{activity}" duration="{minutes}"'
        f' durationUnit="min" sourceName="{WATCH}" creationDate="{written(end)}"'
        f' startDate="{written(start)}" endDate="{written(end)}">\n'
        f'  <WorkoutStatistics type="{_Q}ActiveEnergyBurned" startDate="{written(start)}"'
        f' endDate="{written(end)}" sum="{kcal}" unit="Cal"/>\n'
        f'  <WorkoutStatistics type="{_Q}HeartRate" startDate="{written(start)}"'
        f' endDate="{written(end)}" average="131.5" minimum="90" maximum="171" unit="count/min"/>\n'
        " </Workout>\n"
    )


def export(*lines: str, dtd: str = DTD) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{dtd}<HealthData locale="de_DE">\n'
    date = ' <ExportDate value="2026-03-12 10:00:00 +0100"/>\n <Me/>\n'
    return (head + date + "".join(lines) + "</HealthData>\n").encode()


def zipped(xml: bytes, name: str = "apple_health_export/export.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        archive.writestr(name, xml)
    return file.getvalue()


def night(morning: dt.datetime, source: str = WATCH) -> str:
    """Seven and a half hours in bed, with stages, before the hour."""
    start = morning - dt.timedelta(minutes=450)
    stages = (("AsleepCore", 120), ("AsleepDeep", 60), ("Awake", 10), ("AsleepREM", 90))
    lines, at = [sleep("InBed", start - dt.timedelta(minutes=15), 470, PHONE)], start
    for stage, minutes in (*stages, ("AsleepCore", 170)):
        lines.append(sleep(stage, at, minutes, source))
        at += dt.timedelta(minutes=minutes)
    return "".join(lines)


def beat(value: int, at: dt.datetime) -> str:
    """A heart rate as watches have written it since 2017: with what the wearer was doing."""
    context = '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n'
    told = quantity("HeartRate", value, "count/min", at)
    return told.replace("/>\n", f">\n{context} </Record>\n")


def years(records: int, seed: int = 1) -> Iterator[str]:
    """Records as a watch and a phone write them, most of them heart rates; in no more than eight
    years, however many they are."""
    chance = random.Random(seed)
    at = dt.datetime(2018, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    furthest = min(120, max(2, int(2 * YEARS.total_seconds() / records)))
    for number in range(records):
        at += dt.timedelta(seconds=chance.randrange(1, furthest))
        match number % 20:
            case 18:
                value = f"{chance.uniform(10, 90):.4f}"
                yield quantity("HeartRateVariabilitySDNN", value, "ms", at, 1)
            case 15 | 16 | 17:
                yield quantity("ActiveEnergyBurned", f"{chance.random():.3f}", "Cal", at, 1, WATCH)
            case 12 | 13 | 14:
                yield quantity("StepCount", chance.randrange(1, 200), "count", at, 5, PHONE)
            case 19:
                yield quantity("OxygenSaturation", f"{chance.uniform(0.93, 1):.2f}", "%", at)
            case _:
                yield beat(chance.randrange(48, 170), at)


def write_years(file: IO[bytes], records: int, seed: int = 1) -> None:
    """A large export, in pieces."""
    before, after = export().rsplit(b"</HealthData>", 1)
    file.write(before)
    for line in years(records, seed):
        file.write(line.encode())
    file.write(b"</HealthData>" + after)


def food(name: str, at: dt.datetime, kcal: float, carbs: float) -> str:
    """What was eaten, at the top level and inside its correlation."""
    lines = quantity("DietaryEnergyConsumed", kcal, "Cal", at, source=PHONE) + quantity(
        "DietaryCarbohydrates", carbs, "g", at, source=PHONE
    )
    return (
        f'{lines} <Correlation type="HKCorrelationTypeIdentifierFood" sourceName="{PHONE}"'
        f' creationDate="{written(at)}" startDate="{written(at)}" endDate="{written(at)}">\n'
        f'  <MetadataEntry key="HKFoodType" value="{name}"/>\n{lines} </Correlation>\n'
    )
