"""Read a corpus of product pages: `product_pages/*.html`, each with the expected result as JSON beside it.

Add yours: `{"expected": {title, image_url, price, currency}}`, and `url` or `content_type` if they matter.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.api.renderers import encode
from core.money.money import Money
from wishlists.product_preview.fetching import Page
from wishlists.product_preview.parse import product_on

pytestmark = pytest.mark.once

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))


def test_corpus_has_pages_of_every_kind() -> None:
    assert len(PAGES) >= 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_is_read_as_expected(page: Path) -> None:
    about = json.loads(page.with_suffix(".json").read_text())
    url = about.get("url", "https://shop.example/things/1")
    content_type = about.get("content_type", "text/html; charset=utf-8")
    product = product_on(Page(url, content_type, page.read_bytes()))
    assert json.loads(encode(product.as_row())) == about["expected"]


SOURCES = ("_json_ld", "_meta", "_microdata", "_rdfa", "_elements")


@pytest.mark.parametrize("broken", SOURCES)
def test_failing_source_does_not_hide_the_others(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_document: object) -> None:
        raise RecursionError

    monkeypatch.setattr(f"wishlists.product_preview.parse.{broken}", fail)
    folder = Path(__file__).parent / "pages"
    bodies = [
        (folder / f"{name}.html").read_bytes() for name in ("json_ld", "open_graph", "microdata", "rdfa")
    ]
    found = product_on(Page("https://shop.example/", "text/html; charset=utf-8", b"".join(bodies)))
    assert (found.title, found.price) == ("Blue kettle", Money(4990, "EUR"))
