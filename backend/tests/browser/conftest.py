"""A browser, and pages of it that fail their test for any trouble in them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from app.postgres import DatabaseUrls
from tests.browser import chromium
from tests.browser.hands import Hands
from tests.browser.site import Site, demo_site
from tests.browser.watch import Trouble
from tests.people import PASSWORD

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PATIENCE_MS = 30_000
"""For a machine that does much else."""
_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with these tests: Playwright keeps a loop running, and others need one of their own."""
    path = chromium.needed()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(
    make_migrated: Callable[[], DatabaseUrls], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The demo account lives as long as the session of tests: tests that change what is found in
    it put it back, others make an account of their own (`sign_up`)."""
    urls = make_migrated()
    folder: Path = tmp_path_factory.mktemp("site")
    with demo_site(urls, folder) as site:
        yield site


class Visit(Protocol):
    """Opens a page in a profile of its own; keywords go to Playwright's `new_context`."""

    def __call__(self, path: str = "/", **context: Any) -> Page: ...


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """What went wrong in the pages of this test; `trouble.allowed` lets through what it means to
    bring about."""
    trouble = Trouble()
    yield trouble
    assert trouble.seen == []


@pytest.fixture
def visit(browser: Browser, site: Site, trouble: Trouble) -> Iterator[Visit]:
    contexts = []

    def open_page(path: str = "/", **context: Any) -> Page:
        wished: dict[str, Any] = {
            "viewport": DESKTOP,
            "locale": "en-GB",
            "timezone_id": "Europe/Berlin",
        }
        wished |= {"reduced_motion": "reduce", "service_workers": "block"} | context
        contexts.append(browser.new_context(base_url=site.address, **wished))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        trouble.watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Site) -> dict[str, Any]:
    """The state of a browser in which the demo account is signed in, for `visit(storage_state=)`:
    signing in once is enough for most tests."""
    context = browser.new_context(base_url=site.address, service_workers="block")
    page = context.new_page()
    page.goto("/sign-in")
    sign_in(page, site.email, site.password)
    state: dict[str, Any] = dict(context.storage_state(indexed_db=True))
    context.close()
    return state


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("textbox", name="Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def sign_up(page: Page, email: str, password: str) -> None:
    """A new account, from the page of the sign-up; leads to the first-run tour."""
    page.get_by_label("Name", exact=True).fill("Robin")
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("textbox", name="Password", exact=True).fill(password)
    page.get_by_role("button", name="Make an account").click()
    page.wait_for_url("**/welcome")


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
