"""Blood pressure as Omron, iHealth and Withings write it."""

import datetime as dt
import random
from collections.abc import Callable

from tests.importers.writers.tables import local, table

OMRON = (
    "Measurement Date", "Time Zone", "SYS(mmHg)", "DIA(mmHg)", "Pulse(bpm)",
    "Irregular heartbeat detected", "Body Movement", "Device",
)  # fmt: skip
IHEALTH = ("Date", "Time", "SYS(mmHg)", "DIA(mmHg)", "Pulse(Beats/Min)", "Note")
WITHINGS = ("Date", "Heart rate", "Systolic", "Diastolic", "Comments")


def _cuffs(rng: random.Random) -> list[tuple[dt.datetime, int, int, int]]:
    start = local("2024-02-20 07:30")
    return [
        (
            start + dt.timedelta(days=n, minutes=rng.randint(0, 50)),
            rng.randint(110, 150),
            rng.randint(65, 95),
            rng.randint(50, 90),
        )
        for n in range(20)
    ]


def omron(seed: int = 1) -> bytes:
    rows: list[list[object]] = [
        [when.strftime("%Y/%m/%d %H:%M"), "Europe/Berlin", sys, dia, pulse, "", "", "HEM-7361T"]
        for when, sys, dia, pulse in _cuffs(random.Random(seed))
    ]
    rows[3][4] = "-"
    return table([OMRON, *rows]).encode("utf-8-sig")


def ihealth(seed: int = 1) -> bytes:
    rows = [
        [when.strftime("%b %d, %Y"), when.strftime("%I:%M %p"), sys, dia, pulse, ""]
        for when, sys, dia, pulse in _cuffs(random.Random(seed))
    ]
    return table([IHEALTH, *rows]).encode()


def withings(seed: int = 1) -> bytes:
    rows = [
        [when.strftime("%Y-%m-%d %H:%M:%S"), pulse, sys, dia, "after a run"]
        for when, sys, dia, pulse in _cuffs(random.Random(seed))
    ]
    return table([WITHINGS, *rows], end="\n").encode()


MAKERS: dict[str, Callable[[int], bytes]] = {
    "Omron": omron,
    "iHealth": ihealth,
    "Withings": withings,
}
example = omron
