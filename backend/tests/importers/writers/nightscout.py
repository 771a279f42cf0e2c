"""Nightscout's entries, newest first, as its API gives them."""

import json
import random
from typing import Any

START = 1_714_600_000_000


def entry(minutes: int, **more: Any) -> dict[str, Any]:
    return {
        "_id": f"6559a8ec7cd3a1e0{minutes:08x}",
        "device": "xDrip-DexcomG6",
        "date": START + 60_000 * minutes,
        "dateString": "2024-05-01T21:46:40.000Z",
        "direction": "Flat",
        "type": "sgv",
        "utcOffset": 120,
    } | more


def entries(seed: int = 1) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    found = [entry(5 * n, sgv=rng.randint(60, 250)) for n in range(50)]
    found += [entry(250, sgv=39), entry(255, sgv=401), entry(260, sgv=9)]
    found += [entry(265, type="mbg", mbg=104), entry(270, type="cal", slope=1, intercept=2)]
    return found[::-1]


def example(seed: int = 1) -> bytes:
    return json.dumps(entries(seed)).encode()
