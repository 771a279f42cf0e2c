"""Pictures of every screen, light and dark, on a phone and on a desktop: `make screenshots`.

It makes an account with invented people of its own, on a server of its own; the pictures are WebP.
"""

import argparse
import base64
import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from app.migrations import upgrade
from app.postgres import EmbeddedPostgres
from benchmarks.page.chromium import found
from tests.browser.conftest import DESKTOP, PHONE, sign_in, sign_up
from tests.browser.measured import ZONE, bring
from tests.browser.site import Site, demo_site
from tests.browser.watch import settle
from tests.folders import reachable_folder
from tests.people import PASSWORD

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "screenshots"
LOOKS = {
    "phone-light": ("light", PHONE),
    "phone-dark": ("dark", PHONE),
    "desktop-light": ("light", DESKTOP),
    "desktop-dark": ("dark", DESKTOP),
}
SCREENS = {
    "today": "/",
    "trends": "/trends",
    "trend": "/trends/sleep_quality?days=90",
    "trend-year": "/trends/weight?days=365",
    "log": "/log/body",
    "log-meal": "/log/nutrition",
    "review": "/review",
    "finding": "/review?finding=FINDING",
    "glucose": "/glucose",
    "blood-pressure": "/bp",
    "sleep": "/sleep",
    "exercise": "/exercise",
    "food": "/food",
    "body": "/body",
    "conditions": "/chronic",
    "calendar": "/calendar/sleep_hours",
    "report": "/report",
    "import": "/import",
    "settings": "/settings",
    "welcome": "/welcome",
    "more": "/more",
}
MEASURED = {
    "night": "/sleep/TODAY",
    "glucose-day": "/readings/glucose?day=YESTERDAY",
    "sources": "/settings#sources",
}
"""Of an account whose devices measured."""
DOORS = {"sign-in": "/sign-in", "sign-up": "/sign-up"}
QUALITY = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--only", nargs="*", help="names of screens")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        site = stack.enter_context(own_site())
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=found(), args=["--disable-gpu"])
        state, today = measured(browser, site)
        for look in LOOKS:
            pictured = [shown(browser, site, look, wanted.only)]
            pictured.append(shown_measured(browser, site, look, wanted.only, (state, today)))
            for name, page in chain.from_iterable(pictured):
                picture = wanted.folder / f"{name}-{look}.webp"
                picture.write_bytes(taken(page))
        browser.close()
    pictures = list(wanted.folder.glob("*.webp"))
    size = sum(picture.stat().st_size for picture in pictures)
    print(f"{len(pictures)} pictures in {wanted.folder}, {size / 1e6:.1f} MB")


@contextmanager
def own_site() -> Iterator[Site]:
    with (
        reachable_folder() as folder,
        tempfile.TemporaryDirectory() as kept,
        EmbeddedPostgres(folder / "data") as urls,
    ):
        upgrade(urls.owner)
        with demo_site(urls, Path(kept)) as site:
            yield site


def shown(
    browser: Browser, site: Site, look: str, only: list[str] | None
) -> Iterator[tuple[str, Page]]:
    page = new_page(browser, site, look)
    for name, path in DOORS.items():
        if not only or name in only:
            page.goto(path)
            settle(page)
            yield name, page
    page.goto("/sign-in")
    sign_in(page, site.email, site.password)
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    page.goto("/review")
    finding = page.locator("[data-finding]").first.get_attribute("data-finding")
    for name, path in SCREENS.items():
        if not only or name in only:
            page.goto(path.replace("TODAY", today).replace("FINDING", finding or ""))
            settle(page)
            yield name, page
    page.context.close()


def shown_measured(
    browser: Browser,
    site: Site,
    look: str,
    only: list[str] | None,
    measured: tuple[dict[str, Any], dt.date],
) -> Iterator[tuple[str, Page]]:
    state, today = measured
    page = new_page(browser, site, look, storage_state=state)
    for name, path in MEASURED.items():
        if not only or name in only:
            page.goto(
                path.replace("TODAY", str(today)).replace("YESTERDAY", str(today - dt.timedelta(1)))
            )
            settle(page)
            if place := urlsplit(path).fragment:
                page.locator(f"#{place}").evaluate("it => it.scrollIntoView()")
            yield name, page
    page.context.close()


def measured(browser: Browser, site: Site) -> tuple[dict[str, Any], dt.date]:
    """The state of a browser signed in to such an account, and the last day measured."""
    page = browser.new_page(base_url=site.address, timezone_id=ZONE.key)
    page.goto("/sign-up")
    sign_up(page, "measured@example.com", PASSWORD)
    today = bring(page, site)
    state: dict[str, Any] = dict(page.context.storage_state(indexed_db=True))
    page.context.close()
    return state, today


def new_page(browser: Browser, site: Site, look: str, **context: Any) -> Page:
    scheme, size = LOOKS[look]
    context |= {"color_scheme": scheme, "viewport": size, "locale": "en-GB"}
    return browser.new_page(
        base_url=site.address,
        timezone_id=ZONE.key,
        service_workers="block",
        reduced_motion="reduce",
        **context,
    )


def taken(page: Page) -> bytes:
    """The visible part; Playwright itself writes no WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    session.detach()
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    main()
