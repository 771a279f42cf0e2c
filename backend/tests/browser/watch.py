"""Pages that remember what went wrong in them, so that a test fails for it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import ConsoleMessage, Page, Request, Response, Route, expect

AXE = AXE_FILE_PATH.read_text()
_RUN = """rules => axe.run({
  runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'],
}).then((found) => found.violations)"""
_REST = """() => Promise.race([
  Promise.all(document.getAnimations()
    .filter((it) => it.effect.getComputedTiming().endTime !== Infinity)
    .map((it) => it.finished.catch(() => null))).then(() => null),
  new Promise((done) => setTimeout(done, 10_000)),
])"""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass
class Trouble:
    """Console errors (a breach of the policy is one), exceptions, requests without an answer or
    with a bad one."""

    seen: list[str] = field(default_factory=list)
    allowed: Callable[[str], bool] = lambda _: False
    """What a test brings about on purpose, such as a wrong password."""

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"exception: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _note(self, text: str) -> None:
        if not self.allowed(text):
            self.seen.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        # A bad answer is noted as such, with its status and path.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left stops waiting for what it had asked.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status}: {response.request.method} {response.url}")


def at_rest(page: Page) -> None:
    """Nothing moves any more but what always does. (Waiting for a condition by Playwright's own
    means is `eval`, which the page's policy forbids.)"""
    page.evaluate(_REST)


def settle(page: Page) -> None:
    """What the page loads by itself has come, and stands where it stays."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    at_rest(page)


def assert_accessible(page: Page) -> None:
    """axe finds nothing against the page as it stands, once there is one: a page has loaded
    before its own code has drawn anything."""
    expect(page.locator("h1").first).to_be_attached()
    at_rest(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate(_RUN, list(RULES))
    told = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert told == [], "\n".join([page.url, *told])


class Detour:
    """Answers some requests in the server's place, until it is lifted.

    It stays on the way even then and lets everything pass: Playwright loses requests that are on
    their way while the last of its routes is taken off."""

    def __init__(self, page: Page, url: str, answer: Callable[[Route], None]) -> None:
        self._answer = answer
        self._is_lifted = False
        page.route(url, self._take)

    def _take(self, route: Route) -> None:
        if self._is_lifted:
            route.continue_()
        else:
            self._answer(route)

    def lift(self) -> None:
        self._is_lifted = True
