"""Fitbit's part of a Google Takeout archive."""

import json
import random
from typing import Any

from tests.importers.writers.archives import packed

GLOBAL = "Takeout/Fitbit/Global Export Data"
VARIABILITY = "Takeout/Fitbit/Heart Rate Variability"


def night(log: int, start: str, end: str, stages: list[tuple[str, str, int]]) -> dict[str, Any]:
    levels = [{"dateTime": at, "level": level, "seconds": length} for at, level, length in stages]
    short = [{"dateTime": start, "level": "wake", "seconds": 60}]
    return {
        "logId": log, "dateOfSleep": end[:10], "startTime": start, "endTime": end,
        "duration": 1, "minutesAsleep": 1, "type": "stages", "mainSleep": True,
        "levels": {"summary": {}, "data": levels, "shortData": short},
    }  # fmt: skip


NIGHT = night(
    22_958_000_001,
    "2020-03-13T23:10:00.000",
    "2020-03-14T02:10:00.000",
    [
        ("2020-03-13T23:10:00.000", "light", 3_600),
        ("2020-03-14T00:10:00.000", "deep", 3_600),
        ("2020-03-14T01:10:00.000", "rem", 1_800),
        ("2020-03-14T01:40:00.000", "wake", 1_800),
    ],
)
WORKOUT = {
    "logId": 29_000_000_001, "activityName": "Run", "startTime": "03/14/20 16:00:11",
    "duration": 1_800_000, "calories": 310, "averageHeartRate": 144, "distance": 5.1,
    "distanceUnit": "Kilometer", "steps": 4_800,
}  # fmt: skip


def files(seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    rng = random.Random(seed)
    return {
        "heart_rate-2020-03-14.json": [
            {
                "dateTime": f"03/14/20 06:{n:02d}:30",
                "value": {"bpm": rng.randint(50, 99), "confidence": 3},
            }
            for n in range(60)
        ],
        "resting_heart_rate-2020-03-01.json": [
            {"dateTime": f"03/{day} 00:00:00", "value": {"date": day, "value": beats, "error": 6.8}}
            for day, beats in (("03/14/20", 58.3), ("03/15/20", 0.0))
        ],
        "steps-2020-03-14.json": [
            {"dateTime": f"03/14/20 07:{n:02d}:00", "value": str(n % 3 * 40)} for n in range(60)
        ],
        "distance-2020-03-14.json": [{"dateTime": "03/14/20 07:00:00", "value": "2520"}],
        "weight-2020-03-14.json": [
            {
                "logId": 1_584_230_399_000, "weight": 176.4, "bmi": 24.1, "fat": 18.5,
                "date": "03/14/20", "time": "23:59:59", "source": "Aria",
            }
        ],
        "sleep-2020-03-14.json": [NIGHT],
        "exercise-0.json": [],
        "exercise-2020-03-14.json": [WORKOUT],
    }  # fmt: skip


def newer() -> dict[str, bytes]:
    """The folders of newer accounts."""
    folder = "Takeout/Fitbit/Physical Activity_GoogleData"
    return {
        f"{folder}/steps_2020-03-14.csv": (
            b"timestamp,steps,data source\n2020-03-14T06:00:00Z,40,Charge 5\n"
            b"2020-03-14T06:01:00Z,0,Charge 5\n2020-03-14T06:02:00Z,12,Charge 5\n"
        ),
        f"{folder}/heart_rate_2020-03-14.csv": (
            b"timestamp,beats per minute,data source\n2020-03-14T06:00:30Z,61,Charge 5\n"
        ),
        f"{folder}/daily_resting_heart_rate.csv": (
            b"timestamp,beats per minute,data source\n2020-03-14T00:00:00Z,58.3,Charge 5\n"
        ),
    }


def example(seed: int = 1) -> bytes:
    members = {
        f"{GLOBAL}/{name}": json.dumps(records, indent=2).encode()
        for name, records in files(seed).items()
    }
    members[f"{VARIABILITY}/Daily Heart Rate Variability Summary - 2020-03-14.csv"] = (
        b"timestamp,rmssd,nremhr,entropy\n2020-03-14T00:00:00,41.5,55.2,2.9\n"
    )
    members[f"{VARIABILITY}/Daily Respiratory Rate Summary - 2020-03-14.csv"] = (
        b"timestamp,daily_respiratory_rate\n2020-03-14T00:00:00,15.2\n"
    )
    members["Takeout/Fitbit/Oxygen Saturation (SpO2)/Daily SpO2 - 2020-03-14.csv"] = (
        b"timestamp,average_value,lower_bound,upper_bound\n2020-03-14T00:00:00Z,96.1,93.0,99.0\n"
    )
    members["Takeout/archive_browser.html"] = b"<html></html>"
    return packed(members)
