"""Garmin's export: folders of JSON, and an archive of FIT files within."""

import json
from typing import Any

from tests.importers.writers import garmin_fit
from tests.importers.writers.archives import packed

WELLNESS = "DI_CONNECT/DI-Connect-Wellness/2024-05-01_2024-08-09_12345"
NIGHT = {
    "calendarDate": "2024-05-02", "sleepStartTimestampGMT": "2024-05-01T21:10:00.0",
    "sleepEndTimestampGMT": "2024-05-02T05:10:00.0", "deepSleepSeconds": 4_800,
    "lightSleepSeconds": 16_200, "remSleepSeconds": 6_600, "awakeSleepSeconds": 1_200,
}  # fmt: skip
HEALTH = {
    "calendarDate": "2024-05-02",
    "metrics": [
        {"type": "HRV", "value": 47.0, "baselineUpperLimit": 55.0, "status": "IN_RANGE"},
        {"type": "HR", "value": 51.0, "status": "IN_RANGE"},
        {"type": "SPO2", "value": 0.0, "status": "UNKNOWN"},
        {"type": "SKIN_TEMP_C", "value": -0.2, "status": "IN_RANGE"},
        {"type": "RESPIRATION", "value": 14.0, "status": "IN_RANGE"},
    ],
}
DAYS: list[dict[str, Any]] = [
    {
        "calendarDate": "2024-05-02", "totalSteps": 9_123, "totalDistanceMeters": 7_011,
        "activeKilocalories": 512.0, "bmrKilocalories": 1_811.0, "restingHeartRate": 50,
    },
    {"calendarDate": {"date": "2024-05-03"}, "totalSteps": 101},
]  # fmt: skip
WORKOUT = {
    "activityId": 111, "name": "Morning Run", "activityType": "trail_running",
    "beginTimestamp": 1_714_600_000_000, "startTimeLocal": 1_714_607_200_000,
    "duration": 1_800_000.0, "distance": 500_000.0, "avgHr": 141.0, "maxHr": 171.0,
}  # fmt: skip


def example(seed: int = 1) -> bytes:
    documents: dict[str, Any] = {
        f"{WELLNESS}_sleepData.json": [NIGHT],
        f"{WELLNESS}_healthStatusData.json": [HEALTH],
        "DI_CONNECT/DI-Connect-Aggregator/UDSFile_2024-05-01_2024-08-09.json": DAYS,
        "DI_CONNECT/DI-Connect-Fitness/a_summarizedActivities.json": [
            {"summarizedActivitiesExport": [WORKOUT]}
        ],
        "DI_CONNECT/DI-Connect-User/user_profile.json": {"birthDate": "1970-01-01"},
    }
    files = {name: json.dumps(document).encode() for name, document in documents.items()}
    files["DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip"] = packed(
        {"a_111.fit": garmin_fit.example(seed)}
    )
    return packed(files)
