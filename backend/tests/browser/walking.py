"""What people do on the page whatever they came for, and the ways in which they do it."""

import re
import time
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.folders import PATIENCE

WAYS = [
    pytest.param(Mouse(), PHONE, id="mouse-390"),
    pytest.param(Keyboard(), PHONE, id="keyboard-390"),
    pytest.param(Mouse(), DESKTOP, id="mouse-1280"),
    pytest.param(Keyboard(), DESKTOP, id="keyboard-1280"),
]
every_way = pytest.mark.parametrize(("hands", "size"), WAYS)


KEPT = """() => Promise.race([
  navigator.serviceWorker.ready.then(() => null),
  new Promise((_, fail) => setTimeout(() => fail(new Error('no service worker')), 30_000)),
])"""
"""That the page has kept itself for when there is no network."""


class Kind(NamedTuple):
    """What is logged: the name of the kind, its fields, and which chart shows what of it."""

    name: str
    fields: dict[str, str]
    metric: str
    shown: str
    has_more: bool = False


KINDS = [
    Kind("Weight", {"Weight": "78,4"}, "Weight", "78.4 kg"),
    Kind(
        "Vital signs",
        {"Systolic blood pressure": "121", "Diastolic blood pressure": "78"},
        "Systolic blood pressure",
        "121 mmHg",
    ),
    Kind("Glucose", {"Blood glucose": "104"}, "Blood glucose", "104 mg/dL"),
    Kind(
        "Meal",
        {"What did you eat?": "Lentil soup", "Calories eaten": "520"},
        "Calories eaten",
        "520 kcal",
    ),
    Kind("Workout", {"What did you do?": "Row", "How long": "35"}, "Exercise", "35 min"),
    Kind("Sleep", {"How well, 1 to 100": "81"}, "Sleep quality", "81"),
    Kind("Labs and symptoms", {"LDL cholesterol": "112"}, "LDL cholesterol", "112 mg/dL", True),
]


def go(page: Page, hands: Hands, place: str) -> None:
    """By the rail, by the bar, or by the screen that lists what the bar has no room for."""
    places = page.get_by_role("navigation", name="Places").get_by_role(
        "link", name=place, exact=True
    )
    if places.count() == 0:
        hands.press(page.get_by_role("link", name="More", exact=True))
        places = page.get_by_role("main").get_by_role("link", name=place)
    hands.press(places)


def log(page: Page, hands: Hands, kind: Kind) -> None:
    choice = page.get_by_role("navigation", name="What to log")
    hands.press(choice.get_by_role("link", name=kind.name))
    if kind.has_more:
        hands.press(page.get_by_text("More fields"))
    for label, text in kind.fields.items():
        hands.fill(page.get_by_role("textbox", name=label), text)
    hands.press(page.get_by_role("button", name="Save"))
    told = page.get_by_role("alert").filter(has_text="Saved.")
    expect(told.first).to_be_visible()


def asked(page: Page, path: str) -> Any:
    """What the API answers to the page itself."""
    ask = "path => fetch(path, {headers: {'X-VitalIQ-Page': '1'}}).then((it) => it.json())"
    return page.evaluate(ask, path)


def until_stored(page: Page, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(asked(page, "/api/body?limit=50")["items"]) < count:
        assert time.monotonic() < deadline
        page.wait_for_timeout(200)


def chart(page: Page, metric: str) -> Any:
    return page.get_by_role("slider", name=re.compile(rf"^{re.escape(metric)}\."))
