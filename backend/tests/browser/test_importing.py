"""Files are brought in by the page, looked at before they are stored, and taken back."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.hands import Hands, Mouse
from tests.browser.site import Site
from tests.browser.walking import asked, every_way
from tests.browser.watch import Detour, Trouble
from tests.importers.writers import generic_csv, libreview

TABLE = b"""date,weight,resting_hr,mood
2026-03-01,80.1,58,9
2026-03-02,heavy,57,9
2026-03-03,79.9,59,9
"""


@every_way
def test_a_table_is_imported_and_taken_back(newcomer: Page, hands: Hands, site: Site) -> None:
    page = newcomer
    hands.press(page.get_by_role("link", name="Bring your history"))
    table: FilePayload = {"name": "days.csv", "mimeType": "text/csv", "buffer": TABLE}
    choose_file(page, hands, table)
    hands.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_role("progressbar", name="Waiting for its turn")).to_be_visible()
    assert "job=" in page.url
    site.work()
    expect(page.get_by_text("Nothing was stored", exact=True)).to_be_visible()
    expect(page.get_by_text("the first in line 3")).to_be_visible()
    choose_file(page, hands, table)
    hands.press(page.get_by_role("switch", name="Leave out lines that do not fit"))
    hands.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_role("progressbar", name="Waiting for its turn")).to_be_visible()
    site.work()
    expect(page.get_by_text(re.compile(r"\d entries stored"))).to_be_visible()
    expect(page.get_by_text("Columns without a metric: mood")).to_be_visible()
    hands.press(page.get_by_text("1 line did not fit"))
    expect(page.get_by_text("weight: ")).to_be_visible()
    hands.press(page.get_by_role("button", name="Take it back: days.csv"))
    expect(page.get_by_role("button", name="Take it back: days.csv")).to_have_count(0)
    assert asked(page, "/api/vitals?limit=50")["items"] == []


@every_way
def test_a_file_is_looked_at_before_it_is_stored(newcomer: Page, hands: Hands, site: Site) -> None:
    page = newcomer
    hands.press(page.get_by_role("link", name="Bring your history"))
    choose_file(page, hands, csv("doubtful.csv", generic_csv.doubtful()))
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    assert "import=" in page.url
    site.work()
    expect(page.get_by_text("173.0–179.0 kg")).to_be_visible()
    expect(page.get_by_text("1 stands twice in the file")).to_be_visible()
    hands.press(page.get_by_text("1 record cannot be read"))
    expect(page.get_by_text("line 10", exact=False).first).to_be_visible()
    hands.choose(page.get_by_label("Unit of Weight"), "lb")
    hands.press(page.get_by_role("button", name="Read it anew"))
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    page.reload()
    site.work()
    expect(page.get_by_text("78.5–81.2 kg · given in lb")).to_be_visible()
    expect(page.get_by_label("Unit of Weight")).to_have_count(0)
    assert asked(page, "/api/body?limit=50")["items"] == []
    hands.press(page.get_by_role("button", name="In mmol/L"))
    hands.press(page.get_by_role("button", name=re.compile("^Store up to")))
    expect(page.get_by_role("progressbar", name="Storing")).to_be_visible()
    site.work()
    expect(page.get_by_text("14 readings stored")).to_be_visible()
    assert len(asked(page, "/api/body?limit=50")["items"]) == 7
    hands.press(page.get_by_role("button", name="Take it back", exact=True))
    expect(page.get_by_text("Everything that came with that file is gone")).to_be_visible()
    assert asked(page, "/api/body?limit=50")["items"] == []


@pytest.mark.parametrize(("hands", "size"), [(Mouse(), PHONE)])
def test_what_was_held_back_is_answered_for_later(newcomer: Page, hands: Hands, site: Site) -> None:
    page = newcomer
    hands.press(page.get_by_role("link", name="Bring your history"))
    choose_file(page, hands, csv("doubtful.csv", generic_csv.doubtful()))
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    site.work()
    hands.press(page.get_by_role("button", name=re.compile("^Store")))
    expect(page.get_by_role("progressbar", name="Storing")).to_be_visible()
    site.work()
    expect(page.get_by_text("held back and wait", exact=False)).to_be_visible()
    assert asked(page, "/api/readings?kind=glucose")["at"] == []
    page.goto("/import")
    hands.press(page.get_by_role("button", name="In mmol/L"))
    expect(page.get_by_text("All are answered for", exact=False)).to_be_visible()
    assert asked(page, "/api/readings?kind=glucose")["at"] != []
    hands.press(page.get_by_text("1 answer", exact=True))
    hands.press(page.get_by_role("button", name="Decide later"))
    expect(page.get_by_text("count nowhere until you answer", exact=False)).to_be_visible()
    assert asked(page, "/api/readings?kind=glucose")["at"] == []


@pytest.mark.parametrize(("hands", "size"), [(Mouse(), PHONE)])
def test_answers_about_a_table_hold_for_the_next(newcomer: Page, hands: Hands, site: Site) -> None:
    page = newcomer
    unit = page.get_by_label("Unit of Weight")
    # Not any bar: there is one while a file is sent, and nothing to work at yet.
    reading = page.get_by_role("progressbar", name="Reading the file")
    hands.press(page.get_by_role("link", name="Bring your history"))
    choose_file(page, hands, csv("first.csv", generic_csv.doubtful()))
    expect(reading).to_be_visible()
    site.work()
    hands.choose(unit, "lb")
    hands.press(page.get_by_role("button", name="Read it anew"))
    expect(reading).to_be_visible()
    site.work()
    hands.press(page.get_by_role("button", name=re.compile("^Store")))
    expect(page.get_by_role("progressbar", name="Storing")).to_be_visible()
    site.work()
    hands.press(page.get_by_role("button", name="Another file"))
    choose_file(page, hands, csv("second.csv", generic_csv.doubtful()))
    expect(reading).to_be_visible()
    site.work()
    expect(page.get_by_text("Read as you said for first.csv.")).to_be_visible()
    hands.press(page.get_by_role("button", name="Read it without that"))
    expect(reading).to_be_visible()
    site.work()
    expect(unit).to_be_visible()
    hands.press(page.get_by_text("1 table is read as you said"))
    hands.press(page.get_by_role("button", name="Forget: first.csv"))
    expect(page.get_by_text("1 table is read as you said")).to_have_count(0)


@pytest.mark.parametrize(("hands", "size"), [(Mouse(), PHONE)])
def test_sending_goes_on_after_the_connection_was_lost(
    newcomer: Page, hands: Hands, site: Site, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("failed: PUT")
    page = newcomer
    hands.press(page.get_by_role("link", name="Bring your history"))
    file = csv("glucose.csv", libreview.example())
    broken = Detour(page, "**/content?*", lambda route: route.abort("connectionreset"))
    choose_file(page, hands, file)
    expect(page.get_by_role("progressbar", name="Waiting for the connection")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar", name="Sending broke off here")).to_be_visible()
    choose_file(page, hands, csv("other.csv", b"date,weight\n"))
    expect(page.get_by_text("That is another file")).to_be_visible()
    choose_file(page, hands, file)
    expect(page.get_by_role("progressbar", name="Waiting for the connection")).to_be_visible()
    broken.lift()
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    site.work()
    expect(page.get_by_text("LibreView CSV (FreeStyle Libre)")).to_be_visible()
    hands.press(page.get_by_role("button", name="Cancel"))
    expect(page.get_by_text("Drop a file here")).to_be_visible()
    assert [one["status"] for one in asked(page, "/api/imports")["items"]] == ["cancelled"]


def csv(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def choose_file(page: Page, hands: Hands, file: FilePayload) -> None:
    """By the button; the browser's own window for it is not the page's."""
    with page.expect_file_chooser() as chooser:
        hands.press(page.get_by_label("Choose a file"))
    chooser.value.set_files(file)
