"""What users do on a page."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect


def card(page: Page, title: str = "Kettle") -> Locator:
    return page.locator(".card", has=page.get_by_role("heading", name=title))


def badge(page: Page, title: str = "Kettle") -> Locator:
    return card(page, title).locator(".badge")


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page run until the condition holds. Playwright's own wait would evaluate strings, which the site's
    policy forbids."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def wait_until_live(*pages: Page) -> None:
    """Wait until each page has a socket that follows its list."""
    for page in pages:
        expect(page.locator("#live")).to_have_attribute("data-state", "open")


def reserve_as_guest(page: Page, name: str = "Mia") -> None:
    """Reserve as a stranger: press the button, give a name, and press again."""
    card(page).locator("summary", has_text="Reserve").click()
    card(page).get_by_role("textbox", name="Your name").fill(name)
    card(page).locator("button[value=reserve]").click()


def take_back(page: Page) -> None:
    card(page).get_by_role("button", name="Cancel reservation").click()


def open_chip_form(page: Page, title: str = "Kettle") -> None:
    """Open the form to chip in inside of the card."""
    card(page, title).locator("a[data-fold]").click()
    expect(card(page, title).locator("form[action$=chip-in] input:not([type=hidden])").first).to_be_focused()
