"""Cronometer's servings and daily summaries."""

import random

from tests.importers.writers.tables import table

SERVINGS = (
    "Day", "Time", "Group", "Food Name", "Amount", "Energy (kcal)", "Caffeine (mg)", "Carbs (g)",
    "Fiber (g)", "Sugars (g)", "Fat (g)", "Protein (g)", "Sodium (mg)", "Category",
)  # fmt: skip
SUMMARY = (
    "Date", "Energy (kcal)", "Carbs (g)", "Fiber (g)", "Sugars (g)", "Fat (g)", "Protein (g)",
    "Sodium (mg)", "Completed",
)  # fmt: skip
MEALS = (
    ("7:05 AM", "Breakfast"), ("1:10 PM", "Lunch"), ("7:30 PM", "Dinner"), ("4:00 PM", "Snacks"),
    ("8:15 PM", "Uncategorized"),
)  # fmt: skip


def servings(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    rows = [
        [
            f"2024-04-{1 + n // 5:02d}", *MEALS[n % 5], "Oats, rolled", "60.00 g", 227.4, "", 40.6,
            6.1, "" if n % 2 else 0.6, rng.randint(1, 9), 7.9, 3, "Breakfast Cereals",
        ]
        for n in range(25)
    ]  # fmt: skip
    return table([SERVINGS, *rows]).encode()


def summary(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    rows: list[list[object]] = [
        [f"2024-04-{n:02d}", rng.randint(1500, 2600), 210.5, 31, "", 80, 95, 2100, "true"]
        for n in range(1, 20)
    ]
    rows[7][-1] = "false"
    return table([SUMMARY, *rows]).encode()


example = servings
