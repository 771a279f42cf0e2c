"""The health screens in a real browser: with data and without, light and dark, narrow and wide."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, sign_up
from tests.browser.watch import assert_accessible, settle
from tests.people import PASSWORD

SCREENS = {
    "/glucose": "Glucose",
    "/bp": "Blood pressure",
    "/sleep": "Sleep",
    "/exercise": "Exercise",
    "/food": "Food",
    "/body": "Body",
    "/chronic": "Conditions",
    "/calendar": "Calendar",
    "/report": "Report for a doctor",
}


def open_screen(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(SCREENS[path])
    settle(page)


def test_each_screen_shows_numbers_that_open_their_readings(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/", storage_state=signed_in)
    for path in SCREENS:
        open_screen(page, path)
        if path == "/food":
            # The demo's last day may be over by now, and nothing is eaten yet today.
            page.get_by_role("link", name="The day before").click()
        shown = page.get_by_role("main").get_by_role("button", name="show the readings")
        expect(shown.first).to_be_visible()


def test_each_screen_says_that_there_is_nothing_yet(visit: Visit) -> None:
    page = visit("/sign-up", viewport=PHONE)
    sign_up(page, "nothing@example.com", PASSWORD)
    for path in SCREENS:
        open_screen(page, path)
        expect(page.get_by_role("main").get_by_role("heading", level=2)).to_have_count(1)


def test_every_screen_is_a_place_on_more(visit: Visit, signed_in: dict[str, Any]) -> None:
    page = visit("/more", storage_state=signed_in, viewport=PHONE)
    places = page.get_by_role("region", name="Health").get_by_role("link")
    expect(places).to_have_count(len(SCREENS))
    assert [place.get_attribute("href") for place in places.all()] == list(SCREENS)


def test_a_number_opens_its_readings_at_an_address_of_their_own(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/bp?days=7", storage_state=signed_in)
    number = page.get_by_role("main").get_by_role("button", name="show the readings").first
    number.click()
    sheet = page.get_by_role("dialog", name="The readings behind it")
    expect(sheet.get_by_text("Systolic blood pressure").first).to_be_visible()
    assert "readings=vitals." in page.url
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(number).to_be_focused()
    assert page.url.endswith("/bp?days=7")
    page.go_back()
    expect(sheet.get_by_role("listitem").first).to_be_visible()


def test_the_calendar_is_one_stop_a_month_and_moves_by_arrows(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/calendar/weight", storage_state=signed_in)
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    month = page.get_by_role("main").get_by_role("region").nth(1)
    stops = month.locator("button[tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    before = stops.get_attribute("data-date")
    page.keyboard.press("ArrowDown")
    expect(stops).to_be_focused()
    assert stops.get_attribute("data-date") != before
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("Weight").first).to_be_visible()


def test_a_meal_is_eaten_again_and_a_day_copied(visit: Visit) -> None:
    page = visit("/sign-up", viewport=PHONE)
    sign_up(page, "eats@example.com", PASSWORD)
    page.goto("/food")
    page.get_by_role("link", name="Add", exact=True).click()
    page.get_by_label("What did you eat?").fill("Lentil soup")
    page.get_by_role("textbox", name="Calories eaten").fill("520")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/food")
    page.get_by_role("button", name="Lentil soup").click()
    totals = page.get_by_role("region", name="Totals of the day")
    expect(totals.get_by_text("1,040 kcal")).to_be_visible()
    page.get_by_role("link", name="The day before").click()
    page.get_by_role("button", name="Lentil soup").click()
    expect(totals.get_by_text("520 kcal")).to_be_visible()


def test_the_report_is_one_printed_page(visit: Visit, signed_in: dict[str, Any]) -> None:
    page = visit("/report", storage_state=signed_in)
    expect(page.get_by_role("button", name="show the readings").first).to_be_visible()
    settle(page)
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1


def test_german_has_all_of_it_in_german(visit: Visit, signed_in: dict[str, Any]) -> None:
    page = visit("/glucose", storage_state=signed_in, locale="de-DE", viewport=PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Blutzucker")
    expect(page.get_by_text("Messwerte im Zielbereich").first).to_be_visible()
    settle(page)
    assert_accessible(page)
