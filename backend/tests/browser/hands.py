"""The two ways to work a page: with a mouse, and with a keyboard alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 200
"""More presses of Tab than any screen has stops."""
_IS_FOCUSED = "element => element === document.activeElement"
_MAY_BE_FOCUSED = "element => !element.isConnected || element === document.activeElement"
_IS_SEEN = "element => element.matches(':focus-visible')"


class Hands(Protocol):
    """What a person does with a page; `where` is what they look at."""

    def press(self, where: Locator) -> None:
        """A link, a button, a switch."""

    def fill(self, where: Locator, text: str) -> None:
        """A field, whatever stands in it."""

    def choose(self, where: Locator, option: str) -> None:
        """One of a list, by its words."""

    def close(self, page: Page) -> None:
        """The drawer that is open."""


class Mouse:
    """Points and clicks; the letters come from a keyboard all the same."""

    def press(self, where: Locator) -> None:
        where.click()

    def fill(self, where: Locator, text: str) -> None:
        where.click(click_count=3)
        where.fill(text)

    def choose(self, where: Locator, option: str) -> None:
        where.select_option(label=option)

    def close(self, page: Page) -> None:
        page.get_by_role("button", name="Close", exact=True).click()


class Keyboard:
    """Never touches the page with anything else: Tab leads everywhere, and shows where it is."""

    def press(self, where: Locator) -> None:
        self._reach(where)
        where.page.keyboard.press("Space" if _is_switch(where) else "Enter")

    def fill(self, where: Locator, text: str) -> None:
        self._reach(where)
        where.page.keyboard.press("ControlOrMeta+a")
        where.page.keyboard.type(text)
        expect(where).to_have_value(text)

    def choose(self, where: Locator, option: str) -> None:
        self._reach(where)
        where.page.keyboard.type(option)
        expect(where.locator("option:checked")).to_have_text(option)

    def close(self, page: Page) -> None:
        page.keyboard.press("Escape")

    def _reach(self, where: Locator) -> None:
        expect(where).to_be_visible()
        expect(where).to_be_enabled()
        stop = where.element_handle()
        for _ in range(MOST_STOPS):
            # It is looked up by its role and name, which takes long, only where it might be it:
            # what stood there may be drawn anew meanwhile.
            if stop.evaluate(_MAY_BE_FOCUSED):
                if where.evaluate(_IS_FOCUSED):
                    assert where.evaluate(_IS_SEEN), "one sees where the keyboard is"
                    return
                stop = where.element_handle()
            where.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {where}")


def _is_switch(where: Locator) -> bool:
    return bool(where.evaluate("element => ['checkbox', 'radio'].includes(element.type)"))
