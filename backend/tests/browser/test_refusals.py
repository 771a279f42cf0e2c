"""What the server refuses is said in the reader's language, where it was asked."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.site import Site
from tests.browser.watch import Trouble, assert_accessible
from tests.people import PASSWORD

WEAK = "123456789012345"


@pytest.fixture
def german(visit: Visit, signed_in: dict[str, Any], trouble: Trouble) -> Callable[[str], Page]:
    """A screen of the demo account in German; refusals are what these tests are about."""
    trouble.allowed = lambda text: text.startswith(("403: ", "404: ", "409: ", "422: "))
    return lambda path: visit(path, storage_state=signed_in, locale="de-DE", viewport=PHONE)


def test_a_new_account_is_refused_in_german(visit: Visit, site: Site, trouble: Trouble) -> None:
    trouble.allowed = lambda text: text.startswith(("409: ", "422: "))
    page = visit("/sign-up", locale="de-DE", viewport=PHONE)
    page.get_by_label("E-Mail", exact=True).fill(site.email)
    page.get_by_role("textbox", name="Passwort", exact=True).fill(WEAK)
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_text("zu leicht zu erraten").first).to_be_visible()
    page.get_by_role("textbox", name="Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("alert")).to_contain_text("schon ein Konto")


def test_a_changed_password_is_refused_in_german(german: Callable[[str], Page], site: Site) -> None:
    page = german("/settings?dialog=password")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Dein Passwort").fill("falsch")
    dialog.get_by_role("textbox", name="Neues Passwort").fill(WEAK)
    dialog.get_by_role("button", name="Ändern").click()
    expect(dialog.get_by_role("alert")).to_have_text("Das Passwort stimmt nicht.")
    dialog.get_by_role("textbox", name="Dein Passwort").fill(site.password)
    dialog.get_by_role("button", name="Ändern").click()
    expect(dialog.get_by_role("alert")).to_have_text("Neues Passwort: ist zu leicht zu erraten.")
    assert_accessible(page)


def test_an_entry_is_refused_in_german(german: Callable[[str], Page]) -> None:
    page = german("/log/vitals")
    page.get_by_label("Systolischer Blutdruck").fill("80")
    page.get_by_label("Diastolischer Blutdruck").fill("120")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("link", name="Ansehen").click()
    told = page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("Der diastolische Blutdruck muss unter dem systolischen liegen.")
    assert_accessible(page)
    page.get_by_role("button", name="Verwerfen").click()
    expect(page.get_by_role("link", name="Ansehen")).to_have_count(0)


def test_a_profile_is_refused_in_german(german: Callable[[str], Page]) -> None:
    page = german("/settings")
    page.get_by_label("Geburtsdatum").fill("2099-01-01")
    page.get_by_role("button", name="Speichern").first.click()
    expect(page.get_by_text("Darf nicht in der Zukunft liegen.")).to_be_visible()


def test_words_that_there_are_none_of_stay_the_servers_own(
    german: Callable[[str], Page],
) -> None:
    page = german("/settings?dialog=export")
    body = {"title": "Conflict", "status": 409, "detail": "Quite new.", "code": "new", "errors": []}
    page.route("**/api/export*", lambda route: route.fulfill(status=409, json=body))
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Dein Passwort").fill("egal")
    dialog.get_by_role("button", name="Exportieren").click()
    told = dialog.get_by_role("alert").locator("[lang=en]")
    expect(told).to_have_text("Quite new.")
