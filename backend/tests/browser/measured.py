"""What devices measured: nights with stages of two sources, a sensor's glucose, a pulse, steps."""

import datetime as dt
import math
import random
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.browser.site import Site
from tests.importers.writers.archives import packed

ZONE = ZoneInfo("Europe/Berlin")
NIGHTS = 3
_STAGES = (("AsleepCore", 32), ("AsleepDeep", 28), ("AsleepCore", 24), ("AsleepREM", 17))
_SLEEP = "CategoryTypeIdentifierSleepAnalysis"


def bring(page: Page, site: Site) -> dt.date:
    """For whoever is signed in there; the last day with a night."""
    today = dt.datetime.now(ZONE).date()
    content = export(today)
    answers = {"X-VitalIQ-Page": "1", "Origin": site.address}
    made = page.request.post(
        "/api/imports", data={"name": "export.zip", "bytes": len(content)}, headers=answers
    )
    assert made.status == 201, made.text()
    path = f"/api/imports/{made.json()['id']}"
    binary = answers | {"Content-Type": "application/octet-stream"}
    sent = page.request.put(f"{path}/content?start=0", data=content, headers=binary)
    assert sent.ok, sent.text()
    site.work()
    stored = page.request.post(f"{path}/commit", data={"answers": {}}, headers=answers)
    assert stored.status == 202, stored.text()
    site.work()
    return today


def export(today: dt.date, seed: int = 3) -> bytes:
    rng = random.Random(seed)
    lines = []
    for ago in range(NIGHTS):
        midnight = dt.datetime.combine(today - dt.timedelta(ago), dt.time(), ZONE)
        lines += night(midnight, "Watch", rng)
        lines += night(midnight, "Ring", rng)
        lines += day(midnight - dt.timedelta(1), rng)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n'
    xml = "".join((head, *lines, "</HealthData>\n"))
    return packed({"apple_health_export/export.xml": xml.encode()})


def night(midnight: dt.datetime, source: str, rng: random.Random) -> list[str]:
    """From about eleven, four rounds of stages with a short time awake after each."""
    at = midnight - dt.timedelta(minutes=rng.randint(40, 70))
    lines = []
    for round_ in range(4):
        for name, minutes in _STAGES:
            deeper = 1.4 - 0.3 * round_ if name == "AsleepDeep" else 0.8 + 0.2 * round_
            length = max(6, round(minutes * deeper * rng.uniform(0.8, 1.2)))
            lines.append(sleep(name, at, length, source))
            at += dt.timedelta(minutes=length)
        if round_ < 3:
            lines.append(sleep("Awake", at, 7, source))
            at += dt.timedelta(minutes=7)
    return lines


def day(midnight: dt.datetime, rng: random.Random) -> list[str]:
    lines = []
    for quarter in range(96):
        at = midnight + dt.timedelta(minutes=15 * quarter)
        hour = quarter / 4
        meals = sum(55 * math.exp(-(((hour - meal) / 1.1) ** 2)) for meal in (8.3, 13.4, 19.6))
        glucose = round(92 + meals + rng.gauss(0, 4))
        lines.append(record("BloodGlucose", glucose, "mg/dL", at, "Sensor"))
        if quarter % 8 == 0:
            lines.append(record("BloodGlucose", glucose + 9, "mg/dL", at, "Phone"))
        pulse = 56 + (18 if 7 < hour < 22 else 0) + rng.randint(-4, 9)
        lines.append(record("HeartRate", pulse, "count/min", at, "Watch"))
        if 7 <= hour < 22:
            lines.append(record("StepCount", rng.randint(20, 400), "count", at, "Watch", 10))
    return lines


def sleep(stage: str, at: dt.datetime, minutes: int, source: str) -> str:
    return _line(_SLEEP, f"HKCategoryValueSleepAnalysis{stage}", "", at, source, minutes)


def record(
    kind: str, value: object, unit: str, at: dt.datetime, source: str, minutes: int = 0
) -> str:
    return _line(f"QuantityTypeIdentifier{kind}", value, unit, at, source, minutes)


def _line(kind: str, value: object, unit: str, at: dt.datetime, source: str, minutes: int) -> str:
    end = at + dt.timedelta(minutes=minutes)
    start, stop = (f"{moment:%Y-%m-%d %H:%M:%S %z}" for moment in (at, end))
    told = f' unit="{unit}"' if unit else ""
    return (
        f'<Record type="HK{kind}" sourceName="{source}" value="{value}"{told}'
        f' creationDate="{start}" startDate="{start}" endDate="{stop}"/>\n'
    )
