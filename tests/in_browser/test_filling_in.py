"""Filling in an item from its link, in a browser with scripts. The test answers for the product page, so nothing is
fetched."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from wishlists.models import Item

pytestmark = pytest.mark.once

FOUND = {"title": "Bike", "image_url": "https://shop.example/a.jpg", "price": 1299.9, "currency": "USD"}


def fill_in(page: Page) -> None:
    page.get_by_role("button", name="Fill in from link").click()


def test_price_and_currency_are_filled_together_and_typed_values_stay(
    open_window: OpenWindow, item: Item, alice: User
) -> None:
    hers = open_window(f"/lists/{item.wishlist_id}", by=alice)

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=json.dumps(FOUND))

    hers.route("**/api/v1/metadata*", answer)
    hers.get_by_text("Add a wish").click()
    title, price, currency = (
        hers.get_by_label(name, exact=True) for name in ("What do you wish for?", "Price", "Currency")
    )
    hers.get_by_label("Link to a shop or product").fill("https://shop.example/bike")
    price.fill("50")
    fill_in(hers)
    expect(title).to_have_value("Bike")
    expect(price).to_have_value("50")
    expect(currency).to_have_value("EUR")
    price.fill("")
    currency.select_option("CHF")
    title.fill("My bike")
    fill_in(hers)
    expect(hers.get_by_text("We couldn't read that page. Please fill it in by hand.")).to_be_visible()
    expect(currency).to_have_value("CHF")
    expect(price).to_have_value("")
    currency.select_option("EUR")
    fill_in(hers)
    expect(price).to_have_value("1299.9")
    expect(currency).to_have_value("USD")
    expect(title).to_have_value("My bike")
