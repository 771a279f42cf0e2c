"""Every screen, in each of its states, light and dark, narrow and wide: what axe finds, and what it
does not see: reflow, large text, reduced motion, forced colours, and what a toast lies on."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, sign_up
from tests.browser.hands import Keyboard
from tests.browser.site import Site
from tests.browser.watch import Trouble, assert_accessible, settle
from tests.importers.writers import generic_csv
from tests.people import PASSWORD

NARROW: ViewportSize = {"width": 320, "height": 640}
LOOKS: list[tuple[Literal["light", "dark"], ViewportSize]] = [
    ("light", PHONE),
    ("dark", PHONE),
    ("dark", DESKTOP),
    ("light", DESKTOP),
]


NEXT_FRAME = """() => new Promise((done) => {
  requestAnimationFrame(() => setTimeout(done, 50));
  setTimeout(done, 2_000);
})"""
"""Or two seconds: a browser that is short of time may draw none."""


class State(NamedTuple):
    """A screen and what is done there before it is looked at."""

    path: str
    reach: Callable[[Page], None] | None = None


def press(name: str, role: Any = "button") -> Callable[[Page], None]:
    return lambda page: page.get_by_role("main").get_by_role(role, name=name).first.click()


def in_dialog(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_be_visible()


def open_readings(page: Page) -> None:
    press("show the readings")(page)
    in_dialog(page)


def open_readings_of_the_day_before(page: Page) -> None:
    """The demo's last day may be over by now, and nothing is eaten yet today."""
    press("The day before", "link")(page)
    settle(page)
    open_readings(page)


def open_finding(page: Page) -> None:
    page.locator("[data-finding]").first.click()
    in_dialog(page)
    expect(page.get_by_role("dialog").get_by_role("button", name="I have seen it")).to_be_visible()


def refuse(page: Page) -> None:
    """A form that is sent as it stands."""
    for field in page.get_by_role("main").get_by_role("textbox").all():
        field.fill("")
    page.get_by_role("main").locator("button[type=submit]").first.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def refuse_height(page: Page) -> None:
    page.get_by_role("textbox", name="Height").fill("tall")
    press("Save")(page)
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)


def open_dialog(name: str) -> Callable[[Page], None]:
    def reach(page: Page) -> None:
        press(name)(page)
        in_dialog(page)

    return reach


def open_day(page: Page) -> None:
    page.locator("button[data-date][tabindex='0']").last.click()
    in_dialog(page)


PLACES = [
    *("/", "/trends", "/trends/weight", "/trends/weight?view=table", "/review", "/more"),
    *("/welcome", "/settings", "/import", "/glucose", "/bp", "/sleep", "/exercise", "/food"),
    *("/body", "/chronic", "/calendar", "/report", "/readings/glucose", "/nowhere"),
]
KINDS = ["body", "vitals", "glucose", "nutrition", "exercise", "sleep", "chronic", "tags"]
DRAWERS = [
    State("/review", open_finding),
    State("/trends/total_sugar?days=365", open_finding),
    *(State(path, open_readings) for path in ("/glucose", "/bp", "/sleep", "/exercise")),
    *(State(path, open_readings) for path in ("/body", "/chronic", "/report")),
    State("/food", open_readings_of_the_day_before),
    State("/calendar/weight", open_day),
    State("/settings", open_dialog("Export")),
    State("/settings", open_dialog("Delete everything")),
    State("/settings", open_dialog("Turn on")),
]
REFUSED = [State(f"/log/{kind}", refuse) for kind in ("body", "nutrition", "exercise")]
SIGNED_IN = [
    *(State(path) for path in PLACES),
    *(State(f"/log/{kind}") for kind in KINDS),
    *DRAWERS,
    *REFUSED,
    State("/settings", refuse_height),
]
EMPTY = [State(path) for path in PLACES if path not in ("/more", "/settings", "/nowhere")]


def look_at(page: Page, state: State) -> None:
    """Goes there first."""
    page.set_viewport_size(DESKTOP)
    page.goto(state.path)
    look_around(page, state)


def look_around(page: Page, state: State) -> None:
    """In every look, of one load: what is shown must follow the scheme and the width."""
    settle(page)
    if state.reach:
        state.reach(page)
        settle(page)
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        page.evaluate(NEXT_FRAME)
        assert_accessible(page)
        assert_reflows(page, state.path)
    page.set_viewport_size(NARROW)
    page.evaluate(NEXT_FRAME)
    assert_reflows(page, state.path)
    page.set_viewport_size(DESKTOP)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate(NEXT_FRAME)
    assert_reflows(page, f"{state.path} at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    assert_mirrors(page, state.path)


def assert_mirrors(page: Page, where: str) -> None:
    """As in a language that runs from right to left: nothing is too wide on either side."""
    page.evaluate("document.documentElement.dir = 'rtl'")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.evaluate(NEXT_FRAME)
        assert_reflows(page, f"{where} from right to left")
    page.evaluate("document.documentElement.dir = 'ltr'")


def assert_reflows(page: Page, where: str) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{where} is {wide} px too wide"


@pytest.mark.parametrize(
    "state", SIGNED_IN, ids=lambda state: f"{state.path}-{state.reach is not None}"
)
def test_axe_finds_nothing_and_each_screen_reflows(
    visit: Visit, signed_in: dict[str, Any], state: State
) -> None:
    look_around(visit(state.path, storage_state=signed_in), state)


def test_axe_finds_nothing_where_nothing_is_logged_yet(visit: Visit) -> None:
    page = visit("/sign-up")
    sign_up(page, "empty@example.com", PASSWORD)
    for state in EMPTY:
        look_at(page, state)


def test_axe_finds_nothing_in_the_preview_of_a_file(visit: Visit, site: Site) -> None:
    page = visit("/sign-up")
    sign_up(page, "preview@example.com", PASSWORD)
    page.goto("/import")
    page.get_by_label("Choose a file").set_input_files(
        {"name": "days.csv", "mimeType": "text/csv", "buffer": generic_csv.doubtful()}
    )
    expect(page.get_by_role("progressbar", name="Reading the file")).to_be_visible()
    site.work()
    expect(page.get_by_role("button", name="Store 7 entries")).to_be_visible()

    def open_all(page: Page) -> None:
        page.get_by_text("1 record cannot be read").click()
        press("In mmol/L")(page)

    look_at(page, State(page.url, open_all))


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up"])
def test_axe_finds_nothing_at_the_door(visit: Visit, path: str, trouble: Trouble) -> None:
    trouble.allowed = lambda text: text.startswith(("401: POST", "422: POST"))
    page = visit(path)
    look_at(page, State(path))

    def send(page: Page) -> None:
        page.locator("button[type=submit]").click()
        expect(page.get_by_role("alert").get_by_role("paragraph")).to_be_visible()

    look_at(page, State(path, send))


def test_a_toast_lies_on_nothing_that_can_be_pressed(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/sign-up", viewport=PHONE)
    sign_up(page, "toast@example.com", PASSWORD)
    page.goto("/log/body")
    for weight in ("70", "71", "72"):
        page.get_by_role("textbox", name="Weight").fill(weight)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("textbox", name="Weight")).to_have_value("")
    toast = page.get_by_role("alert").filter(has_text="Saved.")
    expect(toast).to_have_count(1)
    settle(page)
    lies = toast.bounding_box()
    assert lies is not None
    controls = page.locator("main :is(button, a, input), nav :is(button, a)").all()
    assert len(controls) > 10
    for control in controls:
        box = control.bounding_box()
        if box is None or box["height"] == 0:
            continue
        is_below = box["y"] >= lies["y"] + lies["height"]
        assert is_below or box["y"] + box["height"] <= lies["y"], control


def test_forced_colours_still_tell_what_is_chosen(visit: Visit, signed_in: dict[str, Any]) -> None:
    page = visit("/trends/weight", storage_state=signed_in, forced_colors="active")
    settle(page)
    paint = """element => ['backgroundColor', 'color', 'outline', 'borderColor']
      .map(it => getComputedStyle(element)[it]).join()"""
    span = page.get_by_role("main").get_by_role("group").first
    chosen = span.locator("[aria-pressed=true]")
    other = span.locator("[aria-pressed=false]").first
    assert chosen.evaluate(paint) != other.evaluate(paint)
    places = page.get_by_role("navigation", name="Places")
    here, there = (places.get_by_role("link", name=name) for name in ("Trends", "Review"))
    assert here.evaluate(paint) != there.evaluate(paint)
    assert_accessible(page)


def test_the_page_is_mirrored_where_text_runs_from_right_to_left(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/", storage_state=signed_in)
    settle(page)
    places = page.get_by_role("navigation", name="Places")
    heading = page.get_by_role("heading", level=1)

    def rail_is_left() -> bool:
        rail, title = places.bounding_box(), heading.bounding_box()
        assert rail is not None
        assert title is not None
        return rail["x"] < title["x"]

    assert rail_is_left()
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert not rail_is_left()


def test_motion_is_reduced_for_who_asks(visit: Visit, signed_in: dict[str, Any]) -> None:
    page = visit("/review", storage_state=signed_in, reduced_motion="reduce")
    settle(page)
    Keyboard().press(page.locator("[data-finding]").first)
    in_dialog(page)
    longest = page.evaluate(
        "Math.max(0, ...document.getAnimations().map((it) => it.effect.getTiming().duration))"
    )
    assert longest <= 1
