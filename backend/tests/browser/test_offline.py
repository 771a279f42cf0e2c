"""What is logged while the network, the server or its answers are away is kept, and stored once."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Newcomer
from tests.browser.hands import Hands
from tests.browser.walking import (
    KEPT,
    KINDS,
    WAYS,
    asked,
    chart,
    every_way,
    go,
    log,
    until_stored,
)
from tests.browser.watch import Detour, Trouble

REFUSAL = {
    "type": "about:blank",
    "title": "Unprocessable content",
    "status": 422,
    "detail": "The entry does not fit.",
    "errors": [{"loc": ["body", "weight_kg"], "msg": "Weigh again", "type": "value_error"}],
}


def save(page: Page, hands: Hands, *weights: str) -> None:
    """One after the other; whether they arrive is another thing."""
    for weight in weights:
        hands.fill(page.get_by_role("textbox", name="Weight"), weight)
        hands.press(page.get_by_role("button", name="Save"))


@every_way
def test_what_is_logged_without_network_arrives_once_there_is_one(
    arrive: Newcomer, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: "ERR_INTERNET_DISCONNECTED" in text
    page = arrive(service_workers="allow")
    page.evaluate(KEPT)
    hands.press(page.get_by_role("link", name="Log something"))
    log(page, hands, KINDS[0])
    go(page, hands, "Trends")
    logged = page.get_by_role("main").get_by_role("link", name=re.compile(r"^Weight\W*\d"))
    expect(logged).to_be_visible()
    go(page, hands, "Log")
    page.context.set_offline(True)
    expect(page.get_by_text("No network: this is the last copy.")).to_be_visible()
    save(page, hands, "77.1", "77.2")
    expect(page.get_by_text("2 entries wait to be sent")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 entries wait to be sent")).to_be_visible()
    go(page, hands, "Trends")
    expect(logged).to_be_visible()
    go(page, hands, "Sleep")
    expect(page.get_by_role("alert").get_by_text("No connection")).to_be_visible()
    page.context.set_offline(False)
    until_stored(page, 3)
    expect(page.get_by_text("wait to be sent")).to_have_count(0)
    go(page, hands, "Trends")
    hands.press(logged)
    expect(chart(page, "Weight")).to_have_attribute("aria-valuetext", re.compile(r"77\.2\skg"))
    stored = asked(page, "/api/body?limit=50")["items"]
    assert sorted(entry["weight_kg"] for entry in stored) == [77.1, 77.2, 78.4]


HOLD = """() => new Promise((held) => {
  indexedDB.open('vitaliq').onsuccess = ({ target: { result } }) => {
    const store = result.transaction('page', 'readwrite').objectStore('page');
    const goOn = () => { if (!window.letGo) store.get('x').onsuccess = goOn; held(); };
    goOn();
  };
})"""
"""Nothing that the page keeps is written before `letGo` is true: a transaction comes before."""


@pytest.mark.parametrize(("hands", "size"), WAYS[:1])
def test_an_entry_is_said_to_wait_once_it_is_kept_and_not_before(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("failed: ")
    page = newcomer
    hands.press(page.get_by_role("link", name="Log something"))
    weight = page.get_by_role("textbox", name="Weight")
    expect(weight).to_be_visible()
    sent = []

    def lose(route: Route) -> None:
        sent.append(route.request.method)
        route.abort()

    unreachable = Detour(page, "**/api/**", lose)
    page.evaluate(HOLD)
    for typed in ("77.1", "77.2"):
        save(page, hands, typed)
        expect(weight).to_have_value("")
    page.wait_for_timeout(1_000)
    assert "POST" not in sent
    expect(page.get_by_text("to be sent")).to_have_count(0)
    page.evaluate("window.letGo = true")
    expect(page.get_by_text("2 entries wait to be sent")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 entries wait to be sent")).to_be_visible()
    unreachable.lift()
    until_stored(page, 2)


@every_way
def test_what_the_server_does_not_take_is_kept_until_it_is_corrected_or_given_up(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("422: POST")
    page = newcomer
    refusing = Detour(page, "**/api/body", lambda route: route.fulfill(status=422, json=REFUSAL))
    hands.press(page.get_by_role("link", name="Log something"))
    weight = page.get_by_role("textbox", name="Weight")
    save(page, hands, "78.4", "79")
    expect(page.get_by_text("2 entries were not taken by the server")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 entries were not taken by the server")).to_be_visible()
    refusing.lift()
    hands.press(page.get_by_role("link", name="Look at it"))
    expect(page.get_by_role("alert").get_by_text("Weigh again")).to_be_visible()
    expect(weight).to_have_value("78.4")
    save(page, hands, "78.5")
    expect(page.get_by_text("1 entry was not taken by the server")).to_be_visible()
    hands.press(page.get_by_role("link", name="Look at it"))
    expect(weight).to_have_value("79")
    hands.press(page.get_by_role("button", name="Give it up"))
    expect(page.get_by_text("not taken by the server")).to_have_count(0)
    until_stored(page, 1)
    stored = asked(page, "/api/body?limit=50")["items"]
    assert [entry["weight_kg"] for entry in stored] == [78.5]


@pytest.mark.parametrize(("hands", "size"), WAYS[:1])
def test_a_server_that_cannot_be_reached_is_said_and_found_again(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("failed: ")
    page = newcomer
    unreachable = Detour(page, "**/api/**", lambda route: route.abort())
    go(page, hands, "Review")
    expect(page.get_by_text("VitalIQ cannot be reached: this is the last copy.")).to_be_visible()
    unreachable.lift()
    expect(page.get_by_text("VitalIQ cannot be reached")).to_have_count(0)
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()


@pytest.mark.parametrize(("hands", "size"), WAYS[:1])
def test_an_entry_whose_answer_is_lost_is_stored_once(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("failed: POST")
    page = newcomer
    sent = []

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        if len(sent) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    losing = Detour(page, "**/api/body", lose_the_first)
    hands.press(page.get_by_role("link", name="Log something"))
    log(page, hands, KINDS[0])
    assert sent == sent[:1] * 2
    losing.lift()
    assert len(asked(page, "/api/body?limit=50")["items"]) == 1


@pytest.mark.parametrize(("hands", "size"), WAYS[:1])
def test_an_entry_that_is_sent_again_later_is_said_to_wait(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("503: POST")
    page = newcomer
    busy = Detour(
        page, "**/api/body", lambda route: route.fulfill(status=503, json={"status": 503})
    )
    hands.press(page.get_by_role("link", name="Log something"))
    save(page, hands, "78.4")
    expect(page.get_by_text("1 entry waits to be sent")).to_be_visible()
    busy.lift()
    until_stored(page, 1)
    expect(page.get_by_text("waits to be sent")).to_have_count(0)
