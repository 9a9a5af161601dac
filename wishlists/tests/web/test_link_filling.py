"""Filling in a wish from its link without JavaScript: price and currency go together, and nothing typed is lost."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.money.money import Money
from core.outgoing.addresses import Address
from core.outgoing.targets import Guard
from wishlists.models import Item
from wishlists.product_preview.fetch_pool import FetchPool
from wishlists.product_preview.parse import read_product
from wishlists.tests.product_preview.page_texts import BIKE, ld
from wishlists.tests.product_preview.web_servers import Serve, says
from wishlists.web import link_filling
from wishlists.web.link_filling import fill_form, filled_fields

pytestmark = pytest.mark.once

FOUND = {
    "title": "Bike",
    "image_url": "https://shop.example/a.jpg",
    "price": Money(129990, "USD"),
    "currency": "USD",
}


@pytest.mark.parametrize(
    ("typed", "filled"),
    [
        ({}, {"title", "image_url", "price", "currency"}),
        ({"currency": "EUR"}, {"title", "image_url", "price", "currency"}),
        ({"currency": "USD"}, {"title", "image_url", "price", "currency"}),
        ({"currency": "EUR", "price": "50"}, {"title", "image_url"}),
        ({"currency": "USD", "price": "50"}, {"title", "image_url"}),
        ({"currency": "CHF"}, {"title", "image_url"}),
        ({"title": "My bike", "price": " "}, {"image_url", "price", "currency"}),
        ({"title": "My bike", "image_url": "https://x.example", "price": "0", "currency": "EUR"}, set()),
    ],
)
def test_only_empty_fields_are_filled(typed: dict[str, str], filled: set[str]) -> None:
    """The form was opened with EUR, which nobody chose; CHF was chosen by the user."""
    assert filled_fields(typed, "EUR", FOUND).keys() == filled


@pytest.mark.parametrize("found", [{}, dict.fromkeys(FOUND), FOUND | {"price": None}])
def test_page_without_a_price_fills_no_currency(found: dict[str, Any]) -> None:
    assert filled_fields({"title": "x", "image_url": "y", "currency": "EUR"}, "EUR", found) == {}


def test_price_is_written_in_the_language_of_the_page() -> None:
    with translation.override("de"):
        assert filled_fields({}, "EUR", FOUND | {"price": Money(1299, "KWD")})["price"] == "1,299"


def anything(address: Address) -> bool:
    return True


def test_form_is_filled_from_a_page_and_nothing_is_saved(
    alices: Client, item: Item, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(says(ld(BIKE).encode()))
    read = partial(read_product, guard=Guard(allows=anything, ports=frozenset({server.port})))
    monkeypatch.setattr("wishlists.web.views.items.fill_form", partial(fill_form, read=read))
    link = f"http://127.0.0.1:{server.port}/bike"
    there = f"/lists/{item.wishlist_id}/items"
    alices.post(there, {"title": "Tent", "how": "draft", "currency": "EUR", "quantity": "1"})
    draft = Item.objects.get(title="Tent")
    at_draft = reverse("draft-edit", args=[item.wishlist_id, draft.pk])
    for path, typed in (
        (there, {"title": "", "price": "", "description": "Red", "currency": "EUR"}),
        (at_draft, {"title": "", "price": "", "description": "Red", "currency": "EUR"}),
        (f"{there}/{item.pk}/edit", {"title": "", "price": "", "description": "Red", "currency": "EUR"}),
    ):
        answer = alices.post(path, typed | {"how": "fill", "link_url": link, "quantity": "1"})
        assert answer.status_code == 200
        for value in ("A &amp; B bike", "1299.90", f"{link.rpartition('/')[0]}/a%20b.jpg"):
            assert f'value="{value}"' in answer.text
        assert ">\nRed</textarea>" in answer.text
        assert "errorlist" not in answer.text
    kept = alices.post(
        there, {"how": "fill", "link_url": link, "price": "50", "currency": "EUR", "title": "Mine"}
    )
    assert 'value="50"' in kept.text
    assert '<option value="EUR" selected>' in kept.text
    assert set(Item.objects.values_list("title", flat=True)) == {"Kettle", "Tent"}


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("", "We couldn't read that page. Please fill it in by hand."),
        ("nonsense nonsense", "Enter a valid URL."),
        ("http://127.0.0.1/", "We couldn't read that page. Please fill it in by hand."),
    ],
)
def test_unreadable_page_shows_a_message(link: str, message: str, alices: Client, item: Item) -> None:
    typed = {"how": "fill", "link_url": link, "title": "Lamp", "currency": "EUR"}
    answer = alices.post(f"/lists/{item.wishlist_id}/items", typed)
    assert (answer.status_code, message in answer.text, 'value="Lamp"' in answer.text) == (200, True, True)


def test_number_of_simultaneous_fetches_is_limited(
    alices: Client, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_filling, "POOL", FetchPool(workers=1, waiting=0, each=0))
    typed = QueryDict("link_url=https://shop.example&title=Lamp")
    form, message = fill_form(typed, {}, item.pk, read=lambda link: FOUND)
    assert message == "Wait until the other pages have been read."
    assert form["title"].value() == "Lamp"
