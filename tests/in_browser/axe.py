"""Check a page with axe, in light and dark mode and at two sizes."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

LOOKS: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (
    ("light", {"width": 1280, "height": 800}),
    ("dark", {"width": 360, "height": 740}),
)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # leave out the thousands of lines about passed checks
}


def complaints(page: Page) -> list[Any]:
    """Return axe's complaints, as rules and places, and by how much the page is too wide, on a desktop and on a phone."""
    page.evaluate(AXE_SCRIPT)
    found: list[Any] = []
    for scheme, size in LOOKS:
        page.emulate_media(
            color_scheme=scheme, reduced_motion="reduce"
        )  # no colour in the middle of a transition
        page.set_viewport_size(size)
        broken = page.evaluate("async (rules) => (await axe.run(rules)).violations", RULES)
        found += [(scheme, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in broken]
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [(scheme, "overflow", overflow)] if overflow > 0 else []
    return found
