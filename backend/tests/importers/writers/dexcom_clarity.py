"""Dexcom Clarity's CSV: a byte order mark, ten undated rows of metadata, then events."""

import datetime as dt
import random

from tests.importers.writers.tables import local, table

HEADER = (
    "Index", "Timestamp (YYYY-MM-DDThh:mm:ss)", "Event Type", "Event Subtype", "Patient Info",
    "Device Info", "Source Device ID", "Glucose Value ({unit})", "Insulin Value (u)",
    "Carb Value (grams)", "Duration (hh:mm:ss)", "Glucose Rate of Change ({unit}/min)",
    "Transmitter Time (Long Integer)", "Transmitter ID",
)  # fmt: skip
GERMAN = (
    "Index", "Zeitstempel (JJJJ-MM-TTThh:mm:ss)", "Ereignistyp", "Ereignis-Subtyp", "Patienteninfo",
    "Geräteinfo", "Quellgeräte-ID", "Glukosewert ({unit})", "Insulinwert (u)",
    "Kohlenhydratwert (Gramm)", "Dauer (hh:mm:ss)", "Glukose-Änderungsrate ({unit}/min)",
    "Transmitterzeit (lange ganze Zahl)", "Transmitter-ID",
)  # fmt: skip
ABOUT: tuple[tuple[str, ...], ...] = (
    ("", "FirstName", "", "A"), ("", "LastName", "", "Person"),
    ("", "DateOfBirth", "", "1970-01-01"),
    ("", "Device", "", "", "Dexcom G6 Mobile App", "Android G6"),
    ("", "Alert", "Fall", "", "", "Android G6", "", "", "", "", "3"),
    ("", "Alert", "High", "", "", "Android G6", "200"),
    ("", "Alert", "Low", "", "", "Android G6", "70"),
    ("", "Alert", "Rise", "", "", "Android G6", "", "", "", "", "3"),
    ("", "Alert", "Urgent Low", "", "", "Android G6", "55", "", "", "00:30:00"),
    ("", "Alert", "Signal Loss", "", "", "Android G6", "", "", "", "00:20:00"),
)  # fmt: skip


def event(
    moment: dt.datetime,
    value: object,
    ticks: object = "",
    *,
    kind: str = "EGV",
    insulin: object = "",
    carbs: object = "",
) -> list[object]:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return [stamp, kind, "", "", "", "Android G6", value, insulin, carbs, "", "", ticks, "8ABCDE"]


def write(
    events: list[list[object]],
    *,
    unit: str = "mg/dL",
    header: tuple[str, ...] = HEADER,
    delimiter: str = ",",
) -> bytes:
    names = [name.format(unit=unit) for name in header]
    rows = [[n, *row] for n, row in enumerate([*ABOUT, *events], start=1)]
    return table([names, *rows], delimiter=delimiter).encode("utf-8-sig")


def example(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    start = local("2024-05-02 00:03:21")
    events = [
        event(start + dt.timedelta(minutes=5 * n), rng.randint(60, 220), 7_000_000 + 300 * n)
        for n in range(60)
    ]
    events.append(event(start + dt.timedelta(hours=6), "Low", 7_021_600))
    events.append(event(start + dt.timedelta(hours=6), "", kind="Insulin", insulin=4.5))
    events.append(event(start + dt.timedelta(hours=6), "", kind="Carbs", carbs=30))
    events.append(event(start + dt.timedelta(hours=6), 111, kind="Calibration"))
    return write(events)
