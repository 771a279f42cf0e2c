"""What people come for, from one end to the other: by mouse and by keyboard, narrow and wide."""

import re
from urllib.parse import parse_qs, urlparse

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands
from tests.browser.walking import KINDS, asked, chart, every_way, go, log
from tests.browser.watch import Trouble
from tests.people import PASSWORD


def finding_in(page: Page) -> str:
    """The one that the address opens."""
    return parse_qs(urlparse(page.url).query)["finding"][0]


@every_way
def test_each_kind_is_logged_and_seen_in_a_chart(newcomer: Page, hands: Hands) -> None:
    page = newcomer
    hands.press(page.get_by_role("link", name="Log something"))
    for kind in KINDS:
        log(page, hands, kind)
    for kind in KINDS:
        go(page, hands, "Trends")
        hands.press(
            page.get_by_role("main").get_by_role("link", name=re.compile(rf"^{kind.metric}\W*\d"))
        )
        expect(chart(page, kind.metric)).to_have_attribute(
            "aria-valuetext", re.compile(kind.shown.replace(" ", r"\s"))
        )


@every_way
def test_a_finding_is_read_answered_and_the_answer_taken_back(newcomer: Page, hands: Hands) -> None:
    page = newcomer
    hands.press(page.get_by_role("button", name="Look around with invented data"))
    page.wait_for_url(lambda url: "/welcome" not in url)
    expect(page.get_by_text("These are invented data, not yours.")).to_be_visible()
    go(page, hands, "Review")
    finding = page.locator("[data-finding]").first
    hands.press(finding)
    drawer = page.get_by_role("dialog", name="Why is this unusual?")
    expect(drawer.get_by_text("your usual").first).to_be_visible()
    assert "finding=" in page.url
    hands.press(drawer.get_by_text("How it was found"))
    expect(drawer.get_by_text(re.compile(r"It rests on (the )?\d+ days"))).to_be_visible()
    hands.press(drawer.get_by_role("button", name="I have seen it"))
    expect(drawer.get_by_text("You have seen it")).to_be_visible()
    expect(drawer.get_by_role("button", name="Undo")).to_be_focused()
    hands.press(drawer.get_by_role("button", name="Undo"))
    expect(drawer.get_by_role("button", name="I have seen it")).to_be_focused()
    give_a_reason(page, hands)
    chosen = page.locator(f"[data-finding='{finding_in(page)}']")
    expect(chosen).to_have_count(1)
    hands.close(page)
    expect(drawer).to_have_count(0)
    expect(chosen).to_be_focused()
    hands.press(page.get_by_role("link", name="Remove them"))
    hands.press(page.get_by_role("button", name="Remove them"))
    expect(page.get_by_text("These are invented data, not yours.")).to_have_count(0)


def give_a_reason(page: Page, hands: Hands) -> None:
    """It tags the day; taking it back takes the tag too."""
    drawer = page.get_by_role("dialog", name="Why is this unusual?")
    hands.press(drawer.get_by_role("button", name="It had a reason"))
    hands.press(drawer.get_by_role("button", name="Travel", exact=True))
    expect(drawer.get_by_text("It had a reason")).to_be_visible()
    expect(drawer.get_by_text("What you noted that day")).to_be_visible()
    day = asked(page, f"/api/anomalies/{finding_in(page)}")["date"]
    (tag,) = asked(page, "/api/tags")["items"]
    assert (tag["kind"], tag["first"], tag["last"]) == ("travel", day, day)
    hands.press(drawer.get_by_role("button", name="Undo"))
    expect(drawer.get_by_role("button", name="I have seen it")).to_be_focused()
    expect(drawer.get_by_text("What you noted that day")).to_have_count(0)
    assert asked(page, "/api/tags")["items"] == []


@every_way
def test_units_are_changed_everywhere_and_nothing_else(newcomer: Page, hands: Hands) -> None:
    page = newcomer
    hands.press(page.get_by_role("link", name="Log something"))
    log(page, hands, KINDS[0])
    go(page, hands, "Settings")
    weight = page.get_by_role("group", name="Weight")
    hands.press(weight.get_by_role("button", name="lb"))
    expect(weight.get_by_role("button", name="lb")).to_have_attribute("aria-pressed", "true")
    go(page, hands, "Trends")
    hands.press(page.get_by_role("main").get_by_role("link", name=re.compile(r"^Weight\W*\d")))
    expect(chart(page, "Weight")).to_have_attribute("aria-valuetext", re.compile(r"172\.8\slb"))


@every_way
def test_everything_is_exported_and_the_account_deleted(newcomer: Page, hands: Hands) -> None:
    page = newcomer
    go(page, hands, "Settings")
    hands.press(page.get_by_role("button", name="Export"))
    dialog = page.get_by_role("dialog", name="Export everything")
    hands.fill(dialog.get_by_role("textbox", name="Your password"), PASSWORD)
    with page.expect_download() as download:
        hands.press(dialog.get_by_role("button", name="Export"))
    assert download.value.path().read_bytes().startswith(b"PK")
    expect(dialog).to_have_count(0)
    hands.press(page.get_by_role("button", name="Delete everything"))
    dialog = page.get_by_role("dialog", name="Delete the account")
    hands.fill(dialog.get_by_role("textbox", name="Your password"), PASSWORD)
    hands.press(dialog.get_by_role("button", name="Delete everything"))
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert page.context.cookies() == []


@every_way
def test_a_second_factor_is_set_up_and_asked_for(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("401: POST")  # the sign-in without a code
    page = newcomer
    go(page, hands, "Settings")
    row = page.get_by_role("listitem").filter(has_text="Second factor")
    hands.press(row.get_by_role("button", name="Turn on"))
    dialog = page.get_by_role("dialog", name="Second factor")
    hands.fill(dialog.get_by_role("textbox", name="Your password"), PASSWORD)
    hands.press(dialog.get_by_role("button", name="Go on"))
    link = dialog.get_by_role("link", name="Open the authenticator app").get_attribute("href")
    app = pyotp.parse_uri(link or "")
    assert isinstance(app, pyotp.TOTP)
    hands.fill(dialog.get_by_role("textbox", name="Code"), app.now())
    hands.press(dialog.get_by_role("button", name="Turn on"))
    codes = dialog.get_by_role("listitem")
    expect(codes.first).to_be_visible()
    recovery = codes.first.inner_text()
    hands.press(dialog.get_by_role("button", name="I have them"))
    email = asked(page, "/api/auth/me")["email"]
    hands.press(page.get_by_role("button", name="Sign out"))
    hands.fill(page.get_by_label("E-mail", exact=True), email)
    hands.fill(page.get_by_role("textbox", name="Password", exact=True), PASSWORD)
    hands.press(page.get_by_role("button", name="Sign in", exact=True))
    hands.fill(page.get_by_role("textbox", name=re.compile("Code")), recovery)
    hands.press(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("navigation", name="Places")).to_be_visible()
