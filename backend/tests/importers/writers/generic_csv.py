"""A table that someone kept in a spreadsheet."""

import datetime as dt
import random

from tests.importers.writers.tables import table

HEADER = ("Datum", "Uhrzeit", "Gewicht (kg)", "Puls", "SpO2", "Notizen")


def example(seed: int = 1) -> bytes:
    """German, as a spreadsheet saves it: semicolons, decimal commas, not UTF-8."""
    rng = random.Random(seed)
    start = dt.date(2024, 1, 1)
    rows = [
        [
            (start + dt.timedelta(days=n)).strftime("%d.%m.%Y"), "07:15",
            f"{rng.uniform(80, 84):.1f}".replace(".", ","), rng.randint(50, 70), "",
            "müde; spät" if n % 7 == 0 else "",
        ]
        for n in range(40)
    ]  # fmt: skip
    return table([HEADER, *rows], delimiter=";").encode("cp1252")


def doubtful() -> bytes:
    """Weights without a unit, glucose in another than the header says, a column that is not known,
    a date that is none, and a day twice."""
    header = ("Date", "Time", "Weight", "Glucose (mg/dL)", "Mood")
    rows: list[list[object]] = [
        [f"2024-01-{day:02}", "07:15", 160 + day, round(4.8 + day / 10, 1), 7]
        for day in range(13, 20)
    ]
    return table([header, *rows, rows[0], ["soon", "07:15", 170, "", ""]]).encode()
