"""Parse pages in tests: cards, badges and notices, and inline code that the content policy forbids."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

CSRF = re.compile(r'name="(?:csrfmiddlewaretoken|form_key)" value="[\w.-]+"')


def masked(page: Any) -> bytes:
    """Return the bytes of a page without CSRF tokens and form keys, which differ each time."""
    return CSRF.sub("", page.content.decode()).encode()


class _Inline(HTMLParser):
    """Collects what `script-src 'self'; style-src 'self'` forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [
            f"{tag} {name}" for name in names if name == "style" or name.startswith(("on", "hx-on"))
        ]
        self.found += [f"{tag} {name}" for name, value in attrs if (value or "").startswith("javascript:")]


def inline_code(page: Any) -> list[str]:
    """Return the inline scripts, styles and handlers of a page, which must have none."""
    parser = _Inline()
    parser.feed(page.content.decode())
    return parser.found


def card_of(page: Any, title: str) -> str:
    """Return the source of the card with that title."""
    cards = re.findall(r"<article class=\"card\".*?</article>", page.content.decode(), re.DOTALL)
    return next(str(card) for card in cards if f"<h3>{title}<" in card)


def badge_of(page: Any, title: str = "Kettle") -> str:
    found = re.search(r'class="badge">([^<]*)<', card_of(page, title))
    assert found is not None
    return html.unescape(str(found[1]))


def notice_of(page: Any, title: str = "Kettle") -> str:
    """Return the notice on that card about the last action, or ""."""
    found = re.search(r'class="card-notice[^>]*>([^<]*)<', card_of(page, title))
    return html.unescape(str(found[1])) if found else ""
