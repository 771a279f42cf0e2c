"""Apple Health's export, as small as one comes: each kind of record once or a few times."""

import datetime as dt
import random

from tests.importers.writers.archives import packed

_START = dt.datetime(2024, 3, 14, 6, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def record(kind: str, value: object, unit: str, minute: int, length: int = 0) -> str:
    start = _START + dt.timedelta(minutes=minute)
    end = start + dt.timedelta(minutes=length)
    told = f' unit="{unit}"' if unit else ""
    return (
        f'<Record type="HK{kind}" sourceName="Watch" value="{value}"{told}'
        f' creationDate="{start:%Y-%m-%d %H:%M:%S %z}" startDate="{start:%Y-%m-%d %H:%M:%S %z}"'
        f' endDate="{end:%Y-%m-%d %H:%M:%S %z}"/>\n'
    )


def example(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    lines = [
        record("QuantityTypeIdentifierHeartRate", rng.randint(50, 90), "count/min", minute)
        for minute in range(20)
    ]
    lines += [
        record("QuantityTypeIdentifierStepCount", 120, "count", 20, 5),
        record("QuantityTypeIdentifierOxygenSaturation", 0.97, "%", 30),
        record("QuantityTypeIdentifierBodyMass", 178.4, "lb", 31),
        record("QuantityTypeIdentifierBloodGlucose", 5.4, "mmol&lt;180.15588000005408&gt;/L", 32),
        record("QuantityTypeIdentifierHeartRateVariabilitySDNN", 48.2, "ms", 33),
    ]
    stage = "CategoryTypeIdentifierSleepAnalysis"
    lines += [
        record(stage, f"HKCategoryValueSleepAnalysis{name}", "", 40 + 60 * n, 60)
        for n, name in enumerate(("AsleepCore", "AsleepDeep", "AsleepREM", "Awake"))
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n'
    xml = "".join((head, *lines, "</HealthData>\n"))
    return packed({"apple_health_export/export.xml": xml.encode()})
