"""Whose word goes first, and being told of findings: settings, the browser's push, the worker that
shows it. Nothing is sent anywhere in these tests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from app.database import Database
from app.main import create_app
from app.startup import secret_of
from tests.browser.conftest import DESKTOP, Visit, sign_up
from tests.browser.hands import Keyboard, Mouse
from tests.browser.measured import bring
from tests.browser.site import Site, served
from tests.browser.test_accessibility import State, look_at
from tests.browser.walking import KEPT, asked
from tests.contracts.test_openapi import example_of
from tests.folders import PATIENCE
from tests.people import PASSWORD

OFFERED = {
    "webhook_origins": ("https://hooks.example.com",),
    "push_services": ("push.example.com",),
    "push_contact": "mailto:operator@example.com",
    "notify_services": ("ntfys://ntfy.example.com",),
}
SUBSCRIPTION = example_of({"$ref": "#/components/schemas/PushIn"})
SUBSCRIBES = f"""
Notification.requestPermission = () => Promise.resolve('granted');
Object.defineProperty(navigator.serviceWorker, 'ready', {{ value: Promise.resolve({{
  pushManager: {{ subscribe: () => Promise.resolve({{
    toJSON: () => ({json.dumps(SUBSCRIPTION)}),
  }}) }},
}}) }});
"""
"""A browser whose push service is not asked: it stands for one that agreed."""


@pytest.fixture
def telling(site: Site) -> Iterator[str]:
    """The address of the same site where the operator lists ways to tell."""
    settings = site.settings.model_copy(update=OFFERED)
    database = Database(site.urls.app, pool_size=4, statement_timeout=PATIENCE)
    with served(create_app(settings, database, secret=secret_of(settings))) as address:
        yield address


def order_of(page: Page) -> list[str]:
    return [row.inner_text() for row in rows_of(page).locator("strong").all()]


def rows_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Sources").get_by_role("listitem")


def test_sources_are_put_in_order_by_keyboard_and_by_hand(visit: Visit, site: Site) -> None:
    page = visit("/sign-up")
    sign_up(page, "sources@example.com", PASSWORD)
    bring(page, site)
    page.goto("/settings")
    expect(rows_of(page)).to_have_count(4)
    before = order_of(page)
    with page.expect_response(is_put):
        Keyboard().press(page.get_by_role("button", name=f"Move {before[1]} up"))
    expect(rows_of(page).locator("strong").first).to_have_text(before[1])
    expect(page.get_by_role("status").get_by_text(f"{before[1]} is now 1 of 4")).to_be_attached()
    wanted = [before[1], before[0], *before[2:]]
    assert asked(page, "/api/readings/sources")["chosen"] == wanted
    with page.expect_response(is_put):
        drag(page, rows_of(page).nth(3), rows_of(page).nth(0))
    expect(rows_of(page).locator("strong").first).to_have_text(wanted[3])
    assert asked(page, "/api/readings/sources")["chosen"] == [wanted[3], *wanted[:3]]
    page.reload()
    expect(rows_of(page).locator("strong").first).to_have_text(wanted[3])
    look_at(page, State("/settings", lambda page: page.get_by_text("for each kind").click()))


def is_put(answer: Response) -> bool:
    return answer.request.method == "PUT" and answer.url.endswith("/sources")


def drag(page: Page, row: Locator, to: Locator) -> None:
    row.scroll_into_view_if_needed()
    handle, goal = row.locator("[aria-hidden]").first.bounding_box(), to.bounding_box()
    assert handle is not None
    assert goal is not None
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, goal["y"] + 20, steps=4)
    page.mouse.move(handle["x"] + 10, goal["y"] + 2)
    page.mouse.up()


def test_where_nothing_is_opened_nothing_is_asked_for(visit: Visit, signed_in: Any) -> None:
    page = visit("/settings", storage_state=signed_in)
    told = page.get_by_role("region", name="Notifications")
    expect(told.get_by_text("nothing is ever sent")).to_be_visible()
    expect(told.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("region", name="Webhooks")).to_have_count(0)


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_ways_to_be_told_are_added_tested_and_removed(
    visit: Visit, telling: str, hands: Mouse | Keyboard
) -> None:
    page = visit(f"{telling}/sign-up", viewport=DESKTOP)
    page.context.add_init_script(SUBSCRIBES)
    name = type(hands).__name__.lower()
    sign_up(page, f"told-{name}@example.com", PASSWORD)
    page.goto(f"{telling}/settings")
    card = page.get_by_role("region", name="Notifications")
    hands.press(card.get_by_role("button", name="Tell me on this device"))
    expect(card.get_by_text("https://push.example.com/…")).to_be_visible()
    hands.press(card.get_by_role("button", name="Send a test: https://push.example.com/…"))
    expect(page.get_by_text("A test is on its way")).to_be_visible()
    hands.press(card.get_by_role("switch", name="Quiet hours"))
    hands.press(card.get_by_role("switch", name="One message a day"))
    hands.fill(card.get_by_role("textbox", name="Most messages a day"), "2")
    hands.choose(card.get_by_label("From which severity on"), "clear")
    hands.press(card.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert asked(page, "/api/notifications")["telling"] == {
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "digest_at": "08:00",
        "daily_cap": 2,
        "least_severity": "medium",
    }
    hands.press(card.get_by_role("button", name="Remove: https://push.example.com/…"))
    expect(card.get_by_text("https://push.example.com/…")).to_have_count(0)
    add_webhook(page, hands)


def add_webhook(page: Page, hands: Mouse | Keyboard) -> None:
    card = page.get_by_role("region", name="Webhooks")
    hands.fill(card.get_by_role("textbox", name="Address"), "https://hooks.example.com/vitaliq")
    hands.press(card.get_by_role("button", name="Add"))
    expect(card.get_by_text("whsec_")).to_be_visible()
    page.reload()
    expect(card.get_by_text("https://hooks.example.com/…")).to_be_visible()
    expect(card.get_by_text("whsec_")).to_have_count(0)


def test_axe_finds_nothing_in_the_ways_to_be_told(visit: Visit, telling: str) -> None:
    page = visit(f"{telling}/sign-up", viewport=DESKTOP)
    sign_up(page, "told-axe@example.com", PASSWORD)

    def open_all(page: Page) -> None:
        page.get_by_role("switch", name="Quiet hours").click()
        page.get_by_role("switch", name="One message a day").click()
        page.get_by_role("textbox", name="Most messages a day").fill("0")

    look_at(page, State(f"{telling}/settings", open_all))


def test_a_push_is_shown_and_says_nothing_of_what_was_found(visit: Visit, site: Site) -> None:
    page = visit("/sign-in", service_workers="allow", permissions=["notifications"])
    page.evaluate(KEPT)
    worker = page.context.new_cdp_session(page)
    registrations: list[str] = []
    worker.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    worker.send("ServiceWorker.enable")
    for _ in range(300):
        if registrations:
            break
        page.wait_for_timeout(100)
    shown = """() => navigator.serviceWorker.ready.then((it) => it.getNotifications())
      .then((all) => all.map((it) => [it.title, it.body, it.data.path]))"""
    push = {"origin": site.address, "data": json.dumps({"kind": "findings", "count": 2})}
    # One tag makes one notification of many; a worker that is only starting may miss one.
    for tried in range(600):
        if page.evaluate(shown):
            break
        if tried % 50 == 0:
            told = push | {"registrationId": registrations[-1]}
            worker.send("ServiceWorker.deliverPushMessage", told)
        page.wait_for_timeout(100)
    assert page.evaluate(shown) == [
        ["VitalIQ", "2 new findings. Open VitalIQ to see them.", "/review"]
    ]
