"""Health Auto Export's document; keys in any order, as the app writes them."""

import json
import random
from typing import Any


def metric(
    name: str, units: str, data: list[dict[str, Any]], *, last: bool = False
) -> dict[str, Any]:
    """`last` puts the name behind the data."""
    named = {"name": name, "units": units, "data": data}
    return dict(reversed(named.items())) if last else named


def at(clock: str, qty: float | None = None, **more: Any) -> dict[str, Any]:
    return ({} if qty is None else {"qty": qty}) | {"date": f"2024-02-06 {clock} -0800"} | more


NIGHT = {
    "date": "2024-02-06 00:00:00 -0800", "sleepStart": "2024-02-05 23:01:00 -0800",
    "sleepEnd": "2024-02-06 07:00:00 -0800", "deep": 1.1, "rem": 1.7, "core": 4.6, "awake": 0.4,
    "asleep": 7.4, "source": "Watch",
}  # fmt: skip
STAGE = {
    "startDate": "2024-02-06 01:00:00 -0800", "endDate": "2024-02-06 01:40:00 -0800", "qty": 0.66,
    "value": "Deep", "source": "Watch",
}  # fmt: skip
WORKOUT = {
    "id": "A1", "name": "Outdoor Run", "start": "2024-02-06 08:00:00 -0800",
    "end": "2024-02-06 08:42:00 -0800", "duration": 2520,
    "activeEnergyBurned": {"qty": 1716.3, "units": "kJ"}, "distance": {"qty": 4.4, "units": "mi"},
    "heartRate": {"avg": {"qty": 141, "units": "bpm"}, "max": {"qty": 163, "units": "bpm"}},
    "route": [{"latitude": 52.5, "longitude": 13.4, "speed": 2.8} for _ in range(50)],
}  # fmt: skip


def document(metrics: list[dict[str, Any]], workouts: list[dict[str, Any]]) -> bytes:
    return json.dumps({"data": {"metrics": metrics, "workouts": workouts}}).encode()


def example(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    beats = [
        at(f"08:{n:02d}:00", Min=50, Avg=rng.randint(55, 80), Max=90, source="Watch")
        for n in range(30)
    ]
    metrics = [
        metric("heart_rate", "count/min", beats, last=True),
        metric("step_count", "count", [at("00:00:00", 8012.4)]),
        metric("walking_running_distance", "km", [at(f"{n:02d}:00:00", 0.6) for n in range(5)]),
        metric("blood_pressure", "mmHg", [at("09:00:00", systolic=121, diastolic=80)]),
        metric("blood_oxygen_saturation", "%", [at("09:00:00", 0.97), at("09:05:00", 96)]),
        metric("heart_rate_variability", "ms", [at("09:00:00", 48.2)]),
        metric("weight_body_mass", "lb", [at("9:00:00\u202fAM", 178.4)]),
        metric("sleep_analysis", "hr", [NIGHT, STAGE]),
        metric("mindful_minutes", "min", [at("09:00:00", 5)]),
    ]
    return document(metrics, [WORKOUT])
