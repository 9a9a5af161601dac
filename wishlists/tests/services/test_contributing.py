"""Money towards an item stays exact, and its total stays money, whatever anybody sends."""

from __future__ import annotations

import pytest

from accounts.models import User
from core.money.money import MAX_MINOR, to_wire
from tests.support.api_clients import Api
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.money.contributing import contribute


@pytest.fixture
def shown(item: Item, bob: User) -> Item:
    """The kettle as Bob's request read it."""
    return Item.objects.get(pk=item.pk)


def test_all_together_are_no_larger_than_money_gets(shown: Item, as_bob: Api, bob: User) -> None:
    """Else the total could not be written as money, and nobody could open the list any more."""
    address = f"/wishlists/{shown.wishlist_id}/items/{shown.pk}/contributions"
    assert as_bob("POST", address, {"amount": to_wire(MAX_MINOR - 1, "EUR")}).status_code == 201
    refused = as_bob("POST", address, {"amount": 0.02})
    assert (refused.status_code, refused.json()["code"]) == (400, "amount_out_of_range")
    assert as_bob("POST", address, {"amount": 0.01}).status_code == 201

    as_bob.client.force_login(bob)
    page = as_bob.client.get(f"/lists/{shown.wishlist_id}")
    assert (page.status_code, "9,999,999,999,999.99" in page.text) == (200, True)


def test_an_amount_stays_what_it_was_counted_in(
    shown: Item, wishlist: Wishlist, alice: User, bob: User
) -> None:
    """Alice turns euros into yen between Bob's look and his lock: 4990 cents do not become 4990 yen."""
    edit_item(item=_as_alice(shown, alice), by=Viewer(user=alice), currency="JPY", price_minor=7000)
    made = contribute(item=shown, by=Viewer(user=bob), amount_minor=4990, status="paid")
    assert (made.amount_minor, made.currency) == (4990, "EUR")


def _as_alice(item: Item, alice: User) -> Item:
    return Item.objects.get(pk=item.pk)
