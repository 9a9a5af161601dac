"""The money for an item stays exact, and the sum stays within the range of amounts, whatever anybody sends."""

from __future__ import annotations

import pytest

from accounts.models import User
from core.money.money import MAX_MINOR, Money
from tests.support.api_clients import Api
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.money.contributing import contribute


@pytest.fixture
def shown(item: Item, bob: User) -> Item:
    """The kettle, as Bob's request read it."""
    return Item.objects.get(pk=item.pk)


def test_sum_of_contributions_stays_in_range(shown: Item, as_bob: Api, bob: User) -> None:
    """Otherwise the sum couldn't be formatted, and nobody could open the list any more."""
    address = f"/wishlists/{shown.wishlist_id}/items/{shown.pk}/contributions"
    assert as_bob("POST", address, {"amount": Money(MAX_MINOR - 1, "EUR").wire}).status_code == 201
    refused = as_bob("POST", address, {"amount": 0.02})
    assert (refused.status_code, refused.json()["code"]) == (400, "amount_out_of_range")
    assert as_bob("POST", address, {"amount": 0.01}).status_code == 201

    as_bob.client.force_login(bob)
    page = as_bob.client.get(f"/lists/{shown.wishlist_id}")
    assert (page.status_code, "9,999,999,999,999.99" in page.text) == (200, True)


def test_amount_keeps_the_currency_that_the_giver_saw(
    shown: Item, wishlist: Wishlist, alice: User, bob: User
) -> None:
    """Alice changes euros to yen after Bob read the item and before he locks it: 4990 cents don't become 4990 yen."""
    edit_item(item=_as_alice(shown, alice), by=Viewer(user=alice), currency="JPY", price_minor=7000)
    made = contribute(item=shown, by=Viewer(user=bob), amount_minor=4990, status="paid")
    assert (made.amount_minor, made.currency) == (4990, "EUR")


def _as_alice(item: Item, alice: User) -> Item:
    return Item.objects.get(pk=item.pk)
