"""Signing in and out in a real browser (T17, T20)."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, sign_in, sign_up
from tests.browser.site import Site
from tests.browser.watch import Trouble, assert_accessible
from tests.people import PASSWORD

STORED = """async () => {
  const names = (await indexedDB.databases()).map((it) => it.name);
  const open = (name) => new Promise((done) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => done(asked.result);
  });
  const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const name of names) {
    const database = await open(name);
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { asked.onsuccess = done; });
      all.push(JSON.stringify(asked.result));
    }
    database.close();
  }
  return all.join('\\n');
}"""


def test_t17_no_script_sees_a_token_and_signing_out_leaves_nothing(
    visit: Visit, site: Site
) -> None:
    page = visit("/sign-in")
    sign_in(page, site.email, site.password)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    cookies = page.context.cookies()
    assert [(it["httpOnly"], it["sameSite"]) for it in cookies] == [(True, "Strict")]
    page.wait_for_timeout(1_500)  # the cache is written a moment after it is shown
    stored = page.evaluate(STORED)
    assert site.email in stored, "the cache holds the profile, so this looks where it should"
    assert cookies[0]["value"] not in stored
    assert "eyJ" not in stored
    sign_out(page)
    assert page.context.cookies() == []
    assert site.email not in page.evaluate(STORED)
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert site.email not in page.content()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto("/more")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")


def test_a_wrong_password_is_said(visit: Visit, site: Site, trouble: Trouble) -> None:
    trouble.allowed = lambda text: text.startswith("401: POST")
    page = visit("/sign-in", viewport=PHONE)
    page.get_by_label("E-mail", exact=True).fill(site.email)
    page.get_by_role("textbox", name="Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert_accessible(page)


def test_a_new_account_begins_with_three_choices(visit: Visit) -> None:
    page = visit("/sign-up", viewport=PHONE)
    assert_accessible(page)
    sign_up(page, "robin@example.com", PASSWORD)
    expect(page.get_by_role("button", name="Look around with invented data")).to_be_visible()
    assert_accessible(page)


def test_t20_a_visitor_is_led_to_the_sign_in_and_back(visit: Visit, site: Site) -> None:
    page = visit("/trends/weight?days=30")
    page.wait_for_url("**/sign-in*")
    sign_in(page, site.email, site.password)
    page.wait_for_url("**/trends/weight?days=30")
    expect(page.get_by_role("heading", level=1)).to_have_text("Weight")


def test_t20_a_drawer_opens_within_the_policy(visit: Visit, site: Site) -> None:
    """What holds the page still behind it is a style element, which needs the nonce."""
    page = visit("/sign-in?next=%2Fsettings%3Fdialog%3Dexport")
    sign_in(page, site.email, site.password)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("place", ["sleep", "food"])
def test_a_day_that_there_is_not_is_no_page(
    visit: Visit, signed_in: dict[str, Any], place: str
) -> None:
    page = visit(f"/{place}/2026-02-30", storage_state=signed_in)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_a_failed_screen_does_not_blame_the_network(
    visit: Visit, signed_in: dict[str, Any], trouble: Trouble
) -> None:
    trouble.allowed = lambda text: "strange" not in text
    page = visit("/more", storage_state=signed_in)
    page.route("**/api/dashboard*", lambda route: route.fulfill(json={"strange": True}))
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("This screen has failed")
