"""What devices measured during a day: drawn, in words and numbers, and what of it counts."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Visit, sign_up
from tests.browser.hands import Keyboard
from tests.browser.measured import ZONE, bring
from tests.browser.site import Site
from tests.browser.test_accessibility import State, look_at
from tests.people import PASSWORD


@pytest.fixture(scope="module")
def state_of_measured(browser: Browser, site: Site) -> tuple[dict[str, Any], dt.date]:
    """Signed in where it was brought, and the last day of it: bringing it once is enough."""
    context = browser.new_context(base_url=site.address, timezone_id=ZONE.key)
    page = context.new_page()
    page.goto("/sign-up")
    sign_up(page, "measured@example.com", PASSWORD)
    today = bring(page, site)
    state: dict[str, Any] = dict(context.storage_state(indexed_db=True))
    context.close()
    return state, today


@pytest.fixture
def measured(
    visit: Visit, state_of_measured: tuple[dict[str, Any], dt.date]
) -> tuple[Page, dt.date]:
    state, today = state_of_measured
    return visit("/more", viewport=PHONE, storage_state=state), today


def test_a_night_shows_its_stages_drawn_and_in_a_table(measured: tuple[Page, dt.date]) -> None:
    page, today = measured
    page.goto(f"/sleep/{today}")
    card = page.get_by_role("region", name="Stages through the night")
    expect(card.get_by_role("img", name=re.compile("^Stages from"))).to_be_visible()
    for lane in ("Awake", "REM", "Light", "Deep"):
        expect(card.locator("svg").get_by_text(lane, exact=True)).to_be_visible()
    Keyboard().press(card.get_by_text("All stages in order"))
    rows = card.get_by_role("row")
    expect(rows).to_have_count(1 + 4 * 4 + 3)
    expect(
        card.get_by_text(re.compile("measured this night too and does not count"))
    ).to_be_visible()
    page.get_by_role("link", name="The night before").click()
    expect(card.get_by_role("img")).to_be_visible()


def test_a_day_of_glucose_is_drawn_and_says_what_does_not_count(
    measured: tuple[Page, dt.date],
) -> None:
    page, today = measured
    yesterday = today - dt.timedelta(1)
    page.goto(f"/glucose?day={yesterday}")
    card = page.get_by_role("region", name="A day", exact=True)
    expect(card.get_by_role("img", name=re.compile("midnight to midnight"))).to_be_visible()
    expect(card.get_by_text("of 96 readings")).to_be_visible()
    suppressed = card.get_by_role("definition").filter(has_text=re.compile("^12$"))
    expect(suppressed).to_be_visible()
    card.get_by_text("All 108 readings").click()
    unused = card.get_by_role("row").filter(has_text="Phone")
    expect(unused).to_have_count(12)
    assert {row.get_by_role("cell").last.inner_text() for row in unused.all()} == {"no"}
    card.get_by_role("link", name="The day before").click()
    page.wait_for_url(f"**/glucose?*day={yesterday - dt.timedelta(1)}*")


def test_an_entry_leads_to_what_was_measured(measured: tuple[Page, dt.date]) -> None:
    page, today = measured
    yesterday = today - dt.timedelta(1)
    page.goto(f"/glucose?readings=chronic.{yesterday}.{yesterday}.blood_glucose_mgdl")
    sheet = page.get_by_role("dialog", name="The readings behind it")
    sheet.get_by_role("link", name=re.compile("As measured")).first.click()
    page.wait_for_url(f"**/readings/glucose?day={yesterday}")
    expect(page.get_by_text("of 96 readings")).to_be_visible()
    page.get_by_label("What to show").select_option(label="Heart rate")
    expect(page.get_by_role("heading", level=1)).to_have_text("Heart rate")
    expect(page.get_by_role("img", name=re.compile("^Heart rate from"))).to_be_visible()


def test_axe_finds_nothing_where_something_was_measured(measured: tuple[Page, dt.date]) -> None:
    page, today = measured
    yesterday = today - dt.timedelta(1)

    def unfold(page: Page) -> None:
        page.get_by_text(re.compile(r"All \d+ readings|All stages in order")).first.click()

    for path in (
        f"/sleep/{today}",
        f"/glucose?day={yesterday}",
        f"/readings/steps?day={yesterday}",
    ):
        look_at(page, State(path, unfold))
