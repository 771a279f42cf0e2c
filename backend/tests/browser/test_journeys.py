"""What people come for, from one end to the other: by mouse and by keyboard, narrow and wide."""

import re
import time
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest
from playwright.sync_api import FilePayload, Page, Route, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.site import Site
from tests.browser.watch import Detour, Trouble
from tests.folders import PATIENCE
from tests.importers.writers import generic_csv, libreview
from tests.people import PASSWORD

WAYS = [
    pytest.param(Mouse(), PHONE, id="mouse-390"),
    pytest.param(Keyboard(), PHONE, id="keyboard-390"),
    pytest.param(Mouse(), DESKTOP, id="mouse-1280"),
    pytest.param(Keyboard(), DESKTOP, id="keyboard-1280"),
]
KEPT = """() => Promise.race([
  navigator.serviceWorker.ready.then(() => null),
  new Promise((_, fail) => setTimeout(() => fail(new Error('no service worker')), 30_000)),
])"""
"""That the page has kept itself for when there is no network."""
every_way = pytest.mark.parametrize(("hands", "size"), WAYS)


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


REFUSAL = {
    "type": "about:blank",
    "title": "Unprocessable content",
    "status": 422,
    "detail": "The entry does not fit.",
    "errors": [{"loc": ["body", "weight_kg"], "msg": "Weigh again", "type": "value_error"}],
}


class Newcomer(Protocol):
    """Makes an account, and stands before the three choices; keywords go to `visit`."""

    def __call__(self, **context: Any) -> Page: ...


@pytest.fixture
def arrive(
    visit: Visit, hands: Hands, size: ViewportSize, request: pytest.FixtureRequest
) -> Newcomer:
    def come(**context: Any) -> Page:
        page = visit("/sign-up", viewport=size, **context)
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        hands.fill(page.get_by_label("Name", exact=True), "Robin")
        hands.fill(page.get_by_label("E-mail", exact=True), f"{name}@example.com")
        hands.fill(page.get_by_role("textbox", name="Password", exact=True), PASSWORD)
        hands.press(page.get_by_role("button", name="Make an account"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to VitalIQ")
        return page

    return come


@pytest.fixture
def newcomer(arrive: Newcomer) -> Page:
    return arrive()


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


def finding_in(page: Page) -> str:
    """The one that the address opens."""
    return parse_qs(urlparse(page.url).query)["finding"][0]


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
    for weight in ("77.1", "77.2"):
        hands.fill(page.get_by_role("textbox", name="Weight"), weight)
        hands.press(page.get_by_role("button", name="Save"))
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


@every_way
def test_what_the_server_does_not_take_is_kept_until_it_is_corrected_or_given_up(
    newcomer: Page, hands: Hands, trouble: Trouble
) -> None:
    trouble.allowed = lambda text: text.startswith("422: POST")
    page = newcomer
    refusing = Detour(page, "**/api/body", lambda route: route.fulfill(status=422, json=REFUSAL))
    hands.press(page.get_by_role("link", name="Log something"))
    weight = page.get_by_role("textbox", name="Weight")
    for typed in ("78.4", "79"):
        hands.fill(weight, typed)
        hands.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("2 entries were not taken by the server")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 entries were not taken by the server")).to_be_visible()
    refusing.lift()
    hands.press(page.get_by_role("link", name="Look at it"))
    expect(page.get_by_role("alert").get_by_text("Weigh again")).to_be_visible()
    expect(weight).to_have_value("78.4")
    hands.fill(weight, "78.5")
    hands.press(page.get_by_role("button", name="Save"))
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
    hands.fill(page.get_by_role("textbox", name="Weight"), "78.4")
    hands.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("1 entry waits to be sent")).to_be_visible()
    busy.lift()
    until_stored(page, 1)
    expect(page.get_by_text("waits to be sent")).to_have_count(0)


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
